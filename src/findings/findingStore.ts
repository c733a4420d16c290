import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { Emitter, type Event } from 'vscode-jsonrpc/node';
import { Sequence } from '../base/async.ts';
import type { Disposable } from '../base/disposable.ts';
import { messageOf } from '../base/errors.ts';
import { orEmpty } from '../base/orEmpty.ts';
import { writePrivateFile } from '../base/files.ts';
import type { Logger } from '../base/logger.ts';
import type { Owner } from '../base/owner.ts';
import { isInside, repositoriesFolder, repositoryFolder } from '../base/paths.ts';
import { Throttle } from '../base/throttle.ts';
import type { Examination } from '../protocol/examination.ts';
import type { Anchor, Finding } from '../protocol/finding.ts';
import type { Job } from '../protocol/job.ts';
import { type Actor, type KnownFinding, type Proof, isOpen } from '../protocol/knownFinding.ts';
import type { EarlierStatus, Recorded } from './finding.ts';
import { identify } from './identify.ts';
import { partingOf, present } from './joining.ts';
import { Ledger } from './ledger.ts';
import type { Happened } from './ledgerEvents.ts';
import { migrateLedger } from './migrateLedger.ts';
import type { Pair } from './merge.ts';
import { newsOf, reportedAgain } from './news.ts';
import { RepositoryLedger } from './repositoryLedger.ts';
import { joinsAmong, joinsOf, recognise } from './recognise.ts';
import { rereview } from './rereview.ts';
import type { TeamDismissal } from './teamDismissals.ts';
import { withTeam } from './withTeam.ts';

/** Holds the path of the repository: the folder's name alone does not tell it. */
const rootFileName = 'root.txt';

/** What other hosts write is read this often at most. Milliseconds. */
const readInterval = 100;

export interface FindingStoreParts {
  stateHome: string;
  owner: Owner;
  logger: Logger;
  /** Known findings of one repository with their places as they are in its files now. */
  place?(repository: string, findings: readonly KnownFinding[]): Promise<KnownFinding[]>;
  /** What the team has dismissed, by the repository's own file. */
  team?(repository: string): Promise<readonly TeamDismissal[]>;
}

/** A review that ended with a verdict. */
export interface RecordedReview {
  job: Pick<Job, 'repository' | 'id' | 'reviewer' | 'kind'>;
  findings: readonly Finding[];
  /** Files of which the reviewer was shown something, relative to the repository; null where that is not known. */
  files: readonly string[] | null;
  /** What the reviewer said of earlier findings. */
  earlier: readonly EarlierStatus[];
  /** It went on with an earlier review. */
  additional: boolean;
}

export interface Resolution {
  by: Actor;
  proof: Proof;
  reason: string;
  job: string | null;
  /** It is the word of one reviewer for itself: what others raised too is fixed once all of them say so. */
  alone?: boolean;
}

export interface Move {
  id: string;
  file: string;
  startLine: number;
  endLine: number;
  anchor: Anchor | null;
}

/** A repository whose findings are shown. */
interface Shown {
  ledger: RepositoryLedger;
  team: readonly TeamDismissal[];
  /** What the ledger and the team say together. */
  findings: ReadonlyMap<string, KnownFinding>;
  watch: Disposable;
  reading: Disposable;
}

/** The known findings of the host's repositories, in memory and in their ledgers, to which other hosts append too. */
export class FindingStore implements Disposable {
  private readonly changeEmitter = new Emitter<void>();
  private readonly sequence = new Sequence();
  private readonly shown = new Map<string, Shown>();

  /** Fires after every change of `all`, whichever host made it. */
  readonly onDidChange: Event<void> = this.changeEmitter.event;

  constructor(private readonly parts: FindingStoreParts) {}

  /**
   * Shows the findings of exactly these repositories, and of those below the folders that have had a review (nested
   * ones, submodules), reading the ledgers of those that are new.
   */
  show(wanted: readonly string[], folders: readonly string[] = []): Promise<void> {
    return this.sequence.run(async () => {
      const below = (await this.reviewed()).filter((root) =>
        folders.some((folder) => isInside(folder, root)),
      );
      const repositories = [...new Set([...wanted, ...below])];
      for (const known of [...this.shown.keys()]) if (!repositories.includes(known)) this.hide(known);
      for (const repository of repositories) await this.load(repository);
      this.changeEmitter.fire();
    });
  }

  /** Of all shown repositories, in every state; with their lines as recorded, whatever has been edited since. */
  all(): KnownFinding[] {
    return [...this.shown.values()].flatMap(({ findings }) => [...findings.values()]);
  }

  open(): KnownFinding[] {
    return this.all().filter(isOpen);
  }

