import type { Event } from 'vscode-jsonrpc/node';
import type { Disposable } from '../base/disposable.ts';
import { UsageError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { type FileSides, sidesOf } from '../git/filesByGit.ts';
import type { GitOptions } from '../git/git.ts';
import { fileOfTree, treeChange } from '../git/treeChange.ts';
import { commitOf, createBranch, headCommit } from '../git/worktree.ts';
import type { Job } from '../jobs/job.ts';
import type { JobStore } from '../jobs/jobStore.ts';
import { type TaskChange, isOnlyThere, isPending } from '../protocol/taskChange.ts';
import { ChangeProblems } from './changeProblems.ts';
import { ChangeRecords, type ChangeRef, undecided } from './changeRecords.ts';
import type { CodeProblems, ProblemsWatch } from './codeProblems.ts';
import { type Applied, type Landed, Landing, type Selection } from './landing.ts';
import { TaskWorktrees, waitsInWorktree } from './taskWorktrees.ts';

export interface TaskChangesParts {
  store: Pick<JobStore, 'changes' | 'list'>;
  /** The worktrees' folder. */
  folder: string;
  logger: Logger;
  git(): GitOptions;
  /** Left out where nobody tells what compilers and linters say. */
  problems?: CodeProblems;
}

/**
 * The changes of delegated tasks: what they are, and what the user decides about them. Decisions name a job; what is known
 * of its change is read from the disk then, and nobody else decides meanwhile.
 */
export class TaskChanges implements Disposable {
  private readonly records: ChangeRecords;
  private readonly worktrees: TaskWorktrees;
  private readonly landing: Landing;
  private readonly problems: ChangeProblems;

  /** See `ChangeRecords`. */
  readonly onDidChange: Event<void>;
  /** See `Landing`. */
  readonly onDidLand: Event<Landed>;
  /** See `ChangeProblems`. */
  readonly onDidCompare: Event<TaskChange>;

  constructor(private readonly parts: TaskChangesParts) {
    const { store, logger, folder, problems } = parts;
    const git = () => parts.git();
    const records = new ChangeRecords(store.changes, logger);
    this.records = records;
    this.worktrees = new TaskWorktrees({ records, folder, logger, git });
    this.problems = new ChangeProblems({ records, logger, ...(problems && { problems }) });
    this.landing = new Landing({ records, worktrees: this.worktrees, problems: this.problems, git });
    this.onDidChange = records.onDidChange;
    this.onDidLand = this.landing.onDidLand;
    this.onDidCompare = this.problems.onDidCompare;
  }

  /** See `ChangeRecords.seen`. */
  seen(job: string): TaskChange | undefined {
    return this.records.seen(job);
  }

  /** See `ChangeRecords.show`. */
  show(repositories: readonly string[]): Promise<void> {
    return this.records.show(repositories);
  }

  /** What a task changed, as it is on disk; null where nothing is known. */
  read(job: Pick<Job, 'id' | 'repository'>): Promise<TaskChange | null> {
    return this.records.read(job);
  }

  /** All of a repository, as they are on disk, in no order. */
  of(repository: string): Promise<TaskChange[]> {
    return this.records.of(repository);
  }

  /** Whether a job must not be deleted without being asked for: something would be lost. */
  async isNeeded(job: Pick<Job, 'id' | 'repository'>): Promise<boolean> {
    const change = await this.read(job);
    return change !== null && isOnlyThere(change);
  }

  /** The worktree's change with which the next job on the same thread goes on: the newest that nobody has decided about. */
  async waitingOf({ id, repository, threadId }: Job): Promise<TaskChange | null> {
    if (threadId === null) return null;
    const changes = new Map((await this.of(repository)).map((change) => [change.job, change]));
    const jobs = (await this.parts.store.list(repository)).filter(
      (job) => job.id !== id && job.threadId === threadId,
    );
    return jobs.flatMap((job) => changes.get(job.id) ?? []).find(waitsInWorktree) ?? null;
  }

  /** For the task whose change it is, while it runs. */
  save(change: TaskChange): Promise<void> {
    return this.records.save(change);
  }

  /** See `ChangeRecords.hold`. */
  readonly hold: ChangeRecords['hold'] = (ref, work) => this.records.hold(ref, work);

  /** Notes the end of a change, whose worktree is removed, unless something is nowhere but there. */
  async end(change: TaskChange): Promise<void> {
    await this.save(change);
    await this.worktrees.release(change);
  }

  /** Notes what a task has done in place. */
  async landedInPlace(change: TaskChange, watch: ProblemsWatch | undefined): Promise<void> {
    const files = change.files.map(({ file }) => file);
    await this.save(change);
    this.landing.landedInPlace(change, files);
    this.problems.compare(change, files, watch);
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

  /** See `Landing.apply`. */
  apply(ref: ChangeRef, selection?: Selection): Promise<Applied> {
    return this.landing.apply(ref, selection);
  }

  /** See `Landing.undo`. */
  undo(ref: ChangeRef): Promise<Applied> {
    return this.landing.undo(ref);
  }

  /**
   * @throws UserError if there is a branch of that name, or none can have it; UsageError if the change is not to be decided
   * about (any more)
   */
  keepAsBranch(ref: ChangeRef, name: string): Promise<void> {
    return this.settle(ref, isPending, async (change) => {
      await makeBranch(change, name, this.parts.git());
      return { ...change, state: 'kept as a branch' };
    });
  }

  /**
   * Throws away what is nowhere but in the worktree: the change, if nobody has decided about it, and what is no part of it.
   * @param takenInstead the job whose change was taken, where that is why
   * @throws UsageError if there is nothing (any more)
   */
  discard(ref: ChangeRef, takenInstead?: string): Promise<void> {
    return this.settle(ref, isOnlyThere, (change) => {
      const rest = { ...change };
      delete rest.leftOut;
      if (!isPending(change)) return Promise.resolve(rest);
      const reason = takenInstead === undefined ? {} : { takenInstead };
      return Promise.resolve({ ...rest, ...reason, state: 'discarded' });
    });
  }

  /** See `TaskWorktrees.reap`. */
  reap(repository: string): Promise<void> {
    return this.worktrees.reap(repository);
  }

  /** See `TaskWorktrees.forget`. */
  forget(job: Job): Promise<void> {
    return this.worktrees.forget(job);
  }

  /** Begins to listen to compilers and linters; see `ChangeProblems`. */
  watchProblems(repository: string): ProblemsWatch | undefined {
    return this.problems.watch(repository);
  }

  /** There is nothing to compare. */
  endWatch(watch: ProblemsWatch | undefined): void {
    this.problems.end(watch);
  }

  dispose(): void {
    this.problems.dispose();
    this.records.dispose();
  }

  private settle(
    ref: ChangeRef,
    fits: (change: TaskChange) => boolean,
    decide: (change: TaskChange) => Promise<TaskChange>,
  ): Promise<void> {
    return this.records.hold(ref, async (found, save) => {
      const next = await decide(undecided(found, fits));
      await save(next);
      await this.worktrees.release(next);
    });
  }
}

/** @throws UserError if there is a branch of that name, or none can have it */
async function makeBranch(
  { repository, job, base, result }: TaskChange,
  name: string,
  git: GitOptions,
): Promise<void> {
  if (result === null) throw new UsageError('The task has not ended.');
  // What was done in place may be trees still.
  const head = await headCommit(repository, git);
  const before = { is: base, parent: head, message: `Working tree before ${job}` };
  const start = await commitOf(repository, before, git);
  const after = { is: result, parent: start, message: `Result of ${job}` };
  await createBranch(repository, { name, commit: await commitOf(repository, after, git) }, git);
}
