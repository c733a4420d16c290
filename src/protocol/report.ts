import * as z from 'zod/mini';
import { evidenceSchema } from './evidence.ts';
import { findingSchema } from './finding.ts';
import { jobSchema, verdicts } from './job.ts';
import { taskChangeSchema } from './taskChange.ts';

/** How a task changed a file. */
export const changeKinds = ['add', 'update', 'delete'] as const;

/** What a review meant for the findings of its reviewer: of those that it reported, and of those known before. Counts. */
export const newsSchema = z.object({
  fresh: z.int(),
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
  /** What became of a task's change; left out where nothing is known of one, and by hosts of version 0.1. */
  change: z.optional(z.pick(taskChangeSchema, { state: true, worktree: true })),
  /** The same for people, as Markdown. */
  markdown: z.string(),
});
export type Report = z.infer<typeof reportSchema>;