  /** The findings of one repository, shown or not, as its ledger has them now, with their places as they are now. */
  of(repository: string): Promise<KnownFinding[]> {
    return this.sequence.run(async () => {
      const ledger = this.shown.get(repository)?.ledger ?? (await this.openLedger(repository));
      await ledger.renew();
      return this.placed(repository, withTeam(ledger.findings(), await this.team(repository)));
    });
  }

  /** Also by an id that it had before it was joined to another one. */
  find(id: string): KnownFinding | undefined {
    for (const { findings } of this.shown.values()) {
      const finding = present(findings, id);
      if (finding) return finding;
    }
    return undefined;
  }

  /**
   * Makes what a review with a verdict found known, and what it means for earlier findings.
   */
  record({ job, findings, files, earlier, additional }: RecordedReview): Promise<Recorded> {
    const { repository, id, reviewer, kind } = job;
    return this.sequence.run(async () => {
      const known = await this.known(repository);
      const identified = recognise(findings, known, reviewer);
      const reported = new Set(identified.map((finding) => finding.id));
      await this.append(repository, {
        type: 'reviewed',
        job: id,
        reviewer,
        kind,
        findings: identified,
        seen: [],
        outcomes: additional ? [] : rereview(known, { reviewer, reported, files, earlier }),
        additional,
      });
      const kept = await this.join(repository, new Set(known.map((one) => one.id)));
      const final = identified.map((finding) => ({ ...finding, id: kept.get(finding.id) ?? finding.id }));
      const after = [...(await this.load(repository)).findings.values()];
      return { ...reportedAgain(final, after), news: newsOf(known, after, reviewer) };
    });
  }

  /**
   * Makes one of those findings that are the same one.
   * @param among ids of those that were known before: what is new has been compared (recognise.ts)
   * @returns the ids that stay, by those that go
   */
  private async join(repository: string, among: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
    const { findings } = await this.load(repository);
    const known = [...findings.values()].filter((one) => among.has(one.id) && isOpen(one));
    if (new Set(known.flatMap(({ reviewers }) => reviewers)).size < 2) return new Map();
    const joins = joinsAmong(await this.placed(repository, known));
    if (joins.length > 0) await this.append(repository, { type: 'joined', joins, by: 'tandem', job: null });
    return new Map(joins.map(({ id, other }) => [other, id]));
  }

  /**
   * Makes one of findings that somebody else than their words holds for the same.
   * @returns the ids of those that stay; what was decided about meanwhile, or is gone, stays as it is
   */
  joinSame(
    repository: string,
    pairs: readonly (Pair & { reason: string })[],
    { by, job }: { by: Actor; job: string | null },
  ): Promise<string[]> {
    return this.sequence.run(async () => {
      const known = await this.known(repository);
      const isThere = (id: string) => known.some((one) => one.id === id && isOpen(one));
      const joins = joinsOf(
        pairs.filter(({ one, other }) => isThere(one) && isThere(other)),
        known,
      );
      if (joins.length > 0) await this.append(repository, { type: 'joined', joins, by, job });
      return joins.filter(({ other }) => !this.isTaken(other)).map(({ id }) => id);
    });
  }

  /** Makes two of a finding that both reviewers raised: the voice that was there first keeps the id. */
  part(id: string): Promise<void> {
    return this.sequence.run(async () => {
      const known = this.find(id);
      const parting = known && partingOf(known, (taken) => this.isTaken(taken));
      if (known && parting) await this.append(known.repository, { type: 'parted', ...parting });
    });
  }

  dismiss(ids: readonly string[], reason: string): Promise<void> {
    return this.decide(ids, (own) => ({ type: 'dismissed', ids: own, reason }));
  }

  resolve(ids: readonly string[], resolution: Resolution): Promise<void> {
    return this.decide(ids, (own) => ({ type: 'resolved', ids: own, ...resolution }));
  }

  reopen(
    ids: readonly string[],
    reason: string,
    said: Pick<Resolution, 'by' | 'job' | 'alone'> = { by: 'user', job: null },
  ): Promise<void> {
    return this.decide(ids, (own) => ({ type: 'reopened', ids: own, reason, ...said }));
  }

  comment(id: string, comment: { by: Actor; text: string; job: string | null }): Promise<void> {
    return this.decide([id], ([own = id]) => ({ type: 'commented', id: own, ...comment }));
  }

  /** What an agent said of a finding that it had not raised. */
  examine(id: string, examination: Examination): Promise<void> {
    return this.decide([id], ([own = id]) => ({ type: 'examined', id: own, examination }));
  }

  /** The findings have other places or another text from now on: a file was renamed, or edited inside of them. */
  move(moves: readonly Move[]): Promise<void> {
    return this.decide(
      moves.map(({ id }) => id),
      (own) => ({
        type: 'moved',
        moves: moves.filter(({ id }) => own.includes(id)),
      }),
    );
  }

