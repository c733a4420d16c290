import { type ReviewerId, reviewers } from '../protocol/finding.ts';
import { type JobKind, isReview } from '../protocol/job.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import { dismissReasons, falseAlarm } from './dismissReasons.ts';
import { hasLost } from './dispute.ts';

/*
 * How well the findings of each reviewer have stood in one repository. It only counts: nothing is hidden or ranked by it.
 */

/** The review in which a finding was raised, as far as it is still known. */
export interface RaisedIn {
  kind: JobKind | null;
  /** Null once its job has been deleted. */
  model: string | null;
}

/** What has become of the findings of one reviewer, by one model, in reviews of one kind. */
export interface ScoreRow {
  reviewer: ReviewerId;
  /** Null where it is not known. */
  model: string | null;
  kind: JobKind | null;
  /** Findings that it raised: open, fixed and dismissed ones together. */
  raised: number;
  open: number;
  fixed: number;
  dismissed: number;
  /** Of `dismissed`, by the reason that was given. */
  reasons: Readonly<Record<DismissalReason, number>>;
  confirmed: {
    /** Either, or both. */
    all: number;
    /** The other reviewer raised it too, or confirmed it when it was asked. */
    byOther: number;
    /** It is fixed, and a reviewer that looked at it again says so. */
    byProof: number;
  };
  /** The other reviewer looked at it, and says that it is none. */
  refuted: number;
  /** How many came to what; together `raised`. */
  worth: Readonly<Record<Worth, number>>;
}

/** One of those that are offered, another text, or none. */
export type DismissalReason = (typeof dismissReasons)[number]['label'] | 'other' | 'none';

/**
 * What a finding came to:
 * - `held`: it is fixed, or the other reviewer confirms it;
 * - `wrong`: dismissed as a false alarm or as the wrong side of a dispute, or refuted by the other reviewer;
 * - `set aside`: dismissed for another reason, which says nothing about whether it is right;
 * - `undecided`: nobody but its reviewer has said anything yet, or the reviewers contradict each other.
 * What people decided counts before what reviewers say.
 */
export const worths = ['held', 'wrong', 'set aside', 'undecided'] as const;
export type Worth = (typeof worths)[number];

/**
 * One row for each reviewer, model and kind of review that raised something, the most productive first. What only a tool
 * raised is left out.
 * @param raisedIn what is known of a review, by the id of its job
 */
export function scoreRows(
  findings: readonly KnownFinding[],
  raisedIn: (job: string) => RaisedIn,
): ScoreRow[] {
  const rows = new Map<string, ScoreRow>();
  for (const finding of findings)
    for (const reviewer of reviewers) {
      if (!finding.reviewers.includes(reviewer)) continue;
      const { kind, model } = raisedIn(firstJob(finding, reviewer));
      const scored = kind !== null && isReview(kind) ? kind : null;
      const key = JSON.stringify([reviewer, model, scored]);
      const row = rows.get(key) ?? { ...emptyRow, reviewer, model, kind: scored };
      rows.set(key, withFinding(row, finding));
    }
  return [...rows.values()].sort(
    (a, b) => reviewers.indexOf(a.reviewer) - reviewers.indexOf(b.reviewer) || b.raised - a.raised,
  );
}

/** All rows of a reviewer as one; null where it raised nothing. */
export function totalOf(rows: readonly ScoreRow[], reviewer: ReviewerId): ScoreRow | null {
  const own = rows.filter((row) => row.reviewer === reviewer);
  if (own.length === 0) return null;
  return own.reduce(sum, { ...emptyRow, reviewer });
}

/** With fewer findings that came to something, a rate would say more about chance than about the reviewer. */
const fewestForRate = 10;

/** How many of those that turned out right or wrong turned out right. */
export interface Rate {
  part: number;
  whole: number;
  /** 0 to 1; null where `whole` is too small to tell. */
  value: number | null;
}

export function heldRate({ worth }: Pick<ScoreRow, 'worth'>): Rate {
  const whole = worth.held + worth.wrong;
  return { part: worth.held, whole, value: whole < fewestForRate ? null : worth.held / whole };
}

