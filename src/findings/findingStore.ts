import type { Event } from 'vscode-jsonrpc/node';
import { Sequence } from '../base/async.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Examination } from '../protocol/examination.ts';
import type { Anchor, Finding } from '../protocol/finding.ts';
import type { Job } from '../protocol/job.ts';
import { type Actor, type KnownFinding, type Proof, isOpen } from '../protocol/knownFinding.ts';
import type { EarlierStatus, Recorded } from './finding.ts';
import { identify } from './identify.ts';
import { partingOf, present } from './joining.ts';
import type { Happened } from './ledgerEvents.ts';
import type { Pair } from './merge.ts';
import { newsOf, reportedAgain } from './news.ts';
import { joinsAmong, joinsOf, recognise } from './recognise.ts';
import { rereview } from './rereview.ts';
import { ShownRepositories, type ShownRepositoriesParts } from './shownRepositories.ts';

export interface FindingStoreParts extends ShownRepositoriesParts {
  /** Known findings of one repository with their places as they are in its files now. */
  place?(repository: string, findings: readonly KnownFinding[]): Promise<KnownFinding[]>;
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

/** The known findings of the host's repositories, in memory and in their ledgers, to which other hosts append too. */
export class FindingStore implements Disposable {
  private readonly sequence = new Sequence();
  private readonly shown: ShownRepositories;

  /** Fires after every change of `all`, whichever host made it. */
  readonly onDidChange: Event<void>;

  constructor(private readonly parts: FindingStoreParts) {
    this.shown = new ShownRepositories(parts, this.sequence);
    this.onDidChange = this.shown.onDidChange;
  }

  /**
   * Shows the findings of exactly these repositories, and of those below the folders that have had a review (nested
   * ones, submodules), reading the ledgers of those that are new.
   */
  show(wanted: readonly string[], folders: readonly string[] = []): Promise<void> {
    return this.sequence.run(() => this.shown.showOnly(wanted, folders));
  }

  /** Of all shown repositories, in every state; with their lines as recorded, whatever has been edited since. */
  all(): KnownFinding[] {
    return this.shown.entries().flatMap(([, findings]) => [...findings.values()]);
  }

  open(): KnownFinding[] {
    return this.all().filter(isOpen);
  }

  /** The findings of one repository, shown or not, as its ledger has them now, with their places as they are now. */
  of(repository: string): Promise<KnownFinding[]> {
    return this.sequence.run(async () => this.placed(repository, await this.shown.read(repository)));
  }

  /** Also by an id that it had before it was joined to another one. */
  find(id: string): KnownFinding | undefined {
    for (const [, findings] of this.shown.entries()) {
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
      await this.shown.append(repository, {
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
      const after = await this.shown.findings(repository);
      return { ...reportedAgain(final, after), news: newsOf(known, after, reviewer) };
    });
  }

  /**
   * Makes one of those findings that are the same one.
   * @param among ids of those that were known before: what is new has been compared (recognise.ts)
   * @returns the ids that stay, by those that go
   */
  private async join(repository: string, among: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
    const findings = await this.shown.findings(repository);
    const known = findings.filter((one) => among.has(one.id) && isOpen(one));
    if (new Set(known.flatMap(({ reviewers }) => reviewers)).size < 2) return new Map();
    const joins = joinsAmong(await this.placed(repository, known));
    if (joins.length > 0)
      await this.shown.append(repository, { type: 'joined', joins, by: 'tandem', job: null });
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
      if (joins.length > 0) await this.shown.append(repository, { type: 'joined', joins, by, job });
      return joins.filter(({ other }) => !this.isTaken(other)).map(({ id }) => id);
    });
  }

  /** Makes two of a finding that both reviewers raised: the voice that was there first keeps the id. */
  part(id: string): Promise<void> {
    return this.sequence.run(async () => {
      const known = this.find(id);
      const parting = known && partingOf(known, (taken) => this.isTaken(taken));
      if (known && parting) await this.shown.append(known.repository, { type: 'parted', ...parting });
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
      await this.shown.append(repository, { type: 'imported', findings: identify(findings, known) });
    });
  }

  /** Forgets the findings of all shown repositories. */
  clear(): Promise<void> {
    return this.sequence.run(async () => {
      for (const [repository] of this.shown.entries())
        await this.shown.append(repository, { type: 'cleared' });
    });
  }

  /** The team's file of a repository may have changed. */
  teamChanged(repository: string): Promise<void> {
    return this.sequence.run(() => this.shown.teamChanged(repository));
  }

  dispose(): void {
    this.shown.dispose();
  }

  private isTaken(id: string): boolean {
    return this.shown.entries().some(([, findings]) => findings.has(id));
  }

  /** Appends an event to the ledger of each repository that has some of these findings. */
  private decide(ids: readonly string[], happened: (own: string[]) => Happened): Promise<void> {
    return this.sequence.run(async () => {
      for (const [repository, findings] of this.shown.entries()) {
        const own = [...new Set(ids.flatMap((id) => present(findings, id)?.id ?? []))];
        if (own.length > 0) await this.shown.append(repository, happened(own));
      }
    });
  }

  /** All that is known of a repository, also by other hosts, with the places as they are now. */
  private async known(repository: string): Promise<KnownFinding[]> {
    return this.placed(repository, await this.shown.renewed(repository));
  }

  private placed(repository: string, findings: KnownFinding[]): Promise<KnownFinding[]> {
    return this.parts.place?.(repository, findings) ?? Promise.resolve(findings);
  }
}
