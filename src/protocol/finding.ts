import * as z from 'zod/mini';

/** Priorities of Codex's review rubric, most urgent first. */
export const priorities = ['P0', 'P1', 'P2', 'P3'] as const;
export type Priority = (typeof priorities)[number];

/** Who reviews. `claude` is reserved for Claude Code as a reviewer. */
export const reviewers = ['codex', 'claude'] as const;
export type ReviewerId = (typeof reviewers)[number];

/**
 * Where a finding stands:
 * - `anchored`: the file is inside the repository and the lines exist (they may have been clamped);
 * - `missing`: inside the repository, but there is no such file (deleted, or never there);
 * - `outside`: not inside the repository, or no usable path; shown as text, never as a link.
 */
export const places = ['anchored', 'missing', 'outside'] as const;
export type Place = (typeof places)[number];

/** One finding as every process of Tandem sees it: the ledger, the findings view, the report of the companion. */
export const findingSchema = z.object({
  /** Stable over line shifts and re-runs: made from file, anchored text and normalised title. */
  id: z.string(),
  title: z.string(),
  /** Markdown as the reviewer wrote it. Never rendered as HTML. */
  body: z.string(),
  /** What to do about it, as the reviewer wrote it; empty where it did not. Markdown, like the body. */
  recommendation: z._default(z.string(), ''),
  priority: z.enum(priorities),
  /** 0 to 1, or null where the reviewer gave none. */
  confidence: z.nullable(z.number()),
  /** Relative to the repository with `/`; for `outside` the text that the reviewer wrote. */
  file: z.string(),
  /** 1-based, inclusive. */
  startLine: z.int(),
  /** 1-based, inclusive, never before `startLine`. */
  endLine: z.int(),
  place: z.enum(places),
  reviewers: z.array(z.enum(reviewers)),
  /** Absolute real path of the repository's root. */
  repository: z.string(),
  /** Id of the job whose review reported it last. */
  job: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;
