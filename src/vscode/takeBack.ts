import type { FindingStore } from '../findings/findingStore.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';

const taken = 'Undone';

/** What was decided for several findings at once, and can be undone. */
export interface Decided {
  /** As they were before. */
  readonly before: readonly KnownFinding[];
  /** As the decision left them. */
  readonly after: readonly KnownFinding[];
}

/**
 * Undoes it: each is again what it was. Where something else was decided or found out since, that stands.
 * @returns how many were left as they are now
 */
export async function takeBack(
  store: Pick<FindingStore, 'find' | 'dismiss' | 'resolve' | 'reopen'>,
  { before, after }: Decided,
): Promise<number> {
  const unchanged = new Set(after.filter((one) => isStill(store.find(one.id), one)).map(({ id }) => id));
  const own = before.filter(({ id }) => unchanged.has(id));
  const open = own.filter(({ state }) => state === 'open');
  await store.reopen(
    open.map(({ id }) => id),
    taken,
  );
  for (const { id, state, proof, reason, by } of own) {
    if (state === 'dismissed') await store.dismiss([id], reason);
    if (state === 'fixed') await store.resolve([id], { by, proof: proof ?? 'claimed', reason, job: null });
  }
  return before.length - own.length;
}

function isStill(now: KnownFinding | undefined, then: KnownFinding): boolean {
  const keys = ['state', 'proof', 'reason', 'by'] as const;
  return now !== undefined && keys.every((key) => now[key] === then[key]);
}
