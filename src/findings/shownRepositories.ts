import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { Emitter, type Event } from 'vscode-jsonrpc/node';
import type { Sequence } from '../base/async.ts';
import type { Disposable } from '../base/disposable.ts';
import { messageOf } from '../base/errors.ts';
import { writePrivateFile } from '../base/files.ts';
import type { Logger } from '../base/logger.ts';
import { orEmpty } from '../base/orEmpty.ts';
import type { Owner } from '../base/owner.ts';
import { isInside, repositoriesFolder, repositoryFolder } from '../base/paths.ts';
import { Throttle } from '../base/throttle.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import { Ledger } from './ledger.ts';
import type { Happened } from './ledgerEvents.ts';
import { migrateLedger } from './migrateLedger.ts';
import { RepositoryLedger } from './repositoryLedger.ts';
import type { TeamDismissal } from './teamDismissals.ts';
import { withTeam } from './withTeam.ts';

/** Holds the path of the repository: the folder's name alone does not tell it. */
const rootFileName = 'root.txt';

/** What other hosts write is read this often at most. Milliseconds. */
const readInterval = 100;

export interface ShownRepositoriesParts {
  stateHome: string;
  owner: Owner;
  logger: Logger;
  /** What the team has dismissed, by the repository's own file. */
  team?(repository: string): Promise<readonly TeamDismissal[]>;
}

type Findings = ReadonlyMap<string, KnownFinding>;

interface Shown {
  ledger: RepositoryLedger;
  team: readonly TeamDismissal[];
  /** What the ledger and the team say together. */
  findings: Findings;
  watch: Disposable;
  reading: Disposable;
}

/**
 * The repositories whose findings are shown: their ledgers, and what comes of them and the teams' files. What returns a
 * promise is to be called one at a time, in the sequence.
 */
export class ShownRepositories implements Disposable {
  private readonly changeEmitter = new Emitter<void>();
  private readonly shown = new Map<string, Shown>();

  /** Fires after every change, whichever host made it. */
  readonly onDidChange: Event<void> = this.changeEmitter.event;

  /** @param sequence in which other hosts' changes are read */
  constructor(
    private readonly parts: ShownRepositoriesParts,
    private readonly sequence: Sequence,
  ) {}

  /** Their roots, and the findings of each by id, with their lines as recorded. */
  entries(): [string, Findings][] {
    return [...this.shown].map(([repository, { findings }]) => [repository, findings]);
  }

  /** Shows exactly these, and those below the folders that have had a review. */
  async showOnly(wanted: readonly string[], folders: readonly string[]): Promise<void> {
    const below = (await this.reviewed()).filter((root) => folders.some((folder) => isInside(folder, root)));
    const repositories = [...new Set([...wanted, ...below])];
    for (const known of [...this.shown.keys()]) if (!repositories.includes(known)) this.hide(known);
    for (const repository of repositories) await this.load(repository);
    this.changeEmitter.fire();
  }

  /** The findings of a repository, shown or not, as its ledger has them now. */
  async read(repository: string): Promise<KnownFinding[]> {
    const ledger = this.shown.get(repository)?.ledger ?? (await this.openLedger(repository));
    await ledger.renew();
    return withTeam(ledger.findings(), await this.team(repository));
  }

  /** What is known here of a repository, which is shown from now on. */
  async findings(repository: string): Promise<KnownFinding[]> {
    return [...(await this.load(repository)).findings.values()];
  }

  /** The same with what other hosts and the team have said since. */
  async renewed(repository: string): Promise<KnownFinding[]> {
    const shown = await this.load(repository);
    shown.team = await this.team(repository);
    await shown.ledger.renew();
    this.changed(shown);
    return [...shown.findings.values()];
  }

  /** Puts on record what happened to findings of a repository, which is shown from now on. */
  async append(repository: string, happened: Happened): Promise<void> {
    const shown = await this.load(repository);
    await writePrivateFile(this.rootFile(repository), repository);
    await shown.ledger.append(happened);
    this.changed(shown);
  }

  /** The team's file of a repository may have changed. */
  async teamChanged(repository: string): Promise<void> {
    const shown = this.shown.get(repository);
    if (!shown) return;
    shown.team = await this.team(repository);
    this.changed(shown);
  }

  dispose(): void {
    for (const repository of [...this.shown.keys()]) this.hide(repository);
    this.changeEmitter.dispose();
  }

  private async load(repository: string): Promise<Shown> {
    const known = this.shown.get(repository);
    if (known) return known;
    const ledger = await this.openLedger(repository);
    await ledger.tidy();
    const reading = new Throttle(readInterval, () => this.heard(repository));
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

  private changed(shown: Shown): void {
    shown.findings = foldedWith(shown.ledger, shown.team);
    this.changeEmitter.fire();
  }

  /** Another host may have written. */
  private heard(repository: string): void {
    this.sequence
      .run(async () => {
        const shown = this.shown.get(repository);
        if (shown && (await shown.ledger.renew())) this.changed(shown);
      })
      .catch((error: unknown) => this.parts.logger.error(messageOf(error)));
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

function foldedWith(ledger: RepositoryLedger, team: readonly TeamDismissal[]): Findings {
  return new Map(withTeam(ledger.findings(), team).map((finding) => [finding.id, finding]));
}
