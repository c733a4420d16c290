import type { FindingAction } from '../src/protocol/findingsPage.ts';
import { actionsFor, type OfferedAction } from './actions.ts';
import {
  act,
  findingOf,
  quietly,
  type Handlers,
  type MenuOpener,
  type Outcome,
  type PageState,
} from './model.ts';
import { chosenOf, targetsOf } from './selection.ts';

export type MenuAction =
  | { readonly type: 'perform'; readonly action: FindingAction; readonly part: MenuOpener }
  | {
      readonly type: 'openMenu';
      readonly opener: MenuOpener;
      readonly at: { readonly x: number; readonly y: number };
    }
  /** `1` and `-1` go on from the active item and around the ends. */
  | { readonly type: 'moveInMenu'; readonly to: 'first' | 'last' | 1 | -1 }
  | { readonly type: 'chooseInMenu'; readonly action: FindingAction }
  | { readonly type: 'closeMenu' };

export const usingMenu: Handlers<MenuAction> = {
  perform: (state, { action, part }) => perform(state, action, part),
  openMenu: (state, { opener, at }) => openMenu(state, opener, at),
  moveInMenu: (state, { to }) => moveInMenu(state, to),
  chooseInMenu: (state, { action }) => chooseInMenu(state, action),
  closeMenu: (state) => closeMenu(state),
};

/** What the actions of a part of the page are about. */
export function idsFor(state: PageState, part: MenuOpener): readonly string[] {
  switch (part) {
    case 'list':
      return targetsOf(state);
    case 'batch':
      return chosenOf(state);
    case 'detail':
      return state.ui.selected === null ? [] : [state.ui.selected];
  }
}

/** The actions that are possible with these findings. */
export function offered(state: PageState, ids: readonly string[]): OfferedAction[] {
  return actionsFor(ids.flatMap((id) => findingOf(state, id) ?? []));
}

/** Nothing happens where the action is not possible, such as that of a key on a finding that is dismissed already. */
function perform(state: PageState, action: FindingAction, part: MenuOpener): Outcome {
  const ids = idsFor(state, part);
  if (!offered(state, ids).some((one) => one.action === action)) return quietly(state);
  return { state, effects: [act(action, ids)] };
}

function openMenu(state: PageState, opener: MenuOpener, at: { x: number; y: number }): Outcome {
  const ids = idsFor(state, opener);
  if (offered(state, ids).length === 0) return quietly(state);
  return {
    state: { ...state, menu: { ids, opener, x: at.x, y: at.y, active: 0 } },
    effects: [{ type: 'focus', part: 'menu' }],
  };
}

/** Of what is gone, or can do nothing any more, there is no menu. */
export function withoutEmptyMenu(state: PageState): Outcome {
  const { menu } = state;
  if (menu === null) return quietly(state);
  const count = offered(state, menu.ids).length;
  if (count === 0) return closeMenu(state);
  return quietly(menu.active < count ? state : { ...state, menu: { ...menu, active: count - 1 } });
}

function moveInMenu(state: PageState, to: 'first' | 'last' | 1 | -1): Outcome {
  if (state.menu === null) return quietly(state);
  const count = offered(state, state.menu.ids).length;
  const { active } = state.menu;
  const next = to === 'first' ? 0 : to === 'last' ? count - 1 : (active + to + count) % count;
  return {
    state: { ...state, menu: { ...state.menu, active: next } },
    effects: [{ type: 'focus', part: 'menu' }],
  };
}

function closeMenu(state: PageState): Outcome {
  if (state.menu === null) return quietly(state);
  return { state: { ...state, menu: null }, effects: [{ type: 'focus', part: state.menu.opener }] };
}

/** The menu closes before its command runs, so that the keyboard is back where it came from when the host asks for something. */
function chooseInMenu(state: PageState, action: FindingAction): Outcome {
  const { menu } = state;
  if (menu === null) return quietly(state);
  const closed = closeMenu(state);
  return { state: closed.state, effects: [...closed.effects, act(action, menu.ids)] };
}
