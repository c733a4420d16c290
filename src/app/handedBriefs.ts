import { adversarialPrompt } from '../../prompts/review/adversarial.ts';
import { adversarialSchema } from '../../prompts/review/adversarialSchema.ts';
import type { ReviewContext } from '../../prompts/review/context.ts';
import type { HandedChange } from '../../prompts/review/more.ts';
import { rubricPrompt } from '../../prompts/review/rubric.ts';
import { rubricSchema } from '../../prompts/review/rubricSchema.ts';
import { isPresent } from '../../prompts/review/scope.ts';
import { UsageError, UserError } from '../base/errors.ts';
import { type Change, describeChange } from '../git/change.ts';
import { describeCode } from '../git/chosenFiles.ts';
import type { ExcludeOptions } from '../git/excludes.ts';
import type { GitOptions } from '../git/git.ts';
import { withHeldBack } from '../git/heldBack.ts';
import { readPlan } from '../git/plan.ts';
import type { LeftOut } from '../git/untracked.ts';
import type { PreparedReview } from '../jobs/reviewRunner.ts';
import type { ReviewerId } from '../protocol/finding.ts';
import { type HeldBack, nothingHeldBack } from '../protocol/heldBack.ts';
import type { ChangeTarget, CodeTarget, Target } from '../protocol/target.ts';

/*
 * Reviewers that are handed what they review: the adversarial one, and Claude in any case, which has tools for files alone
 * and so cannot ask git.
 */

/** Where a reviewer reads. */
export interface ReadingPlace {
  /** Absolute real path: the repository, or a worktree in which it is as it was. */
  folder: string;
  /** The repository itself. */
  repository: string;
  /** Of what is reviewed, what the repository has and the folder has not. */
  heldBack: HeldBack;
}

/** The repository itself, in which there is all of it. */
export function inPlace(repository: string): ReadingPlace {
  return { folder: repository, repository, heldBack: nothingHeldBack };
}

/** What is reviewed, and what there is to say to the reviewer besides. */
export interface Review extends ReviewContext, ReadingPlace {
  target: Target;
  focus: string;
}

/** How the reviewer is told, and what the user should know of that. */
export type Told = Pick<PreparedReview, 'brief' | 'notes'>;

/** What telling a reviewer needs besides what it is told of. */
export type HandedOptions = GitOptions & ExcludeOptions;

/** The review that questions the approach. */
export async function adversarial(
  review: Review,
  reviewer: ReviewerId,
  options: HandedOptions,
): Promise<Told> {
  const { target, folder, repository } = review;
  const canRun = reviewer !== 'claude';
  if (target.kind === 'plan') {
    const plan = await readPlan(folder, target, repository);
    return structured(adversarialPrompt({ ...review, target, plan }, canRun), adversarialSchema, true);
  }
  if (target.kind === 'files' || target.kind === 'selection') {
    const { code, ...handed } = await handedCode(review, target, options);
    const prompt = adversarialPrompt({ ...review, target, code }, canRun);
    return structured(prompt, adversarialSchema, handed.complete, handed.notes);
  }
  const { change, ...handed } = await handedOver(review, target, { canRun, options });
  const prompt = adversarialPrompt({ ...review, target, change }, canRun);
  return structured(prompt, adversarialSchema, handed.complete, handed.notes);
}

/** A review by the rubric of Codex's own reviewer, for one that has none of its own and can run nothing. */
export async function byRubric(review: Review, options: HandedOptions): Promise<Told> {
  const { target } = review;
  if (target.kind === 'plan')
    throw new UsageError('This review is about changes and code.', 'A plan goes to the adversarial review.');
  if (target.kind === 'files' || target.kind === 'selection') {
    const { code, ...handed } = await handedCode(review, target, options);
    return structured(rubricPrompt({ ...review, target, code }), rubricSchema, handed.complete, handed.notes);
  }
  const { change, ...handed } = await handedOver(review, target, { canRun: false, options });
  return structured(rubricPrompt({ ...review, target, change }), rubricSchema, handed.complete, handed.notes);
}

/** The change for a reviewer that goes on and can run nothing; null where it is about none. */
export async function handedChange(
  place: ReadingPlace,
  target: Target,
  options: HandedOptions,
): Promise<HandedChange | null> {
  if (target.kind === 'plan' || target.kind === 'files' || target.kind === 'selection') return null;
  const { change } = await handedOver(place, target, { canRun: false, options });
  return { target, change };
}

/** Without all of it the reviewer has to be seen looking: approval of what it was not shown is worth nothing. */
interface Handed {
  complete: boolean;
  notes: string[];
}

/** @throws UserError where the change is too long, and the reviewer has no other way to see it */
async function handedOver(
  { folder, heldBack }: ReadingPlace,
  target: ChangeTarget,
  { canRun, options }: { canRun: boolean; options: HandedOptions },
): Promise<Handed & { change: Change }> {
  const described = await describeChange(folder, target, options);
  const change = { ...described, leftOut: withHeldBack(described.leftOut, heldBack) };
  const notes = notesOn(change.leftOut);
  if (change.diff === null) {
    if (!canRun && !isPresent(target))
      throw new UserError(
        'This change is too long to be handed to Claude, which runs no git by itself.',
        'Review a smaller range, or let Codex review it.',
      );
    const how = canRun ? 'reads it with git' : 'reads the files as they are now';
    notes.push(`The diff is too long to be handed over; the reviewer ${how}.`);
  }
  const isHandedOver = change.diff !== null && change.diff.trim() !== '';
  return { change, complete: isHandedOver && change.leftOut.length === 0, notes };
}

async function handedCode({ folder, heldBack }: ReadingPlace, target: CodeTarget, options: HandedOptions) {
  const described = await describeCode(folder, target, options);
  const isHeldBack = new Set(heldBack.files.map(({ file }) => file));
  const code = {
    ...described,
    // What there is of such a file is not as it was on the disk.
    texts: described.texts?.filter(({ file }) => !isHeldBack.has(file)) ?? null,
    leftOut: withHeldBack(described.leftOut, heldBack),
  };
  const notes = notesOn(code.leftOut);
  if (code.texts === null)
    notes.push('The files are too long to be handed over; the reviewer reads them itself.');
  const complete = code.texts !== null && code.texts.length > 0 && code.leftOut.length === 0;
  return { code, complete, notes };
}

export function notesOn(leftOut: readonly LeftOut[]): string[] {
  return leftOut
    .filter(({ reason }) => reason !== 'a repository of its own')
    .map(({ file, reason }) => `Not handed to the reviewer: ${file} (${reason}).`);
}

/** @param complete the prompt holds all that there is to review */
export function structured(prompt: string, schema: unknown, complete: boolean, notes: string[] = []): Told {
  return { brief: { form: 'structured', prompt, schema, complete }, notes };
}