const noReasons: ScoreRow['reasons'] = {
  'False alarm': 0,
  Intended: 0,
  'Not worth fixing now': 0,
  'Handled elsewhere': 0,
  other: 0,
  none: 0,
};

const emptyRow: Omit<ScoreRow, 'reviewer'> = {
  model: null,
  kind: null,
  raised: 0,
  open: 0,
  fixed: 0,
  dismissed: 0,
  reasons: noReasons,
  confirmed: { all: 0, byOther: 0, byProof: 0 },
  refuted: 0,
  worth: { held: 0, wrong: 0, 'set aside': 0, undecided: 0 },
};

/** The review in which a reviewer raised it first; of a very long history, the last one in which it did. */
function firstJob({ history, statements, job }: KnownFinding, reviewer: ReviewerId): string {
  const first = history.find((entry) => entry.by === reviewer && entry.what === 'found');
  const last = statements.find(({ by }) => by === reviewer);
  return first?.job ?? last?.job ?? job;
}

/** What others than its reviewer say of a finding: they raised it too, or were asked. The judge of a dispute decides it. */
function saidByOthers(
  { reviewers: voices, examinations }: Pick<KnownFinding, 'reviewers' | 'examinations'>,
  reviewer: ReviewerId,
): { confirms: boolean; refutes: boolean } {
  const told = examinations.filter(({ current, verdict }) => current && verdict !== 'cannot tell');
  const last = told.at(-1);
  if (last && last.tieBreak !== null)
    return { confirms: last.verdict === 'confirm', refutes: last.verdict === 'refute' };
  const others = told.filter(({ by }) => by !== reviewer);
  const isRaised = voices.some((voice) => voice !== reviewer && voice !== 'sarif');
  return {
    confirms: isRaised || others.some(({ verdict }) => verdict === 'confirm'),
    refutes: others.some(({ verdict }) => verdict === 'refute'),
  };
}

function withFinding(row: ScoreRow, finding: KnownFinding): ScoreRow {
  const { state, proof } = finding;
  const { confirms, refutes } = saidByOthers(finding, row.reviewer);
  const isProven = state === 'fixed' && proof === 'confirmed';
  return sum(row, {
    ...row,
    raised: 1,
    open: count(state === 'open'),
    fixed: count(state === 'fixed'),
    dismissed: count(state === 'dismissed'),
    reasons: state === 'dismissed' ? { ...noReasons, [reasonOf(finding)]: 1 } : noReasons,
    confirmed: { all: count(confirms || isProven), byOther: count(confirms), byProof: count(isProven) },
    refuted: count(refutes),
    worth: { ...emptyRow.worth, [worthOf(finding, { confirms, refutes })]: 1 },
  });
}

function reasonOf({ reason }: KnownFinding): DismissalReason {
  if (reason.trim() === '') return 'none';
  return dismissReasons.find(({ label }) => label === reason)?.label ?? 'other';
}

function worthOf(finding: KnownFinding, { confirms, refutes }: ReturnType<typeof saidByOthers>): Worth {
  if (finding.state === 'dismissed')
    return reasonOf(finding) === falseAlarm || hasLost(finding) ? 'wrong' : 'set aside';
  if (finding.state === 'fixed') return 'held';
  if (confirms === refutes) return 'undecided';
  return confirms ? 'held' : 'wrong';
}

function count(holds: boolean): number {
  return holds ? 1 : 0;
}

function sum(a: ScoreRow, b: ScoreRow): ScoreRow {
  return {
    ...a,
    raised: a.raised + b.raised,
    open: a.open + b.open,
    fixed: a.fixed + b.fixed,
    dismissed: a.dismissed + b.dismissed,
    reasons: sums(a.reasons, b.reasons),
    confirmed: sums(a.confirmed, b.confirmed),
    refuted: a.refuted + b.refuted,
    worth: sums(a.worth, b.worth),
  };
}

/** Both have the same keys. */
function sums<T extends Readonly<Record<string, number>>>(a: T, b: T): T {
  const added = Object.entries(a).map(([key, value]) => [key, value + (b[key] ?? 0)]);
  return Object.fromEntries(added) as T;
}
