import { adversarialPrompt } from '../../prompts/review/adversarial.ts';
import { adversarialSchema } from '../../prompts/review/adversarialSchema.ts';
import { morePrompt } from '../../prompts/review/more.ts';
import { reviewInstructions } from '../../prompts/review/native.ts';
import { UsageError } from '../base/errors.ts';
import { hasNativeReview } from '../codex/reviewer.ts';
import { describeChange } from '../git/change.ts';
import type { GitOptions } from '../git/git.ts';
import { changedHunks } from '../git/hunks.ts';
import { readPlan } from '../git/plan.ts';
import type { ReviewBrief } from '../jobs/agent.ts';
import type { Job } from '../jobs/job.ts';
import type { PreparedReview } from '../jobs/reviewRunner.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import type { Target } from '../protocol/target.ts';

/**
 * How a reviewer is told what to review. The native reviewer has targets of its own; what it lacks, and any focus, goes
 * into a custom one. The adversarial reviewer is handed the change as text.
 */
export async function prepareReview(
  { kind, repository }: Pick<Job, 'kind' | 'repository'>,
  target: Target,
  focus: string,
  options: GitOptions,
): Promise<PreparedReview> {
  const hunks = target.kind === 'plan' ? null : await changedHunks(repository, target, options);
  if (kind === 'adversarial-review')
    return { hunks, ...(await adversarial(repository, target, focus, options)) };
  if (target.kind === 'plan')
    throw new UsageError('Codex’s own review is about changes.', 'A plan goes to the adversarial review.');
  const brief: ReviewBrief =
    focus === '' && hasNativeReview(target)
      ? { form: 'native', target }
      : { form: 'custom', instructions: reviewInstructions(target, focus) };
  return { brief, hunks, notes: [] };
}

/** A review that goes on, also one by the native reviewer: its rubric would have it begin again. */
export async function prepareMore(
  repository: string,
  target: Target,
  known: readonly KnownFinding[],
  options: GitOptions,
): Promise<PreparedReview> {
  const hunks = target.kind === 'plan' ? null : await changedHunks(repository, target, options);
  // Nothing is handed over: approval without a look is worth nothing.
  return { hunks, ...structured(morePrompt(target, known), false, []) };
}

type Told = Omit<PreparedReview, 'hunks'>;

async function adversarial(
  repository: string,
  target: Target,
  focus: string,
  options: GitOptions,
): Promise<Told> {
  if (target.kind === 'plan') {
    const plan = await readPlan(repository, target);
    return structured(adversarialPrompt({ focus, target, plan }), true, []);
  }
  const change = await describeChange(repository, target, options);
  const notes = change.leftOut.map(({ file, reason }) => `Not handed to the reviewer: ${file} (${reason}).`);
  const isHandedOver = change.diff !== null && change.diff.trim() !== '';
  // Without all of it the reviewer has to be seen looking: approval of what it was not shown is worth nothing.
  const isComplete = isHandedOver && change.leftOut.length === 0;
  if (change.diff === null)
    notes.push('The diff is too long to be handed over; the reviewer reads it with git.');
  return structured(adversarialPrompt({ focus, target, change }), isComplete, notes);
}

function structured(prompt: string, complete: boolean, notes: string[]): Told {
  return {
    brief: { form: 'structured', prompt, schema: adversarialSchema, complete },
    notes: limited(notes),
  };
}

const maxNotes = 20;

function limited(notes: string[]): string[] {
  if (notes.length <= maxNotes) return notes;
  return [...notes.slice(0, maxNotes), `… and ${notes.length - maxNotes} more files.`];
}
