import type { CompareHostMessage, CompareMessage, Comparison, Right } from '../src/protocol/comparePage.ts';
import type { FindingAction } from '../src/protocol/findingsPage.ts';
import type { ListedFinding } from '../src/protocol/pageSlices.ts';
import { actionsFor, type OfferedAction } from './actions.ts';
import { compareNews } from './compareText.ts';

/** The menu of a finding, which has the keyboard as long as it is open. */
export interface CompareMenu {
  /** Id of the finding. */
  readonly id: string;
  /** CSS pixels from the page's corner. */
  readonly x: number;
  readonly y: number;
  /** Index of the item that has the keyboard. */
  readonly active: number;
}

/** The page that compares two reviews: what the host sent, and its own menu. */
export interface CompareState {
  /** `loading` until the host has sent anything; null where nothing is kept of the run. */
  readonly comparison: Comparison | null | 'loading';
  readonly menu: CompareMenu | null;
  /** The host sent something that this page does not know. */
  readonly unreadable: boolean;
}

export type CompareAction =
  | CompareHostMessage
  | { readonly type: 'unreadable' }
  /** Opens the place of a finding. */
  | { readonly type: 'open'; readonly id: string }
  | { readonly type: 'reveal'; readonly id: string }
  | { readonly type: 'perform'; readonly action: FindingAction; readonly id: string }
  | { readonly type: 'decide'; readonly codex: string; readonly claude: string; readonly right: Right }
  | {
      readonly type: 'openMenu';
      readonly id: string;
      readonly at: { readonly x: number; readonly y: number };
    }
  /** `1` and `-1` go on from the active item and around the ends. */
  | { readonly type: 'moveInMenu'; readonly to: 'first' | 'last' | 1 | -1 }
  | { readonly type: 'chooseInMenu'; readonly action: FindingAction }
  | { readonly type: 'closeMenu' };

/** What is to be done outside of the state, in this order, once the new state is on the screen. */
export type CompareEffect =
  | { readonly type: 'post'; readonly message: CompareMessage }
  | { readonly type: 'announce'; readonly text: string }
  /** Bring the keyboard to the active item of the menu, or back to the button that opened it. */
  | { readonly type: 'focusMenu' }
  | { readonly type: 'focusOpener'; readonly id: string };

export interface CompareOutcome {
  readonly state: CompareState;
  readonly effects: readonly CompareEffect[];
}

export const initialCompareState: CompareState = { comparison: 'loading', menu: null, unreadable: false };

/** Null until there is something to compare. */
export function comparisonOf({ comparison }: CompareState): Comparison | null {
  return comparison === 'loading' ? null : comparison;
}

/** The actions that are possible with a finding. */
export function offeredFor(state: CompareState, id: string): OfferedAction[] {
  const finding = findingOf(state, id);
  return finding === undefined ? [] : actionsFor([finding]);
}

export function reduceCompare(state: CompareState, action: CompareAction): CompareOutcome {
  switch (action.type) {
    case 'comparison':
      return hear(state, action.comparison);
    case 'unreadable':
      return quietly({ ...state, unreadable: true });
    case 'open':
      return posting(state, { type: 'open', id: action.id, preserveFocus: false });
    case 'reveal':
      return posting(state, { type: 'reveal', id: action.id });
    case 'perform':
      return perform(state, action.action, action.id);
    case 'decide':
      return posting(state, action);
    case 'openMenu':
      return openMenu(state, action.id, action.at);
    case 'moveInMenu':
      return moveInMenu(state, action.to);
    case 'chooseInMenu':
      return chooseInMenu(state, action.action);
    case 'closeMenu':
      return closeMenu(state);
  }
}

function hear(before: CompareState, comparison: Comparison | null): CompareOutcome {
  const state = { ...before, comparison, unreadable: false };
  const news = compareNews(comparisonOf(before), comparison);
  const effects: CompareEffect[] = news === null ? [] : [{ type: 'announce', text: news }];
  const { menu } = state;
  if (menu === null) return { state, effects };
  const count = offeredFor(state, menu.id).length;
  if (count === 0) return { state: { ...state, menu: null }, effects };
  return { state: { ...state, menu: { ...menu, active: Math.min(menu.active, count - 1) } }, effects };
}

/** Nothing happens where the action is not possible any more. */
function perform(state: CompareState, action: FindingAction, id: string): CompareOutcome {
  if (!offeredFor(state, id).some((one) => one.action === action)) return quietly(state);
  return posting(state, { type: 'act', action, ids: [id] });
}

function openMenu(state: CompareState, id: string, { x, y }: { x: number; y: number }): CompareOutcome {
  if (offeredFor(state, id).length === 0) return quietly(state);
  return { state: { ...state, menu: { id, x, y, active: 0 } }, effects: [{ type: 'focusMenu' }] };
}

function moveInMenu(state: CompareState, to: 'first' | 'last' | 1 | -1): CompareOutcome {
  const { menu } = state;
  if (menu === null) return quietly(state);
  const count = offeredFor(state, menu.id).length;
  const active = to === 'first' ? 0 : to === 'last' ? count - 1 : (menu.active + to + count) % count;
  return { state: { ...state, menu: { ...menu, active } }, effects: [{ type: 'focusMenu' }] };
}

/** The menu closes before its command runs, so that the keyboard is back where it came from when the host asks for something. */
function chooseInMenu(state: CompareState, action: FindingAction): CompareOutcome {
  const { menu } = state;
  if (menu === null) return quietly(state);
  const closed = closeMenu(state);
  const { effects } = perform(closed.state, action, menu.id);
  return { state: closed.state, effects: [...closed.effects, ...effects] };
}

function closeMenu(state: CompareState): CompareOutcome {
  if (state.menu === null) return quietly(state);
  return { state: { ...state, menu: null }, effects: [{ type: 'focusOpener', id: state.menu.id }] };
}

function findingOf(state: CompareState, id: string): ListedFinding | undefined {
  return comparisonOf(state)?.findings.find((finding) => finding.id === id);
}

function quietly(state: CompareState): CompareOutcome {
  return { state, effects: [] };
}

function posting(state: CompareState, message: CompareMessage): CompareOutcome {
  return { state, effects: [{ type: 'post', message }] };
}
