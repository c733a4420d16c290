import path from 'node:path';
import { Emitter, type Event } from 'vscode-jsonrpc/node';
import { Sequence } from '../base/async.ts';
import type { Logger } from '../base/logger.ts';
import { repositoryFolder } from '../base/paths.ts';
import type { Finding, ReviewerId } from '../protocol/finding.ts';
import { Ledger, type LedgerEvent, type LedgerState, emptyLedger, foldLedger } from './ledger.ts';

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

  /** Shows the findings of exactly these repositories, reading the ledgers of those that are new. */
  show(repositories: readonly string[]): Promise<void> {
    return this.sequence.run(async () => {
      for (const known of this.states.keys()) if (!repositories.includes(known)) this.states.delete(known);
      for (const repository of repositories) await this.load(repository);
      this.changeEmitter.fire();
    });
  }

  all(): Finding[] {
    return [...this.states.values()].flatMap((state) => [...state.values()].flat());
  }

  find(id: string): Finding | undefined {
    return this.all().find((finding) => finding.id === id);
  }

  /** What a review with a verdict found; replaces what that reviewer had found before. */
  record(repository: string, job: string, reviewer: ReviewerId, findings: Finding[]): Promise<void> {
    return this.append(repository, {
      type: 'reviewed',
      at: new Date().toISOString(),
      job,
      reviewer,
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
      await this.ledger(repository).append(event);
      this.states.set(repository, foldLedger(this.states.get(repository) ?? emptyLedger, event));
      this.changeEmitter.fire();
    });
  }

  private async load(repository: string): Promise<void> {
    if (!this.states.has(repository)) this.states.set(repository, await this.ledger(repository).read());
  }

  private ledger(repository: string): Ledger {
    return new Ledger(path.join(repositoryFolder(this.stateHome, repository), 'findings.jsonl'), this.logger);
  }
}
