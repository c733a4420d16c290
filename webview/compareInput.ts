import { type CompareMessage, rights } from '../src/protocol/comparePage.ts';
import { findingActions } from '../src/protocol/findingsPage.ts';
import type { CompareAction, CompareState } from './compareState.ts';
import { followLink } from './input.ts';
import { menuKey } from './keyboard.ts';

export interface CompareInputTarget {
  readonly state: () => CompareState;
  readonly dispatch: (action: CompareAction) => void;
  readonly post: (message: CompareMessage) => void;
  /** The page has come to rest elsewhere. */
  readonly scrolled: () => void;
}

/** Turns what the user does in the comparison into actions and messages. The elements themselves have no listeners. */
export function listenToComparison(root: HTMLElement, target: CompareInputTarget): void {
  root.addEventListener('click', (event) => onClick(event, target));
  root.addEventListener('keydown', (event) => onKeyDown(event, root, target));
  root.addEventListener('scrollend', () => target.scrolled(), { capture: true });
  window.addEventListener('blur', () => closeMenu(target));
}

function onClick(event: MouseEvent, target: CompareInputTarget): void {
  const clicked = event.target;
  if (!(clicked instanceof Element)) return;
  if (clicked.closest('.menu') === null) closeMenu(target);
  const link = clicked.closest<HTMLElement>('.markdown a, [data-file]');
  if (link !== null) {
    // Not past here: VS Code would open the link a second time.
    event.preventDefault();
    event.stopPropagation();
    followLink(link, target.post);
    return;
  }
  const actor = clicked.closest<HTMLElement>('[data-action]');
  if (actor !== null) onAction(actor, target);
}

function onAction(actor: HTMLElement, { dispatch, post }: CompareInputTarget): void {
  const { action, id } = actor.dataset;
  if (action === 'raw' && id !== undefined) post({ type: 'raw', run: id });
  const meant = compareActionOf(actor);
  if (meant !== null) dispatch(meant);
}

/** What a click on an element with `data-action` means; null where it is none of the known words. */
export function compareActionOf(actor: HTMLElement): CompareAction | null {
  const { action, id = '', perform, right, codex = '', claude = '' } = actor.dataset;
  const performed = findingActions.find((one) => one === perform);
  switch (action) {
    case 'open':
    case 'reveal':
      return { type: action, id };
    case 'openMenu': {
      const { left, bottom } = actor.getBoundingClientRect();
      return { type: 'openMenu', id, at: { x: left, y: bottom } };
    }
    case 'perform':
      return performed === undefined ? null : { type: 'perform', action: performed, id };
    case 'chooseInMenu':
      return performed === undefined ? null : { type: 'chooseInMenu', action: performed };
    case 'decide': {
      const known = rights.find((one) => one === right);
      return known === undefined ? null : { type: 'decide', codex, claude, right: known };
    }
    default:
      return null;
  }
}

function onKeyDown(event: KeyboardEvent, root: HTMLElement, target: CompareInputTarget): void {
  const origin = event.target;
  if (!(origin instanceof Element) || event.altKey) return;
  if (!onKey(event, origin, root, target)) return;
  event.preventDefault();
  // VS Code would look for a keybinding of its own.
  event.stopPropagation();
}

function onKey(
  event: KeyboardEvent,
  origin: Element,
  root: HTMLElement,
  target: CompareInputTarget,
): boolean {
  const { key } = event;
  if (target.state().menu !== null) {
    const action = menuKey(key);
    if (action?.type === 'moveInMenu' || action?.type === 'closeMenu') target.dispatch(action);
    return action !== null;
  }
  if (event.ctrlKey || event.metaKey) return false;
  if (key === 'F8') return step(root, origin, event.shiftKey ? -1 : 1);
  if (key === 'Enter' && origin instanceof HTMLElement && origin.matches('a[data-file]')) {
    followLink(origin, target.post);
    return true;
  }
  return false;
}

/** Goes from finding to finding, as F8 does in the editor. */
function step(root: HTMLElement, origin: Element, by: 1 | -1): boolean {
  const rows = [...root.querySelectorAll<HTMLElement>('[data-key]')];
  if (rows.length === 0) return false;
  const current = origin.closest<HTMLElement>('[data-key]');
  const index = current === null ? (by === 1 ? -1 : 0) : rows.indexOf(current);
  const next = rows[(index + by + rows.length) % rows.length];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  return true;
}

function closeMenu({ state, dispatch }: CompareInputTarget): void {
  if (state().menu !== null) dispatch({ type: 'closeMenu' });
}
