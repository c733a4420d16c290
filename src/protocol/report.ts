import * as z from 'zod/mini';
import { evidenceSchema } from './evidence.ts';
import { checkResultSchema } from './fixCheck.ts';
import { findingSchema, reviewers, voiceName } from './finding.ts';
import { type Job, type JobState, isTerminal, jobSchema, verdicts } from './job.ts';
import { taskChangeSchema } from './taskChange.ts';

/** How a task changed a file. */
export const changeKinds = ['add', 'update', 'delete'] as const;

/** What a review meant for the findings of its reviewer: of those that it reported, and of those known before. Counts. */
export const newsSchema = z.object({
  fresh: z.int(),
  /** Open ones that another reviewer had found, and that this one has found now too. */
  shared: z._default(z.int(), 0),
  stillThere: z.int(),
  cameBack: z.int(),
  /** As claimed or confirmed. */
  fixed: z.int(),
  /** Open ones in files that the reviewer looked at. */
  notReported: z.int(),
  /** Open ones elsewhere. */
  notLookedAt: z.int(),
});
export type News = z.infer<typeof newsSchema>;

/** What a job produced; kept beside it. Which parts are filled depends on the kind. */
export const jobResultSchema = z.object({
  /** Of a review; null for everything else. */
  verdict: z.nullable(z.enum(verdicts)),
  /** The reviewer's overall explanation, or Codex's last message of a task. */
  summary: z.string(),
  findings: z.array(findingSchema),
  /** What the reviewer would do next. */
  nextSteps: z._default(z.array(z.string()), []),
  /** Files that a task changed with Codex's own tool, relative to the repository; commands may have changed more. */
  changes: z._default(z.array(z.object({ file: z.string(), kind: z.enum(changeKinds) })), []),
  /** What the project's check said of a task's change; left out where it was not to run, or there was no change. */
  check: z.optional(checkResultSchema),
  /** What the reviewer was seen looking at; null for everything but reviews that gave an answer. */
  evidence: z._default(z.nullable(evidenceSchema), null),
  /** Null where nothing was recorded. */
  news: z._default(z.nullable(newsSchema), null),
  /** The answer exactly as it came. */
  rawText: z.string(),
});
export type JobResult = z.infer<typeof jobResultSchema>;

/** A job with what it produced so far, as handed to the companion. */
export const reportSchema = z.object({
  job: jobSchema,
  result: z.nullable(jobResultSchema),
  /** The other review of a review by both; left out for any other job. */
  other: z.optional(z.object({ job: jobSchema, result: z.nullable(jobResultSchema) })),
  /** What became of a task's change; left out where nothing is known of one, and by hosts of version 0.1. */
  change: z.optional(z.pick(taskChangeSchema, { state: true, worktree: true })),
  /** The same for people, as Markdown. */
  markdown: z.string(),
});
export type Report = z.infer<typeof reportSchema>;

/** The job of a report, and of a review by both the other one too. */
export function jobsOf({ job, other }: Pick<Report, 'job' | 'other'>): Job[] {
  return other ? [job, other.job] : [job];
}

/** Whose job it is, for people: `Codex`, or `Codex and Claude`. */
export function agentsText(report: Pick<Report, 'job' | 'other'>): string {
  const agents = new Set(jobsOf(report).map(({ reviewer }) => reviewer));
  return reviewers
    .filter((reviewer) => agents.has(reviewer))
    .map(voiceName)
    .join(' and ');
}

/** How it went as a whole. Of a review by both, what one of them has found out stands, whatever became of the other. */
export function stateOf(report: Pick<Report, 'job' | 'other'>): JobState {
  const states = jobsOf(report).map(({ state }) => state);
  const deciding = states.find((state) => !isTerminal(state)) ?? best.find((state) => states.includes(state));
  return deciding ?? report.job.state;
}

const best: readonly JobState[] = ['succeeded', 'inconclusive'];
