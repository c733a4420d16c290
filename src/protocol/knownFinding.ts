import * as z from 'zod/mini';
import { findingSchema, voiceName, voices } from './finding.ts';

/*
 * A finding with all that is known of it over time: the fold of its repository's ledger (findings/fold.ts).
 */

export const findingStates = ['open', 'fixed', 'dismissed'] as const;
export type FindingState = (typeof findingStates)[number];

/** `claimed`: somebody says so, or its text is gone and a reviewer that looked again did not report it. `confirmed`: its reviewer looked at it again and says so. */
export const proofs = ['claimed', 'confirmed'] as const;
export type Proof = (typeof proofs)[number];

/**
 * What the last review of one of its reviewers meant for it:
 * - `new`: it was reported for the first time;
 * - `still there`: it was reported again;
 * - `came back`: it had been fixed, and was reported again;
 * - `not reported`: the reviewer looked at its file and did not report it, though its text is unchanged;
 * - `not looked at`: the reviewer was not seen looking at its file.
 */
export const marks = ['new', 'still there', 'came back', 'not reported', 'not looked at'] as const;
export type Mark = (typeof marks)[number];

/**
 * Who did something to a finding. `team`: the repository's own file of dismissals; `tandem`: nobody, it says why there is
 * no answer to a question.
 */
export const actors = ['user', 'team', 'tandem', ...voices] as const;
export type Actor = (typeof actors)[number];

export function actorName(actor: Actor): string {
  switch (actor) {
    case 'user':
      return 'You';
    case 'team':
      return 'Your team';
    case 'tandem':
      return 'Tandem';
    default:
      return voiceName(actor);
  }
}

export const happenings = [
  'found',
  'seen again',
  'came back',
  'not reported',
  'fix claimed',
  'fix confirmed',
  'dismissed',
  'reopened',
  'commented',
] as const;

export const historyEntrySchema = z.object({
  /** ISO 8601, UTC. */
  at: z.string(),
  what: z.enum(happenings),
  by: z.enum(actors),
  /** Reason, place or comment; may be empty. Text of users and models. */
  text: z.string(),
  /** The job in which it happened; null for what the user did. */
  job: z.nullable(z.string()),
});
export type HistoryEntry = z.infer<typeof historyEntrySchema>;

export const commentSchema = z.object({
  at: z.string(),
  by: z.enum(actors),
  /** Markdown, of a user or a model. */
  text: z.string(),
  job: z.nullable(z.string()),
});
export type Comment = z.infer<typeof commentSchema>;

export const knownFindingSchema = z.extend(findingSchema, {
  state: z.enum(findingStates),
  /** Of state `fixed`, else null. */
  proof: z.nullable(z.enum(proofs)),
  /** Why it is dismissed or fixed, in the words of who said so; may be empty. */
  reason: z.string(),
  /** Who last changed the state; `team` for a dismissal that came with the repository. */
  by: z.enum(actors),
  mark: z.nullable(z.enum(marks)),
  /** Its lines have been changed in the editor since it was last reported. */
  edited: z.boolean(),
  /** ISO 8601, UTC. */
  firstSeenAt: z.string(),
  lastSeenAt: z.string(),
  /** Oldest first; of very long ones the middle is left out. */
  history: z.array(historyEntrySchema),
  comments: z.array(commentSchema),
});
export type KnownFinding = z.infer<typeof knownFindingSchema>;

export function isOpen({ state }: Pick<KnownFinding, 'state'>): boolean {
  return state === 'open';
}
