import * as vscode from 'vscode';
import type { Applied, Selection } from '../../app/landing.ts';
import { CancelledError, UsageError, UserError } from '../../base/errors.ts';
import { oneLine } from '../../base/printable.ts';
import { type ReviewerId, voiceName } from '../../protocol/finding.ts';
import type { Job } from '../../protocol/job.ts';
import { type TaskChange, isOnlyThere, isPending } from '../../protocol/taskChange.ts';
import { contentsOf, partsOf } from '../changeParts.ts';
import type { CommandParts } from '../commands.ts';
import { plainText, sentences } from '../errorMessage.ts';
import { jobSubject, leftOutText } from '../jobTexts.ts';
import { showTaskChange } from '../taskChangeDocuments.ts';
import { chooseJob } from './chooseJob.ts';
import { offerToSave } from './offerToSave.ts';

type Parts = Pick<CommandParts, 'app' | 'list'>;

/** Longer lists of files are cut in questions. */
const maxListed = 10;

export async function showChange(parts: Parts, from?: unknown): Promise<void> {
  const { change, subject } = await chooseChange(parts, from, ({ files }) => files.length > 0);
  await showTaskChange(change, `${subject}: changes`);
}

/** Brings all of it into the working tree. */
export async function applyChange(parts: Parts, from?: unknown): Promise<void> {
  const { change } = await choosePending(parts, from);
  await apply(parts, change, {});
}

/** What follows once all of a change is in the working tree, before the user is told. @returns what to tell of it */
type Landed = () => Promise<string>;

/** The same of a change that is at hand. */
export function takeChange(parts: Parts, change: TaskChange, landed: Landed): Promise<void> {
  return apply(parts, change, {}, landed);
}

/** Brings the parts into the working tree that the user picks. */
export async function applySome(parts: Parts, from?: unknown): Promise<void> {
  const { change } = await choosePending(parts, from);
  const sides = await working('Reading the changes', () => parts.app.changes.sides(change));
  const all = [...sides].flatMap(([file, side]) => partsOf(file, side));
  const picked = await vscode.window.showQuickPick(
    all.map((part) => ({ label: part.label, description: oneLine(part.detail, 80), part })),
    {
      title: 'Apply Some of the Changes',
      placeHolder: 'Which ones?',
      canPickMany: true,
      matchOnDescription: true,
    },
  );
  if (!picked || picked.length === 0) throw new CancelledError();
  const chosen = picked.map(({ part }) => part);
  const files = contentsOf(chosen, all, (file) => sides.get(file)?.before ?? null);
  const isAll = files.size === sides.size && [...files.values()].every((content) => content === null);
  await apply(parts, change, isAll ? {} : { files });
}

export async function keepAsBranch(parts: Parts, from?: unknown): Promise<void> {
  const { change } = await choosePending(parts, from);
  const name = await vscode.window.showInputBox({
    title: 'Keep as Branch',
    prompt: 'Name of the new branch. It holds your working tree as it was, and the task’s changes on top.',
    value: `tandem/${change.job}`,
    ignoreFocusOut: true,
  });
  if (name === undefined || name.trim() === '') throw new CancelledError();
  await parts.app.changes.keepAsBranch(change, name.trim());
  const text = sentences(`The changes are on branch ${name.trim()}.`, leftOutText(change));
  void vscode.window.showInformationMessage(plainText(text));
}

/** Throws away what nobody has decided about, and what is no part of the change. */
export async function discardChange(parts: Parts, from?: unknown): Promise<void> {
  const { change, subject } = await chooseChange(parts, from, isOnlyThere);
  const { files, leftOut = [] } = change;
  const waiting = isPending(change) ? files.length : 0;
  const what =
    waiting > 0
      ? `what ${subject} changed (${count(waiting)})`
      : `what is no part of the change of ${subject} (${count(leftOut.length)})`;
  const question = plainText(`Throw away ${what}?`);
  const detail = [
    waiting > 0
      ? 'The changes are not in your working tree. This cannot be undone.'
      : 'It is nowhere but in the folder of the task. This cannot be undone.',
    ...(leftOut.length > 0 ? [''] : []),
    ...(waiting > 0 && leftOut.length > 0 ? ['These go too, which are no part of the change:'] : []),
    ...listed(leftOut),
  ].join('\n');
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Discard');
  if (answer !== 'Discard') throw new CancelledError();
  await parts.app.changes.discard(change);
}

/** Takes back what was applied last, or what a task did in place. */
export async function undoChange(parts: Parts, from?: unknown): Promise<void> {
  const { change, job } = await chooseChange(parts, from, ({ applied }) => applied.length > 0);
  if (change.worktree === null) await confirmUndoInPlace(change);
  await offerToSave([change.repository]);
  const undone = await working('Taking the changes back', () => parts.app.changes.undo(change));
  if (undone.kind === 'conflict')
    throw new UsageError(
      `Nothing was taken back: ${names(undone)} changed since in the same places.`,
      'Take your own changes back there first, or change it by hand.',
    );
  const text = `The task’s changes of ${count(undone.files.length)} were taken back.`;
  const others = (await restored(parts, job, text)).map(
    (agent) => ` ${voiceName(agent)}’s fix is there again.`,
  );
  void vscode.window.showInformationMessage(text + others.join(''));
}

