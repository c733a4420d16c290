import type { EarlierStatus, Recorded } from '../findings/finding.ts';
import type { ChangedHunk, Evidence } from '../protocol/evidence.ts';
import type { Finding } from '../protocol/finding.ts';
import type { Failure, Structure, Verdict } from '../protocol/job.ts';
import type { Order } from '../protocol/order.ts';
import type { JobResult } from '../protocol/report.ts';
import type { Target } from '../protocol/target.ts';
import type { AgentContext, ReviewAnswer, ReviewBrief, ReviewRequest, Reviewer } from './agent.ts';
import { type Job, type Outcome, reviewOutcome } from './job.ts';
import type { Runner } from './jobRun.ts';
import { noteNewThread } from './newThread.ts';
import { findingsSummary } from './report.ts';

/** What a review is to be: how its reviewer is told, and what the user should know of that. */
export interface PreparedReview {
  brief: ReviewBrief;
  /** The change as it is before the review; null where there is none, or it is too large. */
  hunks: readonly ChangedHunk[] | null;
  /** Which files are reviewed, relative with `/`; null where hunks tell, and for what are none. */
  files: readonly string[] | null;
  /** In which version of the files the reviewer counts lines; null where none is known: then as they are in the end. */
  version: ReviewedVersion | null;
  notes: readonly string[];
}

/** See `Version` in git/versionText.ts. */
export interface ReviewedVersion {
  name: string;
  isSnapshot: boolean;
}

/** What an answer comes to. */
export interface Interpreted {
  verdict: Extract<Verdict, 'clean' | 'findings' | 'inconclusive'>;
  /** Why there is no verdict; null where there is one. */
  reason: Failure | null;
  /** Of `findings`: why it is not clean either if all of them are dismissed; null where the reviewer was seen looking. */
  unseen: Failure | null;
  structure: Structure;
  summary: string;
  nextSteps: string[];
  findings: Finding[];
  /** What the reviewer said of earlier findings. */
  earlier: readonly EarlierStatus[];
  evidence: Evidence;
  /** What the user should know besides. */
  notes: readonly string[];
}

/** Where a reviewer reads. */
export interface ReviewPlace {
  /** Absolute real path: the repository, or a worktree in which it is as it was when the review was asked for. */
  readonly folder: string;
  /** The same answer as if it had been given about the repository itself. */
  inRepository(answer: ReviewAnswer): ReviewAnswer;
  /** To be called once the reviewer has ended, however it did. */
  close(): Promise<void>;
}

/** What a review needs of the other rooms; `app.ts` joins them. */
export interface ReviewParts {
  reviewer: Reviewer;
  openPlace(job: Job, context: AgentContext): Promise<ReviewPlace>;
  /** @param folder where the reviewer reads */
  prepare(job: Job, folder: string, target: Target, focus: string): Promise<PreparedReview>;
  /** The same of a review that goes on: what else is there? */
  prepareMore(job: Job, folder: string, target: Target): Promise<PreparedReview>;
  /** Whether findings of the reviewer are open in the repository. */
  hasOpen(job: Job): Promise<boolean>;
  /** Judges an answer by what its reviewer was shown, and gives its findings their places. */
  interpret(answer: ReviewAnswer, prepared: PreparedReview, job: Job): Promise<Interpreted>;
  /**
   * Makes the findings of a review with a verdict known, and what it means for earlier ones.
   * @param additional the review went on with an earlier one: what it did not report is no news
   */
  record(job: Job, interpreted: Interpreted, additional: boolean): Promise<Recorded>;
}

/** Reviews of all kinds as jobs: from a target to findings on record. */
export function createReviewRunner(parts: ReviewParts): Runner {
  return async (job, order, context) => {
    const goesOn = order?.kind === 'more';
    const { prepared, answer } = await reviewed(parts, job, order, context);
    context.onProgress({ phase: 'finishing' });
    const interpreted = await parts.interpret(answer, prepared, job);
    // Without a verdict nothing is recorded: an unreadable answer is no news about what is known.
    const recorded =
      interpreted.verdict === 'inconclusive' ? null : await parts.record(job, interpreted, goesOn);
    for (const note of [...interpreted.notes, ...dismissedNotes(recorded)]) context.onProgress({ note });
    const findings = recorded?.findings ?? interpreted.findings;
    const own = outcomeOf(interpreted, findings);
    const outcome = goesOn ? furtherOutcome(own, await parts.hasOpen(job)) : own;
    const { summary, nextSteps, evidence } = interpreted;
    const result: JobResult = {
      verdict: outcome.verdict ?? 'inconclusive',
      summary,
      nextSteps,
      findings,
      evidence,
      news: recorded?.news ?? null,
      changes: [],
      rawText: answer.text,
    };
    return { outcome, result };
  };
}

/** What the reviewer says, from where it reads. */
async function reviewed(
  parts: ReviewParts,
  job: Job,
  order: Order | null,
  context: AgentContext,
): Promise<{ prepared: PreparedReview; answer: ReviewAnswer }> {
  const place = await parts.openPlace(job, context);
  try {
    const prepared = await prepare(parts, job, place.folder, order);
    for (const note of prepared.notes) context.onProgress({ note });
    const goesOn = order?.kind === 'more';
    const answer = await parts.reviewer.review(
      requestOf(job, place.folder, prepared.brief),
      goesOn ? noteNewThread(job.threadId, context) : context,
    );
    return { prepared, answer: place.inRepository(answer) };
  } finally {
    await place.close();
  }
}

function prepare(parts: ReviewParts, job: Job, folder: string, order: Order | null): Promise<PreparedReview> {
  const { target } = job;
  if (target === null) throw new Error(`${job.id} has no target.`);
  if (order?.kind === 'more') return parts.prepareMore(job, folder, target);
  return parts.prepare(job, folder, target, order !== null && 'focus' in order ? order.focus : '');
}

function requestOf(
  { repository, threadId, model, effort }: Job,
  folder: string,
  brief: ReviewBrief,
): ReviewRequest {
  const asked = { repository, folder, threadId, mustResume: false };
  return { ...asked, model: model ?? '', effort: effort ?? '', brief };
}

/**
 * Where all that was reported is dismissed, nothing is left to say against the change. It speaks for it only if the reviewer
 * has looked: what is dismissed it was told.
 */
function outcomeOf(
  { verdict, structure, reason, unseen }: Interpreted,
  findings: readonly Finding[],
): Outcome {
  if (verdict !== 'findings' || findings.length > 0)
    return reviewOutcome(verdict, structure, reason, findingsSummary(findings));
  return reviewOutcome(unseen === null ? 'clean' : 'inconclusive', structure, unseen, findingsSummary([]));
}

/** Titles that a note names. */
const maxNamed = 3;

function dismissedNotes(recorded: Recorded | null): string[] {
  const titles = recorded?.dismissed ?? [];
  if (titles.length === 0) return [];
  const named = titles.slice(0, maxNamed).map((title) => `“${title}”`);
  const more = titles.length > maxNamed ? [`and ${titles.length - maxNamed} more`] : [];
  return [`Reported again, though dismissed, and left out: ${[...named, ...more].join(', ')}.`];
}

/** A further look that finds nothing does not make clean what has open findings. */
function furtherOutcome(own: Outcome, hasOpen: boolean): Outcome {
  if (own.verdict !== 'clean') return own;
  return { ...own, verdict: hasOpen ? 'findings' : 'clean', summary: 'No further findings' };
}
