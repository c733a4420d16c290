import type { FindingStore } from '../findings/findingStore.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';

const taken = 'Undone';

/**
 * Undoes what was decided for several findings at once: each is again what it was.
 * @param before as they were
 */
export async function takeBack(
  store: Pick<FindingStore, 'dismiss' | 'resolve' | 'reopen'>,
  before: readonly KnownFinding[],
): Promise<void> {
  const open = before.filter(({ state }) => state === 'open');
  await store.reopen(
    open.map(({ id }) => id),
    taken,
  );
  for (const { id, state, proof, reason, by } of before) {
    if (state === 'dismissed') await store.dismiss([id], reason);
    if (state === 'fixed') await store.resolve([id], { by, proof: proof ?? 'claimed', reason, job: null });
  }
}
