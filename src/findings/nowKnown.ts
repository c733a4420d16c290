import type { Finding, ReviewerId } from '../protocol/finding.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';

/** Finds what a reviewer reported as it is now: it may have been joined with another finding since, or parted from one. */
export type FindKnown = (
  reported: Pick<Finding, 'id' | 'job' | 'title'>,
  reviewer: ReviewerId,
) => KnownFinding | undefined;

/** By the id and the voice, else by what the review said. */
export function findKnown(known: readonly KnownFinding[]): FindKnown {
  const byId = new Map(known.map((finding) => [finding.id, finding]));
  const byFormer = new Map(known.flatMap((one) => (one.joins ?? []).map(({ id }) => [id, one] as const)));
  return ({ id, job, title }, reviewer) => {
    const own = [byId.get(id), byFormer.get(id)].find((one) => one?.reviewers.includes(reviewer));
    return (
      own ??
      known.find((one) => one.apart?.includes(id) && one.reviewers.includes(reviewer)) ??
      known.find(({ statements }) => statements.some((one) => one.job === job && one.title === title)) ??
      byId.get(id)
    );
  };
}
