import * as z from 'zod/mini';
import { evidenceSchema, lookSchema } from './evidence.ts';
import { standingSchema } from './examination.ts';
import { findingSchema, places } from './finding.ts';
import { jobSchema } from './job.ts';
import { commentSchema, historyEntrySchema, knownFindingSchema } from './knownFinding.ts';

/*
 * What the findings view shows, cut into slices by how often they change and how large they are. The host replaces a slice as a
 * whole and never sends a difference, so that the page can always be told again.
 */

/** A finding as the list needs it. Title and text are cut (src/vscode/snapshot.ts); `detail` has the whole of them. */
export const listedFindingSchema = z.extend(
  z.pick(knownFindingSchema, {
    id: true,
    title: true,
    priority: true,
    file: true,
    startLine: true,
    endLine: true,
    place: true,
    inChange: true,
    reviewers: true,
    tool: true,
    repository: true,
    job: true,
    state: true,
    proof: true,
    mark: true,
    edited: true,
    firstSeenAt: true,
    lastSeenAt: true,
  }),
  {
    /** What other agents make of it; null where none has said so. */
    standing: z.nullable(standingSchema),
    /** The user has parted it from another one; left out where not. */
    parted: z.optional(z.boolean()),
    /** The beginning of the body, for the text filter only. */
    text: z.string(),
  },
);
export type ListedFinding = z.infer<typeof listedFindingSchema>;

/** Where a finding is now: its file may have been edited or renamed since. */
export const placeNowSchema = z.object({
  place: z.enum(places),
  /** As in `Finding`. */
  file: z.string(),
  /** 1-based, inclusive. */
  startLine: z.int(),
  endLine: z.int(),
});
export type PlaceNow = z.infer<typeof placeNowSchema>;

/** The review that runs or ended last, and what surrounds all of the view. */
export const runSliceSchema = z.object({
  /** Null before the first review. */
  job: z.nullable(jobSchema),
  /** The other one of a review by both reviewers, once both have ended; left out for any other review. */
  partner: z.optional(jobSchema),
  /** The reviewer's overall explanation of that review, empty while it runs. */
  summary: z.string(),
  /** True where there is no verdict (that review runs, failed or was cancelled): what is listed comes from earlier ones. */
  former: z.boolean(),
  /** True in the demo: answers come from fixed rules, not from a model. */
  demo: z.boolean(),
  /** False while the workspace is not trusted: nothing can be started. */
  trusted: z.boolean(),
  /** Open findings that the user's settings keep out of the Problems panel and the editor. */
  unmarked: z.int(),
});
export type RunSlice = z.infer<typeof runSliceSchema>;

/** A review that is kept, as the list of them needs it. */
export const listedRunSchema = z.extend(
  z.pick(jobSchema, {
    id: true,
    kind: true,
    state: true,
    title: true,
    repository: true,
    reviewer: true,
    model: true,
    provider: true,
    effort: true,
    structure: true,
    verdict: true,
    /** The result in a few words, with the counts; null until there is one. */
    summary: true,
    failure: true,
    createdAt: true,
    startedAt: true,
    endedAt: true,
  }),
  {
    /** In and out, cached ones included; null where the reviewer does not tell. */
    tokens: z.nullable(z.int()),
    /** It is one of a review by both reviewers. */
    byBoth: z.boolean(),
  },
);
export type ListedRun = z.infer<typeof listedRunSchema>;

/** All about one finding that only its details show. */
export const findingDetailSchema = z.extend(
  z.pick(knownFindingSchema, {
    id: true,
    title: true,
    body: true,
    recommendation: true,
    priority: true,
    confidence: true,
    tool: true,
    statements: true,
    examinations: true,
    joins: true,
  }),
  {
    reason: z.string(),
    by: knownFindingSchema.shape.by,
    /** Commands of the last review's reviewer that showed it something of the finding's file; null where nothing is known. */
    looks: z.nullable(z.array(lookSchema)),
    history: z.array(historyEntrySchema),
    comments: z.array(commentSchema),
  },
);
export type FindingDetail = z.infer<typeof findingDetailSchema>;

/** All about one review that only its details show. */
export const runDetailSchema = z.object({
  id: z.string(),
  /** Markdown. */
  summary: z.string(),
  notes: z.array(z.string()),
  /** As it reported them; how they are now is in the list, where they are still known. */
  findings: z.array(
    z.pick(findingSchema, {
      id: true,
      title: true,
      priority: true,
      file: true,
      startLine: true,
      endLine: true,
    }),
  ),
  /** Null where it was not recorded. */
  evidence: z.nullable(z.omit(evidenceSchema, { looks: true, files: true })),
  /** The answer as it came; cut where it is very long. */
  rawText: z.string(),
  rawTextIsCut: z.boolean(),
});
export type RunDetail = z.infer<typeof runDetailSchema>;
