import * as z from 'zod/mini';
import { findingSchema, reviewers } from './finding.ts';
import { sharedMessages } from './findingsPage.ts';
import { jobSchema } from './job.ts';
import { listedFindingSchema, listedRunSchema } from './pageSlices.ts';

/*
 * What the page shows that has the two reviews of a run side by side. The host sends the whole of it whenever something of it
 * has changed.
 */

/** One of the two reviews. */
export const comparedReviewSchema = z.extend(
  z.extend(
    listedRunSchema,
    z.pick(jobSchema, { waitingFor: true, phase: true, activity: true, cost: true, notes: true }).shape,
  ),
  {
    /** The reviewer's overall explanation, as Markdown; empty until there is one. */
    explanation: z.string(),
  },
);
export type ComparedReview = z.infer<typeof comparedReviewSchema>;

/** A finding in the words of one of the two, as this review has them. */
export const reportedSchema = z.pick(findingSchema, {
  id: true,
  title: true,
  body: true,
  recommendation: true,
  priority: true,
  confidence: true,
  file: true,
  startLine: true,
  endLine: true,
});
export type Reported = z.infer<typeof reportedSchema>;

/**
 * What it means that one of the two did not report what the other one did: it has not answered yet, it gave no verdict, it
 * was seen looking at the file, it was not, or nothing is known of that.
 */
export const silences = ['running', 'no verdict', 'looked', 'not looked', 'unknown'] as const;
export type Silence = (typeof silences)[number];

/** Who is right in a dispute, as the user has decided it. */
export const rights = [...reviewers, 'both'] as const;
export type Right = (typeof rights)[number];

/** How a dispute stands: `open`, as decided, `neither` where both are dismissed, and `over` where one is fixed or gone. */
export const decisions = ['open', ...rights, 'neither', 'over'] as const;
export type Decision = (typeof decisions)[number];

/** What stands in one row: what both report, what one of them does, or two findings that contradict each other. */
export const comparedRowSchema = z.object({
  codex: z.nullable(reportedSchema),
  claude: z.nullable(reportedSchema),
  /** Null unless one of the two says nothing. */
  silence: z.nullable(z.enum(silences)),
  /** Null for what is no dispute. */
  decision: z.nullable(z.enum(decisions)),
  /** Who holds what both report for the same, and why; left out where their words say so. Model text. */
  joined: z.optional(z.string()),
});
export type ComparedRow = z.infer<typeof comparedRowSchema>;

export const comparisonSchema = z.object({
  /** Id of the run. */
  run: z.string(),
  repository: z.string(),
  /** What was reviewed. */
  title: z.string(),
  codex: z.nullable(comparedReviewSchema),
  claude: z.nullable(comparedReviewSchema),
  /** Disputes first, then what both report, then what one of them does; the most urgent ones first. */
  rows: z.array(comparedRowSchema),
  /** The findings of the rows as they are now, as far as they are still known. */
  findings: z.array(listedFindingSchema),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** Host to page, after `ready` and whenever it has changed. */
export const compareHostMessageSchema = z.discriminatedUnion('type', [
  /** Null where nothing is kept of the run. */
  z.object({ type: z.literal('comparison'), comparison: z.nullable(comparisonSchema) }),
]);
export type CompareHostMessage = z.infer<typeof compareHostMessageSchema>;

/** Page to host. */
export const compareMessageSchema = z.discriminatedUnion('type', [
  ...sharedMessages,
  /** Show the finding in the findings view, which has its history. */
  z.object({ type: z.literal('reveal'), id: z.string() }),
  /** The user decides a dispute between two findings. */
  z.object({
    type: z.literal('decide'),
    codex: z.string(),
    claude: z.string(),
    right: z.enum(rights),
  }),
]);
export type CompareMessage = z.infer<typeof compareMessageSchema>;

/** What VS Code keeps of the page, so that it is there again after a reload of the window. */
export const compareStateSchema = z.object({
  version: z.literal(1),
  /** Id of the run. */
  run: z.string(),
  /** CSS pixels. */
  scroll: z.number(),
});
export type CompareState = z.infer<typeof compareStateSchema>;