  /** Makes findings of a tool known. */
  importFindings(repository: string, findings: readonly Finding[]): Promise<void> {
    return this.sequence.run(async () => {
      const known = await this.known(repository);
      await this.append(repository, { type: 'imported', findings: identify(findings, known) });
    });
  }

  /** Forgets the findings of all shown repositories. */
  clear(): Promise<void> {
    return this.sequence.run(async () => {
      for (const repository of [...this.shown.keys()]) await this.append(repository, { type: 'cleared' });
    });
  }

  dispose(): void {
    for (const repository of [...this.shown.keys()]) this.hide(repository);
    this.changeEmitter.dispose();
  }

  private isTaken(id: string): boolean {
    return [...this.shown.values()].some(({ findings }) => findings.has(id));
  }

  /** Appends an event to the ledger of each repository that has some of these findings. */
  private decide(ids: readonly string[], happened: (own: string[]) => Happened): Promise<void> {
    return this.sequence.run(async () => {
      for (const [repository, { findings }] of [...this.shown]) {
        const own = [...new Set(ids.flatMap((id) => present(findings, id)?.id ?? []))];
        if (own.length > 0) await this.append(repository, happened(own));
      }
    });
  }

  private async append(repository: string, happened: Happened): Promise<void> {
    const shown = await this.load(repository);
    await writePrivateFile(this.rootFile(repository), repository);
    await shown.ledger.append(happened);
    this.changed(shown);
  }

  /** All that is known of a repository, also by other hosts, with the places as they are now. */
  private async known(repository: string): Promise<KnownFinding[]> {
    const shown = await this.load(repository);
    shown.team = await this.team(repository);
    await shown.ledger.renew();
    this.changed(shown);
    return this.placed(repository, [...shown.findings.values()]);
  }

  /** What is recorded for a repository that was not shown makes it shown. */
  private async load(repository: string): Promise<Shown> {
    const known = this.shown.get(repository);
    if (known) return known;
    const ledger = await this.openLedger(repository);
    await ledger.tidy();
    const reading = new Throttle(readInterval, () => this.renew(repository));
    const watch = await ledger.watch(() => reading.request());
    await ledger.renew();
    const team = await this.team(repository);
    const findings = foldedWith(ledger, team);
    const shown = { ledger, team, findings, watch, reading };
    this.shown.set(repository, shown);
    return shown;
  }

  private hide(repository: string): void {
    const shown = this.shown.get(repository);
    shown?.watch.dispose();
    shown?.reading.dispose();
    this.shown.delete(repository);
  }

  /** The team's file of a repository may have changed. */
  teamChanged(repository: string): Promise<void> {
    return this.sequence.run(async () => {
      const shown = this.shown.get(repository);
      if (!shown) return;
      shown.team = await this.team(repository);
      this.changed(shown);
    });
  }

  private changed(shown: Shown): void {
    shown.findings = foldedWith(shown.ledger, shown.team);
    this.changeEmitter.fire();
  }

  /** Another host may have written. */
  private renew(repository: string): void {
    this.sequence
      .run(async () => {
        const shown = this.shown.get(repository);
        if (shown && (await shown.ledger.renew())) this.changed(shown);
      })
      .catch((error: unknown) => this.parts.logger.error(messageOf(error)));
  }

  private placed(repository: string, findings: KnownFinding[]): Promise<KnownFinding[]> {
    return this.parts.place?.(repository, findings) ?? Promise.resolve(findings);
  }

  private team(repository: string): Promise<readonly TeamDismissal[]> {
    return this.parts.team?.(repository) ?? Promise.resolve([]);
  }

  private async openLedger(repository: string): Promise<RepositoryLedger> {
    const { stateHome, owner, logger } = this.parts;
    const folder = repositoryFolder(stateHome, repository);
    const ledgerFolder = path.join(folder, 'findings');
    await migrateLedger(path.join(folder, 'findings.jsonl'), ledgerFolder, owner);
    return new RepositoryLedger(new Ledger(ledgerFolder, owner, logger));
  }

  /** Roots of all repositories that have a ledger. */
  private async reviewed(): Promise<string[]> {
    const home = repositoriesFolder(this.parts.stateHome);
    const names = await orEmpty(readdir(home), []);
    const roots = await Promise.all(
      names.map((name) => orEmpty(readFile(path.join(home, name, rootFileName), 'utf8'), '')),
    );
    return roots.filter((root) => root !== '');
  }

  private rootFile(repository: string): string {
    return path.join(repositoryFolder(this.parts.stateHome, repository), rootFileName);
  }
}

function foldedWith(
  ledger: RepositoryLedger,
  team: readonly TeamDismissal[],
): ReadonlyMap<string, KnownFinding> {
  return new Map(withTeam(ledger.findings(), team).map((finding) => [finding.id, finding]));
}
