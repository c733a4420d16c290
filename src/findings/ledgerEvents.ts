import { randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import { compareText } from '../base/compareText.ts';
import { examinationSchema } from '../protocol/examination.ts';
import { anchorSchema, findingSchema, reviewers, voices } from '../protocol/finding.ts';
import { jobKinds } from '../protocol/job.ts';
import { actors, proofs } from '../protocol/knownFinding.ts';

/*
 * What happened to the findings of one repository, one JSON object a line. Every event has an id of its own and a time:
 * the fold orders them by both, so that it does not matter in which files or in which order they are found, or how often.
 */

const common = { event: z.string(), at: z.string() };
const ids = z.array(z.string());

/** What a review said of an earlier finding that it did not report again. */
export const outcomes = ['still there', 'not reported', 'fix claimed', 'fix confirmed'] as const;
export type Outcome = (typeof outcomes)[number];

const reviewedSchema = z.object({
  ...common,
  type: z.literal('reviewed'),
  job: z.string(),
  reviewer: z.enum(reviewers),
  kind: z.enum(jobKinds),
  /** With their final ids. */
  findings: z.array(findingSchema),
  /** Ids of findings that it reported too, whose text a later event brings: what compaction leaves of them. */
  seen: z._default(ids, []),
  /** Earlier findings that it was seen looking at, or spoke about. Open ones that are not named it did not look at. */
  outcomes: z.array(z.object({ id: z.string(), outcome: z.enum(outcomes), reason: z.string() })),
  /** It went on with an earlier review: what it did not report is no news. */
  additional: z._default(z.boolean(), false),
});

const movesSchema = z.object({
  ...common,
  type: z.literal('moved'),
  moves: z.array(
    z.object({
      id: z.string(),
      file: z.string(),
      startLine: z.int(),
      endLine: z.int(),
      anchor: z.nullable(anchorSchema),
    }),
  ),
});

export const eventSchema = z.discriminatedUnion('type', [
  reviewedSchema,
  movesSchema,
  z.object({ ...common, type: z.literal('imported'), findings: z.array(findingSchema) }),
  z.object({ ...common, type: z.literal('dismissed'), ids, reason: z.string() }),
  z.object({
    ...common,
    type: z.literal('resolved'),
    ids,
    by: z.enum(actors),
    proof: z.enum(proofs),
    reason: z.string(),
    job: z.nullable(z.string()),
    /** One reviewer says so for itself alone: others that raised it too are not spoken for. */
    alone: z.optional(z.boolean()),
  }),
  z.object({
    ...common,
    type: z.literal('reopened'),
    ids,
    reason: z.string(),
    /** Hosts of version 0.1 to 0.3 knew only the user. */
    by: z._default(z.enum(actors), 'user'),
    job: z._default(z.nullable(z.string()), null),
    /** One reviewer says so for itself alone: others that raised it too are not spoken for. */
    alone: z.optional(z.boolean()),
  }),
  z.object({
    ...common,
    type: z.literal('commented'),
    id: z.string(),
    by: z.enum(actors),
    text: z.string(),
    job: z.nullable(z.string()),
  }),
  /** An agent looked at a finding that it had not raised, or judged a dispute about one. */
  z.object({ ...common, type: z.literal('examined'), id: z.string(), examination: examinationSchema }),
  /** Open findings, each of one reviewer, turned out to be the same: `other` is part of `id` from then on. */
  z.object({
    ...common,
    type: z.literal('joined'),
    joins: z.array(z.object({ id: z.string(), other: z.string(), reason: z._default(z.string(), '') })),
    /** Who holds them for the same: `tandem` by their words, which is all that hosts of version 0.3 know. */
    by: z._default(z.enum(actors), 'tandem'),
    job: z._default(z.nullable(z.string()), null),
  }),
  /** The user holds a finding of several for two: what `voice` said of `id` is the finding `other` from then on. */
  z.object({
    ...common,
    type: z.literal('parted'),
    id: z.string(),
    other: z.string(),
    voice: z.enum(voices),
  }),
  /** The user cleared the list: whatever was known before is forgotten. */
  z.object({ ...common, type: z.literal('cleared') }),
]);
export type LedgerEvent = z.infer<typeof eventSchema>;
export type EventType = LedgerEvent['type'];
export type EventOf<T extends EventType> = Extract<LedgerEvent, { type: T }>;

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** What happened, before it has its place in the ledger. */
export type Happened = DistributiveOmit<LedgerEvent, 'event' | 'at'>;

/**
 * Gives what happened an id and a time: the present, but never before what is known already, whatever the clock says.
 * @param last time of the newest known event, ISO 8601; null if there is none
 */
export function newEvent(happened: Happened, last: string | null): LedgerEvent {
  const next = last === null ? 0 : Date.parse(last) + 1;
  const at = new Date(Math.max(Date.now(), next)).toISOString();
  return { event: randomBytes(8).toString('hex'), at, ...happened };
}

/** The order in which events count: by time, and by id where the clock does not tell. */
export function byTime(a: LedgerEvent, b: LedgerEvent): number {
  return a.at === b.at ? compareText(a.event, b.event) : compareText(a.at, b.at);
}
