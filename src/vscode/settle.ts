import { UserError } from '../base/errors.ts';
import { type Dispute, bothStandText, decisionOf, lostReason } from '../findings/dispute.ts';
import type { FindingStore } from '../findings/findingStore.ts';
import type { Right } from '../protocol/comparePage.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';

type Store = Pick<FindingStore, 'find' | 'dismiss' | 'reopen' | 'comment'>;

/** The user's word on two findings that contradict each other. */
export interface Verdict {
  /** Ids of the findings. */
  readonly codex: string;
  readonly claude: string;
  readonly right: Right;
}

/**
 * Dismisses the finding of the one who is wrong, and says why. What an earlier decision dismissed is open again.
 * @returns the findings that are open or dismissed since, as they were
 * @throws UserError where one of the findings is fixed or gone
 */
export async function settle(store: Store, { right, ...ids }: Verdict): Promise<KnownFinding[]> {
  const [codex, claude] = [store.find(ids.codex), store.find(ids.claude)];
  if (!codex || !claude || decisionOf({ codex, claude }) === 'over')
    throw new UserError('There is nothing to decide any more: one of these findings is fixed or gone.');
  const loser = right === 'both' ? null : right === 'codex' ? claude : codex;
  const back = [codex, claude].filter((one) => one.state === 'dismissed' && one !== loser);
  if (back.length > 0)
    await store.reopen(
      back.map(({ id }) => id),
      'The dispute was decided anew',
    );
  if (right === 'both') await sayBothStand(store, { codex, claude });
  if (right === 'both' || loser?.state !== 'open') return back;
  await store.dismiss([loser.id], lostReason(right, right === 'codex' ? codex : claude));
  return [...back, loser];
}

async function sayBothStand(store: Store, { codex, claude }: Dispute): Promise<void> {
  await sayItStands(store, codex, claude);
  await sayItStands(store, claude, codex);
}

async function sayItStands(store: Store, one: KnownFinding, other: KnownFinding): Promise<void> {
  const text = bothStandText(other);
  const isSaid = one.comments.some((comment) => comment.by === 'user' && comment.text === text);
  if (!isSaid) await store.comment(one.id, { by: 'user', text, job: null });
}
