import type { Finding } from '../protocol/finding.ts';

/** What two reviewers of a run report. */
export interface Agreement<T> {
  /** As the one has it, then as the other has it. */
  both: readonly (readonly [one: T, other: T])[];
  /** What only the one reports, and what only the other. */
  ones: readonly T[];
  others: readonly T[];
}

/** What both report is on record as one finding, with one id. */
export function agreementOf<T extends Pick<Finding, 'id'>>(
  ones: readonly T[],
  others: readonly T[],
): Agreement<T> {
  const [byOne, byOther] = [ones, others].map((all) => new Map(all.map((finding) => [finding.id, finding])));
  return {
    both: ones.flatMap((one) => {
      const other = byOther?.get(one.id);
      return other === undefined ? [] : [[one, other] as const];
    }),
    ones: ones.filter(({ id }) => byOther?.has(id) !== true),
    others: others.filter(({ id }) => byOne?.has(id) !== true),
  };
}
