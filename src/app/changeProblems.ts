import { Emitter, type Event } from 'vscode-jsonrpc/node';
import type { Disposable } from '../base/disposable.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { TaskChange } from '../protocol/taskChange.ts';
import type { ChangeRecords } from './changeRecords.ts';
import type { CodeProblems, ProblemsWatch } from './codeProblems.ts';

export interface ChangeProblemsParts {
  records: Pick<ChangeRecords, 'hold'>;
  logger: Logger;
  /** Left out where nobody tells what compilers and linters say. */
  problems?: CodeProblems;
}

/** What compilers and linters say since a change is in the working tree, noted with it. */
export class ChangeProblems implements Disposable {
  private readonly compareEmitter = new Emitter<TaskChange>();
  /** Those that wait for compilers and linters. */
  private readonly watches = new Set<ProblemsWatch>();

  /** Fires when it is known, of what was applied in this host: `problems` has it. */
  readonly onDidCompare: Event<TaskChange> = this.compareEmitter.event;

  constructor(private readonly parts: ChangeProblemsParts) {}

  /** Begins to listen; undefined where nobody tells what they say. */
  watch(repository: string): ProblemsWatch | undefined {
    const watch = this.parts.problems?.watch(repository);
    if (watch) this.watches.add(watch);
    return watch;
  }

  /** Notes what they say since the change was applied to these files, as soon as they have said it. */
  compare(change: TaskChange, files: readonly string[], watch: ProblemsWatch | undefined): void {
    if (!watch) return;
    this.note(change, files, watch).catch((error: unknown) =>
      this.parts.logger.error(`What compilers and linters say was not noted: ${messageOf(error)}`),
    );
  }

  /** There is nothing to compare. */
  end(watch: ProblemsWatch | undefined): void {
    if (!watch) return;
    this.watches.delete(watch);
    watch.dispose();
  }

  /** What is still waited for is waited for no more. */
  dispose(): void {
    for (const watch of this.watches) this.end(watch);
  }

  private async note(change: TaskChange, files: readonly string[], watch: ProblemsWatch): Promise<void> {
    const problems = await watch.settled(files);
    this.watches.delete(watch);
    if (problems === null) return;
    const noted = await this.parts.records.hold(change, async (now, save) => {
      // Something else was decided meanwhile: then they do not speak of this any more.
      if (now === null || now.applied.at(-1)?.after !== change.applied.at(-1)?.after) return null;
      const next = { ...now, problems };
      await save(next);
      return next;
    });
    if (noted) this.compareEmitter.fire(noted);
  }
}
