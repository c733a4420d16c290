import { adversarialSchema } from '../../prompts/review/adversarialSchema.ts';
import { nativeContext } from '../../prompts/review/context.ts';
import { morePrompt } from '../../prompts/review/more.ts';
import { reviewInstructions } from '../../prompts/review/native.ts';
import { CancelledError, UsageError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { hasNativeReview } from '../codex/reviewer.ts';
import { describeCode } from '../git/chosenFiles.ts';
import { namesText } from '../git/excludes.ts';
import { withHeldBack } from '../git/heldBack.ts';
import { changedHunks } from '../git/hunks.ts';
import { type ReviewedFiles, reviewedFiles, separately } from '../git/reviewedFiles.ts';
import { snapshotTree } from '../git/snapshot.ts';
import { versionOf } from '../git/versionText.ts';
import type { ReviewBrief } from '../jobs/agent.ts';
import type { Job } from '../jobs/job.ts';
import type { PreparedReview } from '../jobs/reviewRunner.ts';
import type { ReviewerId } from '../protocol/finding.ts';
import type { HeldBack } from '../protocol/heldBack.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import type { Target } from '../protocol/target.ts';
import { earlierFindings } from './earlier.ts';
import {
  type HandedOptions,
  type ReadingPlace,
  type Review,
  type Told,
  adversarial,
  byRubric,
  handedChange,
  notesOn,
  structured,
} from './handedBriefs.ts';

export type BriefOptions = HandedOptions & {
  /** All that is known of findings in the repository, in every state. */
  known(): Promise<readonly KnownFinding[]>;
  logger: Logger;
};

/**
 * How a reviewer is told what to review. Codex's native reviewer has targets of its own; what it lacks, and any focus, goes
 * into a custom one, and what is known besides into its developer instructions. Claude, and any adversarial reviewer, is
 * handed the change as text.
 */
export async function prepareReview(
  { kind, reviewer }: Pick<Job, 'kind' | 'reviewer'>,
  place: ReadingPlace,
  { target, focus }: Pick<Review, 'target' | 'focus'>,
  options: BriefOptions,
): Promise<PreparedReview> {
  const { folder, heldBack } = place;
  const version = versionOf(target) ?? (await presentVersion(folder, options));
  const names = await namesOf(place, target, options);
  const earlier = earlierFindings(await options.known(), names.files);
  const review: Review = { ...place, target, focus, earlier, excluded: names.excluded };
  const hunks = await hunksOf(folder, target, options);
  const { brief, notes } = await told(kind, reviewer, review, options);
  const files = filesToSee(target, hunks) ? names.files : null;
  return { brief, hunks, files, version, notes: [...namesNotes(names), ...limited(notes, heldBack.more)] };
}

/** The brief alone, without what a run needs besides: what of the repository is handed over, and how. @throws as `prepareReview` */
export async function briefOf(
  { kind, reviewer }: Pick<Job, 'kind' | 'reviewer'>,
  place: ReadingPlace,
  { target, focus }: Pick<Review, 'target' | 'focus'>,
  options: BriefOptions,
): Promise<ReviewBrief> {
  const names = await namesOf(place, target, options);
  const earlier = earlierFindings(await options.known(), names.files);
  const review: Review = { ...place, target, focus, earlier, excluded: names.excluded };
  return (await told(kind, reviewer, review, options)).brief;
}

/** Which files the reviewer has, and which repositories of their own there are, wherever they are. */
async function namesOf(
  { folder, heldBack }: ReadingPlace,
  target: Target,
  options: BriefOptions,
): Promise<ReviewedFiles> {
  const { files, excluded, submodules, nested } = await reviewedFiles(folder, target, options);
  const isHeldBack = new Set(heldBack.files.map(({ file }) => file));
  return {
    files: files.filter((file) => !isHeldBack.has(file)),
    excluded,
    submodules: [...new Set([...submodules, ...heldBack.submodules])],
    nested: [...nested, ...nestedIn(heldBack)],
  };
}

function nestedIn({ files }: HeldBack): string[] {
  return files
    .filter(({ reason }) => reason === 'a repository of its own')
    .map(({ file }) => file.replace(/\/$/, ''));
}

function told(kind: Job['kind'], reviewer: ReviewerId, review: Review, options: BriefOptions): Promise<Told> {
  if (kind === 'adversarial-review') return adversarial(review, reviewer, options);
  return reviewer === 'claude' ? byRubric(review, options) : native(review, options);
}

/**
 * The working tree as it is before a reviewer reads it: people go on working meanwhile. Null where it cannot be kept;
 * then findings are placed in the files as they are in the end.
 */
async function presentVersion(folder: string, options: BriefOptions): Promise<PreparedReview['version']> {
  try {
    return { name: await snapshotTree(folder, options), isSnapshot: true };
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    options.logger.warn(`The working tree of ${folder} is reviewed without a snapshot: ${messageOf(error)}`);
    return null;
  }
}

/** What a reviewer has to be shown of a change; null for what is none. */
async function hunksOf(
  folder: string,
  target: Target,
  options: BriefOptions,
): Promise<PreparedReview['hunks']> {
  if (target.kind === 'plan' || target.kind === 'files' || target.kind === 'selection') return null;
  return changedHunks(folder, target, options);
}

/** Without hunks, the files themselves are what a reviewer has to be seen looking at. A plan is handed over. */
function filesToSee({ kind }: Target, hunks: PreparedReview['hunks']): boolean {
  return kind !== 'plan' && (hunks === null || hunks.length === 0);
}

/** A review that goes on, also one by the native reviewer: its rubric would have it begin again. */
export async function prepareMore(
  { reviewer }: Pick<Job, 'reviewer'>,
  place: ReadingPlace,
  target: Target,
  options: BriefOptions,
): Promise<PreparedReview> {
  // Approval without a look is worth nothing: Codex is handed nothing, and of Claude, which can't read the change by itself,
  // a look is asked for all the same. Both are told to read the code as it is now.
  const version = await presentVersion(place.folder, options);
  const known = await options.known();
  const hunks = await hunksOf(place.folder, target, options);
  const isAboutFiles = filesToSee(target, hunks);
  const files = isAboutFiles ? (await namesOf(place, target, options)).files : null;
  const handed = reviewer === 'claude' ? await handedChange(place, target, options) : null;
  return {
    hunks,
    files,
    version,
    ...structured(morePrompt(target, known, handed), adversarialSchema, false),
  };
}

/** What the review is not about, though one might think so. */
function namesNotes({ excluded, ...elsewhere }: ReviewedFiles): string[] {
  const leftOut = excluded.length === 0 ? [] : [`Left out by tandem.review.exclude: ${namesText(excluded)}.`];
  return [...leftOut, ...limited(separately(elsewhere))];
}

async function native(review: Review, options: BriefOptions): Promise<Told> {
  const { folder, heldBack, target, focus } = review;
  const context = nativeContext(review, heldBack.files);
  switch (target.kind) {
    case 'plan':
      throw new UsageError(
        'This review is about changes and code.',
        'A plan goes to the adversarial review.',
      );
    case 'files':
    case 'selection': {
      const { leftOut } = await describeCode(folder, target, options);
      // What is large is read in parts.
      const readable = leftOut.filter(({ reason }) => reason !== 'too large');
      const refused = withHeldBack(readable, heldBack);
      const instructions = reviewInstructions(target, focus, refused);
      return { brief: { form: 'custom', instructions, context }, notes: notesOn(refused) };
    }
    default: {
      const brief: ReviewBrief =
        focus === '' && hasNativeReview(target)
          ? { form: 'native', target, context }
          : { form: 'custom', instructions: reviewInstructions(target, focus), context };
      return { brief, notes: notesOn(heldBack.files) };
    }
  }
}

const maxNotes = 20;

/** @param more of how many more files there is no note */
function limited(notes: readonly string[], more = 0): readonly string[] {
  const left = Math.max(0, notes.length - maxNotes) + more;
  return left === 0 ? notes : [...notes.slice(0, maxNotes), `… and ${left} more files.`];
}
