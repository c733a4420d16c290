import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../base/errors.ts';
import { type GitOptions, gitList } from '../git/git.ts';
import { snapshotTree } from '../git/snapshot.ts';
import { type TreeEntry, treeChange } from '../git/treeChange.ts';
import { untrackedFiles } from '../git/untracked.ts';
import {
  addWorktree,
  commitTree,
  headCommit,
  isCheckedOut,
  pointWorktree,
  removeWorktree,
} from '../git/worktree.ts';
import type { Job } from '../jobs/job.ts';
import type { Workplace } from '../jobs/workplace.ts';
import { type ChangedTaskFile, type TaskChange, isPending } from '../protocol/taskChange.ts';
import type { ProblemsWatch } from './codeProblems.ts';
import type { Elsewhere } from './serverSight.ts';
import type { TaskChanges } from './taskChanges.ts';
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

/** Longer lists of files are cut in notes. */
const maxNamed = 5;

/** Folder of all linked worktrees of ours. */
export function worktreesFolder(stateHome: string): string {
  return path.join(stateHome, 'worktrees');
}

/**
 * Makes ready where a task works, and notes its beginning, so that what it does can be seen, applied and taken back. A
 * task that goes on with one whose change nobody has decided about goes on in the same worktree.
 * @throws UserError if git cannot
 */
export async function openWorkplace(job: Job, parts: WorkplaceParts): Promise<Workplace> {
  const { changes } = parts;
  const elsewhere = await parts.elsewhere(job);
  if (elsewhere !== null) return workplaceElsewhere(job, elsewhere, parts);
  const own = await changes.read(job);
  await removeHalfMade(own, parts);
  if (own !== null && isThere(own))
    return begin({ ...(await unlinkFrom(own, changes)), result: null, state: 'running' }, parts);
  // What is noted of it would be overwritten.
  if (own !== null && own.state !== 'running' && own.state !== 'none')
    throw new UserError(`What this task has changed is known already: ${own.state}.`, 'Start another task.');
  const former = await changes.pendingOf(job);
  if (former?.worktree && existsSync(former.worktree)) {
    // In this order the worktree is somebody's at any moment, and never taken for left over.
    const workplace = await begin({ ...former, job: job.id, result: null, state: 'running' }, parts);
    await changes.save({ ...former, state: 'continued' });
    return workplace;
  }
  return openNew(job, parts);
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
): Promise<Workplace> {
  const { repository, race } = job;
  const where = `the App Server at ${server}, which does not see worktrees of Tandem`;
  if (race) throw new UserError(`A fix race is not possible with ${where}.`);
  if (!sharesRepository) {
    const note = `It worked in the checkout of ${where}: what it changed is there, and cannot be taken back from here.`;
    return { folder: repository, close: () => Promise.resolve({ files: null, notes: [note] }) };
  }
  const inPlace = await openNew(job, { ...parts, place: () => 'in-place' });
  const note = `It worked in the repository itself, with ${where} (${worktreesFolder(parts.stateHome)}).`;
  const close: Workplace['close'] = async (look) => {
    const closed = await inPlace.close(look);
    return { ...closed, notes: [...closed.notes, note] };
  };
  return { ...inPlace, close };
}

async function openNew(job: Job, parts: WorkplaceParts): Promise<Workplace> {
  const { id, repository, race } = job;
  // Both start from the same.
  if (race) return openWorktree(job, race.base, parts);
  const { place } = parts;
  const git = parts.git();
  const tree = await snapshotTree(repository, git);
  const head = await headCommit(repository, git);
  const isDirty = head === null || (await treeChange(repository, head, tree, git)).length > 0;
  const wants = place();
  const inWorktree = wants === 'worktree' || (wants === 'auto' && isDirty);
  if (!inWorktree) {
    const watch = parts.changes.watchProblems(repository);
    return begin(begun(job, null, tree), parts, watch);
  }
  const message = `Working tree before ${id}`;
  const commit = await commitTree(repository, { tree, parent: head, message }, git);
  return openWorktree(job, commit, parts);
}

async function openWorktree(job: Job, commit: string, parts: WorkplaceParts): Promise<Workplace> {
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
  await addWorktree(job.repository, { folder, commit }, parts.git());
  return workplaceOf(change, parts);
}

function begun({ id, repository }: Job, worktree: string | null, base: string): TaskChange {
  const nothing = { result: null, files: [], applied: [] };
  return { format: 1, job: id, repository, worktree, base, state: 'running', ...nothing };
}

async function begin(change: TaskChange, parts: WorkplaceParts, watch?: ProblemsWatch): Promise<Workplace> {
  await parts.changes.save(change);
  return workplaceOf(change, parts, watch);
}

function workplaceOf(change: TaskChange, parts: WorkplaceParts, watch?: ProblemsWatch): Workplace {
  return {
    folder: change.worktree ?? change.repository,
    close: (look) => closeWorkplace(change, parts, { ...(watch && { watch }), ...(look && { look }) }),
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
  look?: () => Promise<void>;
}

/** Notes what the task has changed. A worktree without a change is of no use any more. */
export async function closeWorkplace(
  change: TaskChange,
  parts: Pick<WorkplaceParts, 'changes' | 'git'>,
  { watch, look }: Closing = {},
): Promise<{ files: ChangedTaskFile[]; notes: string[] }> {
  const { worktree, repository, base, job } = change;
  const git = parts.git();
  const folder = worktree ?? repository;
  if (!existsSync(folder)) throw new UserError(`The folder of the task is gone: ${folder}`);
  const tree = await snapshotTree(folder, git);
  const entries = await treeChange(repository, base, tree, git);
  const files = entries.map(changedFile);
  const leftOut = worktree === null ? [] : await notIn(entries, worktree, git);
  if (files.length === 0 && leftOut.length === 0) {
    parts.changes.endWatch(watch);
    await parts.changes.end({ ...change, result: tree, files, state: 'none' });
    return { files, notes: [] };
  }
  if (worktree === null) {
    const names = files.map(({ file }) => file);
    const applied = [{ before: base, after: tree, files: names }];
    const next: TaskChange = { ...change, result: tree, files, state: 'applied', applied };
    await parts.changes.save(next);
    parts.changes.compare(next, names, watch);
    return { files, notes: [] };
  }
  const commit = await commitTree(repository, { tree, parent: base, message: `Result of ${job}` }, git);
  await pointWorktree(worktree, commit, git);
  try {
    await look?.();
  } finally {
    await parts.changes.save({ ...change, result: commit, files, state: 'pending' });
  }
  return { files, notes: leftOut.length === 0 ? [] : [leftOutNote(leftOut, worktree)] };
}

/** What is new or changed in the worktree and no part of a snapshot. */
async function notIn(entries: readonly TreeEntry[], worktree: string, git: GitOptions): Promise<string[]> {
  const known = new Set(entries.map(({ path: file }) => file));
  const modified = await gitList(worktree, ['ls-files', '--modified', '-z'], git);
  const others = [...modified, ...(await untrackedFiles(worktree, git))];
  return [...new Set(others)].filter((file) => !known.has(file));
}

function leftOutNote(files: readonly string[], worktree: string): string {
  const more = files.length > maxNamed ? ` and ${files.length - maxNamed} more` : '';
  const names = files.slice(0, maxNamed).join(', ');
  return `Not part of the change, because they are large or look like secrets: ${names}${more}. They are in ${worktree} until you decide about the change.`;
}

function changedFile({ path: file, modes: [before, after] }: TreeEntry): ChangedTaskFile {
  return { file, kind: before === null ? 'add' : after === null ? 'delete' : 'update' };
}
