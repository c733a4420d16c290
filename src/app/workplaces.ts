import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../base/errors.ts';
import type { GitOptions } from '../git/git.ts';
import { snapshotTree, takeSnapshot } from '../git/snapshot.ts';
import { type TreeEntry, treeChange } from '../git/treeChange.ts';
import {
  addWorktree,
  commitTree,
  headCommit,
  isCheckedOut,
  pointWorktree,
  removeWorktree,
} from '../git/worktree.ts';
import type { AgentContext } from '../jobs/agent.ts';
import type { Job } from '../jobs/job.ts';
import type { Look, Workplace } from '../jobs/workplace.ts';
import { type ChangedTaskFile, type TaskChange, isPending } from '../protocol/taskChange.ts';
import type { ProblemsWatch } from './codeProblems.ts';
import { type Stamps, changedSince, leftOutNote, leftOutNow } from './leftOut.ts';
import type { Elsewhere } from './serverSight.ts';
import type { TaskChanges } from './taskChanges.ts';
import { waitsInWorktree } from './taskWorktrees.ts';
import { unlinkFrom } from './worktreeLink.ts';

export interface WorkplaceParts {
  stateHome: string;
  changes: TaskChanges;
  /** `auto`: in a worktree where the working tree has changes that are not committed. */
  readonly place: () => 'auto' | 'worktree' | 'in-place';
  readonly git: () => GitOptions;
  /** Where the agent does not see worktrees of ours; null where it does. */
  readonly elsewhere: (job: Job) => Promise<Elsewhere | null>;
}

/** Folder of all linked worktrees of ours. */
export function worktreesFolder(stateHome: string): string {
  return path.join(stateHome, 'worktrees');
}

type Opening = Pick<AgentContext, 'onProgress' | 'signal'>;

/**
 * Makes ready where a task works, and notes its beginning, so that what it does can be seen, applied and taken back. A
 * task that goes on with one whose change nobody has decided about goes on in the same worktree.
 * @throws UserError if git cannot, CancelledError
 */
export async function openWorkplace(job: Job, parts: WorkplaceParts, context: Opening): Promise<Workplace> {
  const { changes } = parts;
  const elsewhere = await parts.elsewhere(job);
  if (elsewhere !== null) return workplaceElsewhere(job, elsewhere, parts, context);
  const own = await changes.read(job);
  await removeHalfMade(own, parts);
  if (own !== null && isThere(own))
    return begin({ ...(await unlinkFrom(own, changes)), result: null, state: 'running' }, parts);
  // What is noted of it would be overwritten.
  if (own !== null && own.state !== 'running' && own.state !== 'none')
    throw new UserError(`What this task has changed is known already: ${own.state}.`, 'Start another task.');
  return (job.write ? await goOn(job, parts) : null) ?? openNew(job, parts, context);
}

/** In the worktree of an earlier task on the same thread; null where none waits there. */
async function goOn(job: Job, parts: WorkplaceParts): Promise<Workplace | null> {
  const former = await parts.changes.waitingOf(job);
  if (!former) return null;
  return parts.changes.hold(former, async (now, save) => {
    // The user may have decided just now.
    if (!now || !waitsInWorktree(now)) return null;
    // In this order the worktree is somebody's at any moment, and never taken for left over.
    const workplace = await begin({ ...now, job: job.id, result: null, state: 'running' }, parts);
    await save({ ...now, state: 'continued' });
    return workplace;
  });
}

/** The files that are not there yet would count as deleted by the task, which has not begun. */
async function removeHalfMade(own: TaskChange | null, { git }: WorkplaceParts): Promise<void> {
  if (own?.state !== 'running' || own.worktree === null || !existsSync(own.worktree)) return;
  if (!(await isCheckedOut(own.worktree, git()))) await removeWorktree(own.repository, own.worktree, git());
}

/** Whether a task that is taken up again has its place, with what it has done there, noted or not. */
function isThere({ state, worktree }: TaskChange): boolean {
  if (worktree === null) return state === 'running' || state === 'applied';
  return (state === 'running' || isPending({ state })) && existsSync(worktree);
}

/**
 * What happens on the disk of another machine is neither kept apart nor seen. In a repository that is the one of here it is
 * seen, and can be taken back.
 */
async function workplaceElsewhere(
  job: Job,
  { server, sharesRepository }: Elsewhere,
  parts: WorkplaceParts,
  context: Opening,
): Promise<Workplace> {
  const { repository, race } = job;
  const where = `the App Server at ${server}, which does not see worktrees of Tandem`;
  if (race) throw new UserError(`A fix race is not possible with ${where}.`);
  if (!sharesRepository) {
    const note = `It worked in the checkout of ${where}: what it changed is there, and cannot be taken back from here.`;
    return { folder: repository, close: () => Promise.resolve({ files: null, notes: [note] }) };
  }
  const inPlace = await openNew(job, { ...parts, place: () => 'in-place' }, context);
  const note = `It worked in the repository itself, with ${where} (${worktreesFolder(parts.stateHome)}).`;
  const close: Workplace['close'] = async (look) => {
    const closed = await inPlace.close(look);
    return { ...closed, notes: [...closed.notes, note] };
  };
  return { ...inPlace, close };
}

