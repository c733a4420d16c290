import type { FileSides } from '../git/filesByGit.ts';
import type { TaskChange } from '../protocol/taskChange.ts';
import type { TaskChanges } from './taskChanges.ts';

interface KnownChange {
  readonly change: TaskChange;
  /** Null while the task runs. */
  readonly sides: ReadonlyMap<string, FileSides> | null;
}

/** The files of tasks' changes for an editor, which asks for all files of a change at once: they are read together. */
export class ChangeTexts {
  /** Under way, by job and repository. */
  private readonly reads = new Map<string, Promise<KnownChange | null>>();

  constructor(private readonly changes: Pick<TaskChanges, 'read' | 'sides' | 'texts'>) {}

  /**
   * A file before and after a change; null where there is no such change, or it is not about that file.
   * @throws UserError if git cannot
   */
  async sides(job: string, repository: string, file: string): Promise<FileSides | null> {
    const known = await this.read(job, repository);
    if (!known) return null;
    // While a task runs it is not known yet which files it will have changed.
    return known.sides ? (known.sides.get(file) ?? null) : this.changes.texts(known.change, file);
  }

  private read(job: string, repository: string): Promise<KnownChange | null> {
    const key = JSON.stringify([job, repository]);
    const read = this.reads.get(key) ?? this.readAnew(job, repository).finally(() => this.reads.delete(key));
    this.reads.set(key, read);
    return read;
  }

  private async readAnew(id: string, repository: string): Promise<KnownChange | null> {
    const change = await this.changes.read({ id, repository });
    return change && { change, sides: change.state === 'running' ? null : await this.changes.sides(change) };
  }
}
