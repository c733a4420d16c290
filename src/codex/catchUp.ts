import type { AppServerNotification, ThreadItem, ThreadTurn } from '../protocol/appServer.ts';
import { noToldEnds } from './toldEnds.ts';
import { type TurnState, foldTurn } from './turnFold.ts';

/*
 * A turn goes on when its client drops (facts: app-server.md, 6.3). What became of one meanwhile is in the answer to
 * `thread/resume`, measured on 0.130 and 0.169:
 * - A plain turn is there with its items so far. 0.130 forgets the commands once it is over.
 * - Of a review, 0.169 shows the inner turn while it runs, and the review's own turn once that is over. The inner one
 *   then never reads as completed, nor the thread as idle, until it is loaded anew. 0.130 shows the inner one, at its end.
 * - A turn that was cut by the end of the server reads as interrupted.
 */

/** A thread as `thread/resume` gives it. */
export interface ThreadSnapshot {
  readonly status: { readonly type: string } | null;
  readonly turns: readonly ThreadTurn[];
}

/** A turn as it was last known. */
export interface KnownTurn {
  /** The id that the request which started it was answered with; empty if the answer never came. */
  readonly requested: string;
  readonly state: TurnState;
  /** Items that were heard of to their end; see `itemKey`. */
  readonly seen: ReadonlySet<string>;
  /** Turns of the thread that are older. */
  readonly before: ReadonlySet<string>;
}

/** What became of it: it runs, it is over, or it ended without an end of its own, so that it can be done again. */
export type CaughtUp =
  | { readonly fate: 'running' | 'over'; readonly requested: string; readonly state: TurnState }
  | { readonly fate: 'cut' };

/** Names an item for good; the two ends of a review have the same id in 0.130. */
export function itemKey({ type, id }: ThreadItem): string {
  return `${type} ${id ?? ''}`;
}

/** The id of the turn that runs on a thread; null if none does. */
export function runningTurn({ status, turns }: ThreadSnapshot): string | null {
  if (status?.type !== 'active') return null;
  const over = new Set(turns.filter(isOver).map(({ id }) => id));
  const open = turns.findLast((turn) => !isOver(turn) && !over.has(rootOf(turn)));
  return open ? rootOf(open) : null;
}

/**
 * Nobody works on the thread any more, but its turns do not say how they ended: 0.130 stores them a moment later. 0.169
 * says for a moment that a turn was interrupted which has just been completed (measured, on a machine under load).
 */
export function isBehind({ status, turns }: ThreadSnapshot): boolean {
  if (status?.type === 'active') return false;
  if (turns.at(-1)?.status === 'interrupted') return true;
  const items = turns.flatMap((turn) => turn.items);
  const count = (type: string) => items.filter((item) => item.type === type).length;
  const isOpen = turns.length === 0 || !turns.every(isOver);
  return isOpen || count('enteredReviewMode') > count('exitedReviewMode');
}

/** Pure. */
export function caughtUp(known: KnownTurn, threadId: string, thread: ThreadSnapshot): CaughtUp {
  const own = thread.turns.filter((turn) => isOwn(turn, known));
  const end = endOf(own, known.requested);
  if (end?.status === 'interrupted') return { fate: 'cut' };
  if (!end && thread.status?.type !== 'active') return { fate: 'cut' };
  const last = own.at(-1);
  const requested = known.requested || (last ? rootOf(last) : '');
  const inner = own.find(({ id, rootTurnId }) => rootTurnId !== null && id !== rootTurnId) ?? end;
  const state = {
    ...withItems(known, threadId, own),
    activeTurn: known.state.activeTurn ?? inner?.id ?? (requested || null),
  };
  if (!end) return { fate: 'running', requested, state };
  const completed = { method: 'turn/completed', params: { threadId, turn: end } } as const;
  return { fate: 'over', requested, state: foldTurn(state, completed) };
}

function isOwn(turn: ThreadTurn, { requested, state, before }: KnownTurn): boolean {
  if (requested === '') return !before.has(turn.id) && !before.has(rootOf(turn));
  return turn.id === requested || turn.id === state.activeTurn || turn.rootTurnId === requested;
}

/** The turn that says how it ended, if it did: its own, or the inner one of a review where that is all there is. */
function endOf(own: readonly ThreadTurn[], requested: string): ThreadTurn | undefined {
  const over = own.filter(isOver);
  const named = over.find(({ id }) => id === requested);
  const review = over.find(({ items }) => items.some(({ type }) => type === 'exitedReviewMode'));
  return (
    named ?? review ?? (requested === '' ? over.findLast((turn) => rootOf(turn) === turn.id) : undefined)
  );
}

function rootOf({ id, rootTurnId }: ThreadTurn): string {
  return rootTurnId ?? id;
}

function isOver({ status }: ThreadTurn): boolean {
  return status !== null && status !== 'inProgress';
}

/** What was not heard is folded in as if it had been. Commands that were open are there again if they still are. */
function withItems({ state, seen }: KnownTurn, threadId: string, own: readonly ThreadTurn[]): TurnState {
  const begun: TurnState = {
    ...state,
    openCommands: [],
    toldEnds: noToldEnds,
    fatalError: null,
    hasGap: true,
  };
  return own.reduce(
    (outer, { id: turnId, items }) =>
      items
        .filter((item) => !seen.has(itemKey(item)) && !isRepeated(state, item))
        .map((item): AppServerNotification => ({ method: eventOf(item), params: { threadId, turnId, item } }))
        .reduce(foldTurn, outer),
    begun,
  );
}

/** 0.130 gives the messages of a turn that is over other ids than they had. */
function isRepeated({ messages }: TurnState, { type, text }: ThreadItem): boolean {
  return type === 'agentMessage' && text !== null && messages.includes(text);
}

function eventOf({ status }: ThreadItem): 'item/started' | 'item/completed' {
  return status === 'inProgress' ? 'item/started' : 'item/completed';
}
