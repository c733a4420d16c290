import * as z from 'zod/mini';
import { findingSchema } from './finding.ts';
import { jobSchema, verdicts } from './job.ts';

/** What a review produced; kept beside its job. */
export const reviewResultSchema = z.object({
  verdict: z.enum(verdicts),
  /** The reviewer's overall explanation, or why there is no verdict. */
  summary: z.string(),
  findings: z.array(findingSchema),
  /** The reviewer's answer exactly as it came. */
  rawText: z.string(),
});
export type ReviewResult = z.infer<typeof reviewResultSchema>;

/** A job with what it produced so far, as handed to the companion. */
export const reportSchema = z.object({
  job: jobSchema,
  result: z.nullable(reviewResultSchema),
  /** The same for people, as Markdown. */
  markdown: z.string(),
});
export type Report = z.infer<typeof reportSchema>;
