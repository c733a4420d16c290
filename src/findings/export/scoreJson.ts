import { type Rate, type ScoreRow, heldRate } from '../scoreCard.ts';

/** Raised when a field goes or changes its meaning; new fields may come without that. */
export const scoreVersion = 1;

/** What programs get: a promise, so nothing is added or left out by accident. */
export function scoreJson(rows: readonly ScoreRow[]) {
  return { format: 'tandem-score-card', version: scoreVersion, rows: rows.map(rowJson) };
}

function rowJson(row: ScoreRow) {
  return {
    /** `codex` or `claude`. */
    reviewer: row.reviewer,
    /** Null where it is not known. */
    model: row.model,
    /** `review`, `adversarial-review` or `gate`; null where it is not known. */
    kind: row.kind,
    /** `open`, `fixed` and `dismissed` together. */
    raised: row.raised,
    open: row.open,
    fixed: row.fixed,
    dismissed: row.dismissed,
    /** Of `dismissed`; `other` for words of the user’s own. */
    dismissedBecause: row.reasons,
    confirmed: row.confirmed,
    refuted: row.refuted,
    /** Together `raised`: what each finding came to. */
    worth: {
      held: row.worth.held,
      wrong: row.worth.wrong,
      setAside: row.worth['set aside'],
      undecided: row.worth.undecided,
    },
    turnedOutRight: rateJson(heldRate(row)),
  };
}

/** `value` is 0 to 1, and null where there are too few to tell. */
function rateJson({ part, whole, value }: Rate) {
  return { part, whole, value };
}
