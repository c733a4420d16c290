import * as z from 'zod/mini';
import { knownExaminationSchema } from './examination.ts';
import { findingSchema, priorities, voiceName, voices, voicesText } from './finding.ts';

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
 * - `not reported`: the reviewer looked at its file and did not report it, though its text is unchanged, or another reviewer
 *   that raised it has not looked again;
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
  'confirmed',
  'refuted',
  'not judged',
  'joined',
  'parted',
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

/** What one of those that raised a finding said of it last, verbatim. */
export const statementSchema = z.extend(
  z.pick(findingSchema, { title: true, body: true, recommendation: true, job: true }),
  {
    by: z.enum(voices),
    priority: z.enum(priorities),
    /** 0 to 1, or null where it gave none. */
    confidence: z.nullable(z.number()),
    /** It holds the finding for fixed since: by its silence (`claimed`) or its word. Null while what it said stands. */
    fixed: z.nullable(z.enum(proofs)),
  },
);
export type Statement = z.infer<typeof statementSchema>;

/** A finding of its own that turned out to be the same one. */
export const joinSchema = z.object({
  at: z.string(),
  /** The id that it had. */
  id: z.string(),
  /** Who had raised it. */
  voices: z.array(z.enum(voices)),
  /** Who holds both for the same: an agent that was asked, the user, or `tandem`, by their words. */
  by: z.enum(actors),
  /** Model text; may be empty. */
  reason: z.string(),
  /** Of the agent that was asked, else null. */
  job: z.nullable(z.string()),
});
export type Join = z.infer<typeof joinSchema>;

/** `Joined by a second opinion of Claude`; null where the words of both said so. */
export function joinHeading({ by }: Pick<Join, 'by'>): string | null {
  if (by === 'tandem') return null;
  return by === 'user' ? 'Joined by you' : `Joined by a second opinion of ${actorName(by)}`;
}

export const knownFindingSchema = z.extend(findingSchema, {
  /**
   * One for each of `reviewers`, in that order. The finding's own title, texts, priority and confidence are those of the most
   * urgent one that stands.
   */
  statements: z.array(statementSchema),
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
  /** What other agents say of it, or a judge; oldest first. It changes its rank, never its state. */
  examinations: z.array(knownExaminationSchema),
  /** Findings that are part of it since, in that order; left out for none. */
  joins: z.optional(z.array(joinSchema)),
  /** Ids of the findings that the user has parted it from; left out for none. */
  apart: z.optional(z.array(z.string())),
});
export type KnownFinding = z.infer<typeof knownFindingSchema>;

/** What others said of a finding than the one whose words are shown. What Tandem exported and imported again is no other. */
export function otherStatements(
  finding: Pick<KnownFinding, 'title' | 'body' | 'priority' | 'statements' | 'tool'>,
): Statement[] {
  const { title, body, priority, statements } = finding;
  const shown = statements.find(
    (one) => one.title === title && one.body === body && one.priority === priority,
  );
  const names = new Set(shown && [statementBy(shown, finding)]);
  return statements.filter((one) => {
    const name = statementBy(one, finding);
    const isOther = !names.has(name);
    names.add(name);
    return isOther;
  });
}

/** Whose statement it is, for people. */
export function statementBy({ by }: Pick<Statement, 'by'>, { tool }: Pick<KnownFinding, 'tool'>): string {
  return voicesText({ reviewers: [by], tool });
}

const verdictTexts: Readonly<Record<Proof, string>> = {
  confirmed: 'holds it for fixed',
  claimed: 'has not confirmed that it is fixed',
};

/** `Claude (P2, confidence 80 %, holds it for fixed)`. */
export function statementHeading(one: Statement, finding: Pick<KnownFinding, 'tool'>): string {
  const facts = [
    one.priority,
    ...(one.confidence === null ? [] : [`confidence ${Math.round(one.confidence * 100)} %`]),
    ...(one.fixed === null ? [] : [verdictTexts[one.fixed]]),
  ];
  return `${statementBy(one, finding)} (${facts.join(', ')})`;
}

/** True for what both reviewers raised. */
export function isJoined({ reviewers }: Pick<KnownFinding, 'reviewers'>): boolean {
  return reviewers.includes('codex') && reviewers.includes('claude');
}

export function isOpen({ state }: Pick<KnownFinding, 'state'>): boolean {
  return state === 'open';
}
