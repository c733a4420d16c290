import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { Emitter, type Event } from 'vscode-jsonrpc/node';
import { Sequence } from '../base/async.ts';
import { errorCode } from '../base/errors.ts';
import { writePrivateFile } from '../base/files.ts';
import type { Logger } from '../base/logger.ts';
import { isInside, repositoriesFolder, repositoryFolder } from '../base/paths.ts';
import type { Finding } from '../protocol/finding.ts';
import type { Job } from '../protocol/job.ts';
import { Ledger, type LedgerEvent, type LedgerState, emptyLedger, foldLedger } from './ledger.ts';

/** Holds the path of the repository: the folder's name alone does not tell it. */
const rootFileName = 'root.txt';

/** The known findings of the host's repositories, in memory and in their ledgers. */
export class FindingStore {
  private readonly changeEmitter = new Emitter<void>();
  private readonly sequence = new Sequence();
  private readonly states = new Map<string, LedgerState>();

  /** Fires after every change of `all`. */
  readonly onDidChange: Event<void> = this.changeEmitter.event;

  constructor(
    private readonly stateHome: string,
    private readonly logger: Logger,
  ) {}

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
      for (const known of this.states.keys()) if (!repositories.includes(known)) this.states.delete(known);
      for (const repository of repositories) await this.load(repository);
      this.changeEmitter.fire();
    });
  }

  all(): Finding[] {
    return [...this.states.values()].flatMap(findingsOf);
  }

  /** The findings of one repository, shown or not. */
  async of(repository: string): Promise<Finding[]> {
    // Other hosts append too.
    return findingsOf(await this.ledger(repository).read());
  }

  /** Reads a shown repository's ledger again: another host has added to it. */
  refresh(repository: string): Promise<void> {
    return this.sequence.run(async () => {
      if (!this.states.has(repository)) return;
      this.states.set(repository, await this.ledger(repository).read());
      this.changeEmitter.fire();
    });
  }

  find(id: string): Finding | undefined {
    return this.all().find((finding) => finding.id === id);
  }

  /** What a review with a verdict found; replaces what that reviewer had found before in a review of that kind. */
  record(
    { repository, id: job, reviewer, kind }: Pick<Job, 'repository' | 'id' | 'reviewer' | 'kind'>,
    findings: Finding[],
  ): Promise<void> {
    return this.append(repository, {
      type: 'reviewed',
      at: new Date().toISOString(),
      job,
      reviewer,
      kind,
      findings,
    });
  }

  /** Clears the findings of all shown repositories. */
  async clear(): Promise<void> {
    const at = new Date().toISOString();
    for (const repository of [...this.states.keys()]) await this.append(repository, { type: 'cleared', at });
  }

  private append(repository: string, event: LedgerEvent): Promise<void> {
    return this.sequence.run(async () => {
      await this.load(repository);
      await writePrivateFile(this.rootFile(repository), repository);
      await this.ledger(repository).append(event);
      this.states.set(repository, foldLedger(this.states.get(repository) ?? emptyLedger, event));
      this.changeEmitter.fire();
    });
  }

  /** Roots of all repositories that have a ledger. */
  private async reviewed(): Promise<string[]> {
    const home = repositoriesFolder(this.stateHome);
    const names = await orEmpty(readdir(home), []);
    const roots = await Promise.all(
      names.map((name) => orEmpty(readFile(path.join(home, name, rootFileName), 'utf8'), '')),
    );
    return roots.filter((root) => root !== '');
  }

  private rootFile(repository: string): string {
    return path.join(repositoryFolder(this.stateHome, repository), rootFileName);
  }

  private async load(repository: string): Promise<void> {
    if (!this.states.has(repository)) this.states.set(repository, await this.ledger(repository).read());
  }

  private ledger(repository: string): Ledger {
    return new Ledger(path.join(repositoryFolder(this.stateHome, repository), 'findings.jsonl'), this.logger);
  }
}

/** Two kinds of review may report the same: once is enough. */
function findingsOf(state: LedgerState): Finding[] {
  const byId = new Map([...state.values()].flat().map((finding) => [finding.id, finding]));
  return [...byId.values()];
}

/** What is not there, or is no folder, has nothing to say. */
async function orEmpty<T>(reading: Promise<T>, empty: T): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return empty;
    throw error;
  }
}
