import { existsSync } from 'node:fs';
import path from 'node:path';
import { Emitter, type Event } from 'vscode-jsonrpc/node';
import { UsageError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { type PlannedFile, planChange } from '../git/applyChange.ts';
import { type FileSides, sidesOf } from '../git/filesByGit.ts';
import type { GitOptions } from '../git/git.ts';
import { snapshotTree } from '../git/snapshot.ts';
import { fileOfTree, treeChange } from '../git/treeChange.ts';
import { createBranch, removeWorktree } from '../git/worktree.ts';
import { writeChange } from '../git/writeChange.ts';
import type { Job } from '../jobs/job.ts';
import type { JobStore } from '../jobs/jobStore.ts';
import { type ChangeState, type TaskChange, isOnlyThere, isPending } from '../protocol/taskChange.ts';
import type { CodeProblems, ProblemsWatch } from './codeProblems.ts';

export interface TaskChangesParts {
  store: Pick<JobStore, 'saveChange' | 'change' | 'changes' | 'list'>;
  /** The worktrees' folder. */
  folder: string;
  logger: Logger;
  git(): GitOptions;
  /** Left out where nobody tells what compilers and linters say. */
  problems?: CodeProblems;
}

/** What is to be applied of a change. */
export interface Selection {
  /** Files with what they are to hold, where only some of their hunks are wanted; left out for all of all. */
  files?: ReadonlyMap<string, Buffer | null>;
  /** Where both changed the same: write both, with conflict markers. */
  markers?: boolean;
}

export type Applied =
  | { readonly kind: 'applied'; readonly files: readonly string[] }
  /** Nothing was written: these were changed meanwhile in the same places. `mergeable`: markers could be written. */
  | { readonly kind: 'conflict'; readonly files: readonly { path: string; mergeable: boolean }[] };

/** The changes of delegated tasks: what they are, and what the user decides about them. */
export class TaskChanges {
  private readonly changeEmitter = new Emitter<TaskChange>();
  private readonly known = new Map<string, TaskChange>();

  private readonly decideEmitter = new Emitter<TaskChange>();
  private readonly compareEmitter = new Emitter<TaskChange>();
  /** Those that wait for compilers and linters. */
  private readonly watches = new Set<ProblemsWatch>();

  /** Fires when this host has brought something into the working tree, or has taken it back. */
  readonly onDidDecide: Event<TaskChange> = this.decideEmitter.event;
  /** Fires when it is known, of what was applied in this host, what compilers and linters say since: `problems` has it. */
  readonly onDidCompare: Event<TaskChange> = this.compareEmitter.event;
  /** Fires when something was decided, or is to be. */
  readonly onDidChange: Event<TaskChange> = this.changeEmitter.event;

  constructor(private readonly parts: TaskChangesParts) {}

  /** As it was last seen by this host; undefined for a job without a change. */
  seen(job: string): TaskChange | undefined {
    return this.known.get(job);
  }

  /** Reads what is known of a repository, for `seen`. */
  async show(repository: string): Promise<void> {
    for (const change of await this.parts.store.changes(repository)) this.notice(change);
  }

  async read(job: Pick<Job, 'id' | 'repository'>): Promise<TaskChange | null> {
    const change = await this.parts.store.change(job);
    if (change) this.notice(change);
    return change;
  }

  /** The change of an earlier job on the same thread that nobody has decided about. */
  async pendingOf({ id, repository, threadId }: Job): Promise<TaskChange | null> {
    if (threadId === null) return null;
    const { store } = this.parts;
    const jobs = (await store.list(repository)).filter((job) => job.id !== id && job.threadId === threadId);
    const ids = new Set(jobs.map((job) => job.id));
    return (
      (await store.changes(repository)).find((change) => ids.has(change.job) && isPending(change)) ?? null
    );
  }

  async save(change: TaskChange): Promise<void> {
    await this.parts.store.saveChange(change);
    this.notice(change);
    if (decisions.has(change.state)) this.decideEmitter.fire(change);
  }

  /** Begins to listen to compilers and linters; undefined where nobody tells what they say. */
  watchProblems(repository: string): ProblemsWatch | undefined {
    const watch = this.parts.problems?.watch(repository);
    if (watch) this.watches.add(watch);
    return watch;
  }

  /** Notes what they say since the change was applied to these files, as soon as they have said it. */
  compare(change: TaskChange, files: readonly string[], watch: ProblemsWatch | undefined): void {
    if (!watch) return;
    this.noteProblems(change, files, watch).catch((error: unknown) =>
      this.parts.logger.error(`What compilers and linters say was not noted: ${messageOf(error)}`),
    );
  }

  /** There is nothing to compare. */
  endWatch(watch: ProblemsWatch | undefined): void {
    if (!watch) return;
    this.watches.delete(watch);
    watch.dispose();
  }

  /** What is still waited for is waited for no more. */
  dispose(): void {
    for (const watch of this.watches) this.endWatch(watch);
  }

  private async noteProblems(
    { job, repository, applied }: TaskChange,
    files: readonly string[],
    watch: ProblemsWatch,
  ): Promise<void> {
    const problems = await watch.settled(files);
    this.watches.delete(watch);
    if (problems === null) return;
    const now = await this.parts.store.change({ id: job, repository });
    // Something else was decided meanwhile: then they do not speak of this any more.
    if (now === null || now.applied.at(-1)?.after !== applied.at(-1)?.after) return;
    const noted = { ...now, problems };
    await this.parts.store.saveChange(noted);
    this.notice(noted);
    this.compareEmitter.fire(noted);
  }

  /** Notes the end of a change, whose worktree is removed, unless there are files in it that are no part of the change. */
  async end(change: TaskChange): Promise<void> {
    await this.save(change);
    if (!isOnlyThere(change)) await this.removeWorktreeOf(change);
  }

  /** A file before and after the change; null where there is none. */
  async texts(change: TaskChange, file: string): Promise<{ before: Buffer | null; after: Buffer | null }> {
    const { repository, base, result } = change;
    const git = this.parts.git();
    return {
      before: await fileOfTree(repository, base, file, git),
      after: result === null ? null : await fileOfTree(repository, result, file, git),
    };
  }

  /** All files before and after the change. */
  async sides({ repository, base, result, files }: TaskChange): Promise<Map<string, FileSides>> {
    const git = this.parts.git();
    const entries = result === null ? [] : await treeChange(repository, base, result, git);
    const known = new Set(files.map(({ file }) => file));
    return sidesOf(
      repository,
      entries.filter(({ path: file }) => known.has(file)),
      git,
    );
  }

  /**
   * Brings the change, or a part of it, into the working tree, all or nothing: where the user has changed the same
   * meanwhile nothing is written, unless markers are wanted.
   * @throws UsageError if there is nothing to apply, UserError if git cannot
   */
  async apply(change: TaskChange, { files, markers = false }: Selection = {}): Promise<Applied> {
    const { repository, base, result } = change;
    if (result === null) throw new UsageError('There is no change that waits.');
    const git = this.parts.git();
    const entries = (await treeChange(repository, base, result, git)).filter(
      ({ path: file }) => files === undefined || files.has(file),
    );
    const chosen = entries.map((entry) => {
      const content = files?.get(entry.path);
      return content === undefined || content === null ? { entry } : { entry, content };
    });
    const planned = await planChange(repository, chosen, git);
    const conflicts = planned.filter(({ kind }) => kind === 'conflict');
    const hopeless = conflicts.some(({ to }) => to === null);
    if (conflicts.length > 0 && (!markers || hopeless))
      return {
        kind: 'conflict',
        files: conflicts.map(({ path: file, to }) => ({ path: file, mergeable: to !== null })),
      };
    const isAll = files === undefined;
    return this.write(change, planned, isAll ? 'applied' : 'partly applied');
  }

  /**
   * Takes back what was applied last.
   * @throws UsageError if nothing was, UserError if git has removed the checkpoint
   */
  async undo(change: TaskChange): Promise<Applied> {
    const last = change.applied.at(-1);
    if (!last) throw new UsageError('Nothing of this change was applied.');
    const { repository } = change;
    const git = this.parts.git();
    const entries = (await treeChange(repository, last.after, last.before, git)).filter(({ path: file }) =>
      last.files.includes(file),
    );
    const chosen = entries.map((entry) => ({ entry }));
    const planned = await planChange(repository, chosen, { ...git, isUndo: true });
    const conflicts = planned.filter(({ kind }) => kind === 'conflict');
    if (conflicts.length > 0)
      return {
        kind: 'conflict',
        files: conflicts.map(({ path: file }) => ({ path: file, mergeable: false })),
      };
    await writeChange(repository, planned);
    const applied = change.applied.slice(0, -1);
    const next: TaskChange = { ...change, applied, state: applied.length > 0 ? 'partly applied' : 'undone' };
    delete next.problems;
    await this.save(next);
    return { kind: 'applied', files: planned.map(({ path: file }) => file) };
  }

  /** @throws UserError if there is a branch of that name, or none can have it */
  async keepAsBranch(change: TaskChange, name: string): Promise<void> {
    const { repository, result } = change;
    if (result === null) throw new UsageError('The task has not ended.');
    await createBranch(repository, { name, commit: result }, this.parts.git());
    await this.end({ ...change, state: 'kept as a branch' });
  }

  /** Throws away what is nowhere but in the worktree: the change, if nobody has decided about it, and what is no part of it. */
  async discard(change: TaskChange): Promise<void> {
    const rest = { ...change };
    delete rest.leftOut;
    if (isPending(change)) {
      await this.end({ ...rest, state: 'discarded' });
      return;
    }
    await this.parts.store.saveChange(rest);
    this.notice(rest);
    await this.removeWorktreeOf(rest);
  }

  /** Removes the worktrees of changes that were decided about, where somebody was killed before they could. */
  async reap(repository: string): Promise<void> {
    const { store, folder, logger } = this.parts;
    const changes = await store.changes(repository);
    const needed = new Set(changes.filter(isNeeded).map(({ worktree }) => worktree));
    for (const { worktree } of changes) {
      if (worktree === null || needed.has(worktree) || path.dirname(worktree) !== folder) continue;
      await this.remove(repository, worktree).catch((error: unknown) => logger.warn(messageOf(error)));
    }
  }

  /** The job is gone, and its worktree with it. */
  async forget({ id, repository }: Job): Promise<void> {
    const change = this.known.get(id);
    this.known.delete(id);
    const worktree = change?.worktree ?? path.join(this.parts.folder, id);
    const others = (await this.parts.store.changes(repository)).filter(
      (other) => other.worktree === worktree,
    );
    if (!others.some(isNeeded)) await this.remove(repository, worktree);
  }

  private async write(
    change: TaskChange,
    planned: readonly PlannedFile[],
    state: 'applied' | 'partly applied',
  ): Promise<Applied> {
    const { repository } = change;
    const git = this.parts.git();
    const options = { ...git, trackedSecrets: true };
    const before = await snapshotTree(repository, options);
    const watch = this.watchProblems(repository);
    const files = await writeChange(repository, planned).catch((error: unknown) => {
      this.endWatch(watch);
      throw error;
    });
    const after = await snapshotTree(repository, options);
    const applied = files.length === 0 ? change.applied : [...change.applied, { before, after, files }];
    const next = { ...change, state, applied };
    await (state === 'applied' ? this.end(next) : this.save(next));
    this.compare(next, files, watch);
    return { kind: 'applied', files };
  }

  private async removeWorktreeOf({ repository, worktree }: TaskChange): Promise<void> {
    if (worktree !== null) await this.remove(repository, worktree);
  }

  private async remove(repository: string, worktree: string): Promise<void> {
    if (existsSync(worktree)) await removeWorktree(repository, worktree, this.parts.git());
  }

  private notice(change: TaskChange): void {
    this.known.set(change.job, change);
    this.changeEmitter.fire(change);
  }
}

const decisions: ReadonlySet<ChangeState> = new Set(['applied', 'partly applied', 'undone']);

function isNeeded(change: TaskChange): boolean {
  return change.state === 'running' || isOnlyThere(change);
}