async function openNew(job: Job, parts: WorkplaceParts, context: Opening): Promise<Workplace> {
  const { id, repository, race, write } = job;
  // Both start from the same.
  if (race) return openWorktree(job, race.base, parts, context);
  const { place } = parts;
  const git = parts.git();
  const tree = await snapshotTree(repository, { ...git, trackedSecrets: true });
  const head = await headCommit(repository, git);
  const isDirty = head === null || (await treeChange(repository, head, tree, git)).length > 0;
  // Whatever the user allows a task to change that was to change nothing is allowed where it reads.
  const wants = write ? place() : 'in-place';
  const inWorktree = wants === 'worktree' || (wants === 'auto' && isDirty);
  const message = `Working tree before ${id}`;
  if (!inWorktree) {
    const commit = await commitTree(repository, { tree, parent: head, message }, git);
    const watch = parts.changes.watchProblems(repository);
    return begin(begun(job, null, commit), parts, watch);
  }
  // What is not committed of files that look like secrets stays where it is.
  const shown = await snapshotTree(repository, git);
  const commit = await commitTree(repository, { tree: shown, parent: head, message }, git);
  return openWorktree(job, commit, parts, context);
}

async function openWorktree(
  job: Job,
  commit: string,
  parts: WorkplaceParts,
  { onProgress, signal }: Opening,
): Promise<Workplace> {
  const folder = path.join(worktreesFolder(parts.stateHome), job.id);
  // Whatever it holds may be somebody's work.
  if (existsSync(folder))
    throw new UserError(
      `The folder for this task is there already: ${folder}. Nothing in it was changed.`,
      'Look at what it holds. A new task gets a folder of its own.',
    );
  const change = begun(job, folder, commit);
  // First what it is for, so that nobody takes it for left over.
  await parts.changes.save(change);
  onProgress({ phase: 'starting', activity: 'Checking out the files for it' });
  try {
    await addWorktree(job.repository, { folder, commit }, { ...parts.git(), signal });
  } catch (error) {
    await parts.changes.end({ ...change, state: 'none' });
    throw error;
  }
  return workplaceOf(change, parts);
}

function begun({ id, repository }: Job, worktree: string | null, base: string): TaskChange {
  const nothing = { result: null, files: [], applied: [] };
  return { format: 1, job: id, repository, worktree, base, state: 'running', ...nothing };
}

async function begin(change: TaskChange, parts: WorkplaceParts, watch?: ProblemsWatch): Promise<Workplace> {
  await parts.changes.save(change);
  const before = change.worktree === null ? await leftOutNow(change.repository, parts.git()) : undefined;
  return workplaceOf(change, parts, { ...(watch && { watch }), ...(before && { before }) });
}

function workplaceOf(change: TaskChange, parts: WorkplaceParts, closing: Closing = {}): Workplace {
  return {
    folder: change.worktree ?? change.repository,
    close: (look) => closeWorkplace(change, parts, { ...closing, ...(look && { look }) }),
  };
}

/**
 * The same of a task whose host was killed. In place nobody can tell any more what was the task's and what the user's: then
 * nothing is claimed, so that nothing of the user's can be taken back.
 */
export async function closeLeftWorkplace(
  change: TaskChange,
  parts: Pick<WorkplaceParts, 'changes' | 'git'>,
): Promise<void> {
  if (change.worktree !== null && existsSync(change.worktree))
    await closeWorkplace(await unlinkFrom(change, parts.changes), parts);
  else await parts.changes.end({ ...change, ...appliedBefore(change) });
}

/** What was noted before it went on is in the working tree, and can be taken back. */
function appliedBefore({ applied }: TaskChange): Pick<TaskChange, 'state' | 'result'> {
  const last = applied.at(-1);
  return last ? { state: 'applied', result: last.after } : { state: 'none', result: null };
}

interface Closing {
  watch?: ProblemsWatch;
  /** What was no part of a snapshot of the working tree before the task worked there. */
  before?: Stamps;
  look?: Look;
}

/** Notes what the task has changed. A worktree without a change is of no use any more. */
export async function closeWorkplace(
  noted: TaskChange,
  parts: Pick<WorkplaceParts, 'changes' | 'git'>,
  { watch, before, look }: Closing = {},
): Promise<{ files: ChangedTaskFile[]; notes: string[] }> {
  const change = { ...noted };
  // Of an earlier task that this one went on with.
  delete change.leftOut;
  const { worktree, repository, base, job } = change;
  const git = parts.git();
  const folder = worktree ?? repository;
  if (!existsSync(folder)) throw new UserError(`The folder of the task is gone: ${folder}`);
  const { tree, leftOut: outside } = await takeSnapshot(folder, { ...git, trackedSecrets: true });
  const files = (await treeChange(repository, base, tree, git)).map(changedFile);
  const leftOut = worktree === null ? await changedSince(folder, outside, before) : outside;
  const notes = leftOut.length === 0 ? [] : [leftOutNote(leftOut, worktree)];
  if (files.length === 0 && (worktree === null || leftOut.length === 0)) {
    parts.changes.endWatch(watch);
    await parts.changes.end({ ...change, result: tree, files, state: 'none' });
    return { files, notes };
  }
  if (worktree === null) {
    const names = files.map(({ file }) => file);
    const applied = [{ before: base, after: tree, files: names }];
    const next: TaskChange = { ...change, result: tree, files, state: 'applied', applied };
    await parts.changes.landedInPlace(next, watch);
    return { files, notes };
  }
  const commit = await commitTree(repository, { tree, parent: base, message: `Result of ${job}` }, git);
  await pointWorktree(worktree, commit, git);
  try {
    if (look) {
      // What it came to can be shown already.
      await parts.changes.save({ ...change, result: commit });
      await look(files.map(({ file }) => file));
    }
  } finally {
    const names = leftOut.map(({ file }) => file);
    const left = names.length === 0 ? {} : { leftOut: names };
    await parts.changes.save({ ...change, ...left, result: commit, files, state: 'pending' });
  }
  return { files, notes };
}

function changedFile({ path: file, modes: [before, after] }: TreeEntry): ChangedTaskFile {
  return { file, kind: before === null ? 'add' : after === null ? 'delete' : 'update' };
}