/** What was put aside when it was taken. @param done what has been done in any case */
async function restored({ app }: Parts, job: Job, done: string): Promise<ReviewerId[]> {
  try {
    return await app.races.restoreOthers(job);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `${done} The other agent’s fix could not be brought back: ${error.message}`,
      error.advice,
    );
  }
}

/** Whoever edited while the task ran edited the same files, and nobody can tell the two apart. */
async function confirmUndoInPlace({ files }: TaskChange): Promise<void> {
  const detail = [
    ...listed(files.map(({ file }) => file)),
    '',
    'The task worked in your working tree: what you changed there while it ran is taken back too. What you changed since stays.',
  ].join('\n');
  const question = `Take back the changes of ${count(files.length)}?`;
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Take Back');
  if (answer !== 'Take Back') throw new CancelledError();
}

function listed(files: readonly string[]): string[] {
  const more = files.length > maxListed ? [`and ${files.length - maxListed} more`] : [];
  return [...files.slice(0, maxListed).map((file) => oneLine(file, 80)), ...more];
}

async function apply(parts: Parts, change: TaskChange, selection: Selection, landed?: Landed): Promise<void> {
  const { app } = parts;
  await offerToSave([change.repository]);
  const applied = await working('Applying the changes', () => app.changes.apply(change, selection));
  if (applied.kind === 'conflict') {
    await askAboutConflict(parts, change, { selection, conflict: applied, ...(landed && { landed }) });
    return;
  }
  const more = (await landed?.()) ?? '';
  const undo = 'Undo';
  // Of a part more can be applied: nothing is left over yet.
  const left = selection.files === undefined ? leftOutText(change) : '';
  const text = plainText(sentences(`Applied the changes of ${count(applied.files.length)}.${more}`, left));
  const discard = 'Discard What Is Left…';
  const buttons = left === '' ? [undo] : [undo, discard];
  const answer = await vscode.window.showInformationMessage(text, ...buttons);
  if (answer === undo) await undoChange(parts, change.job);
  else if (answer === discard) await discardChange(parts, change.job);
}

type Conflict = Extract<Applied, { kind: 'conflict' }>;

interface Conflicting {
  selection: Selection;
  conflict: Conflict;
  landed?: Landed;
}

/** Nothing was written. What may be is for the user to say. */
async function askAboutConflict(
  parts: Parts,
  change: TaskChange,
  { selection, conflict, landed }: Conflicting,
): Promise<void> {
  const isConflicting = new Set(conflict.files.map(({ path }) => path));
  const wanted = selection.files ?? new Map(change.files.map(({ file }) => [file, null] as const));
  const others = new Map([...wanted].filter(([file]) => !isConflicting.has(file)));
  const markers = 'Apply with Conflict Markers';
  const rest = 'Apply the Other Files';
  const buttons = [
    ...(others.size > 0 ? [rest] : []),
    ...(conflict.files.every(({ mergeable }) => mergeable) ? [markers] : []),
  ];
  const question = plainText(`Nothing was applied: ${names(conflict)} changed meanwhile in the same places.`);
  const detail =
    'Your own changes are never overwritten. The task’s changes stay until you decide about them.';
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, ...buttons);
  if (answer === markers) await apply(parts, change, { ...selection, markers: true }, landed);
  else if (answer === rest) await apply(parts, change, { files: others });
}

/** What is at work, for as long as it takes. */
function working<T>(title: string, work: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, work);
}

/** Names that are too many for a sentence are counted. */
function names({ files }: Conflict): string {
  const shown = files.slice(0, 3).map(({ path }) => oneLine(path, 60));
  const more = files.length > shown.length ? ` and ${files.length - shown.length} more files` : '';
  return `${shown.join(', ')}${more} ${files.length === 1 ? 'was' : 'were'}`;
}

function count(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}

/** One of which something can be applied. @throws UsageError as `chooseChange`, and where there is nothing to apply */
async function choosePending(parts: Parts, from: unknown): Promise<{ change: TaskChange; subject: string }> {
  const chosen = await chooseChange(parts, from, isPending);
  if (chosen.change.files.length === 0)
    throw new UsageError(
      sentences('This task made nothing that can be applied.', leftOutText(chosen.change)),
      'Copy from there what you need.',
    );
  return chosen;
}

/** @throws UsageError where there is no such change (any more) */
async function chooseChange(
  parts: Parts,
  from: unknown,
  fits: (change: TaskChange) => boolean,
): Promise<{ change: TaskChange; job: Job; subject: string }> {
  const { changes } = parts.app;
  const job = await chooseJob(parts, from, {
    placeholder: 'The changes of which task?',
    fits: (listed) => {
      const change = changes.seen(listed.job.id);
      return change !== undefined && fits(change);
    },
    none: 'No task has such changes.',
  });
  const change = await changes.read(job);
  if (!change || !fits(change))
    throw new UsageError('That is no longer possible: the changes of this task were decided about before.');
  return { change, job, subject: jobSubject(job) };
}
