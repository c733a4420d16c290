import type { PageMessage } from '../src/protocol/findingsPage.ts';
import { isRepositoryPath } from '../src/protocol/repositoryPath.ts';
import { isFiltering } from './filter.ts';
import { listKey, menuKey, type Press } from './keyboard.ts';
import { isFollowable } from './markdown.ts';
import { activeRow, listOf, type MenuOpener, type PageState } from './model.ts';
import { actionOf, messageOf, partOf, selectionOf } from './press.ts';
import { chosenOf } from './selection.ts';
import type { Action } from './state.ts';

export interface InputTarget {
  readonly state: () => PageState;
  readonly dispatch: (action: Action) => void;
  readonly post: (message: PageMessage) => void;
  /** Moves the keyboard to the list's active row, if there is one. */
  readonly focusList: () => void;
  /** True while a key is held down. */
  readonly repeats: (repeats: boolean) => void;
}

/** Turns what the user does in `root` into actions and messages. The elements themselves have no listeners. */
export function listenTo(root: HTMLElement, target: InputTarget): void {
  root.addEventListener('click', (event) => onClick(event, target));
  root.addEventListener('contextmenu', (event) => onContextMenu(event, target));
  root.addEventListener('keydown', (event) => onKeyDown(event, root, target));
  root.addEventListener('input', (event) => onInput(event, target));
  root.addEventListener('change', (event) => onChange(event, target));
  // Scroll events do not bubble.
  root.addEventListener('scroll', (event) => onScroll(event, target), { capture: true, passive: true });
  root.addEventListener('scrollend', (event) => onScrollEnd(event, target), { capture: true });
  root.addEventListener('keyup', () => target.repeats(false));
  window.addEventListener('blur', () => {
    target.repeats(false);
    if (target.state().menu !== null) target.dispatch({ type: 'closeMenu' });
  });
  // VS Code gives the keyboard to the page as a whole ("Focus on Findings View"): hand it on, as its own views do.
  window.addEventListener('focus', () => {
    if (document.activeElement === document.body) target.focusList();
  });
}

function onClick(event: MouseEvent, target: InputTarget): void {
  const clicked = event.target;
  if (!(clicked instanceof Element)) return;
  if (target.state().menu !== null && clicked.closest('.menu') === null)
    target.dispatch({ type: 'closeMenu' });
  const link = clicked.closest<HTMLElement>('.markdown a, [data-file]');
  if (link !== null) {
    // Not past here: VS Code would open the link a second time.
    event.preventDefault();
    event.stopPropagation();
    followLink(link, target.post);
    return;
  }
  const actor = clicked.closest<HTMLElement>('[data-action]');
  const row = clicked.closest<HTMLElement>('.row');
  const run = clicked.closest<HTMLElement>('[data-run]')?.dataset['run'];
  if (actor !== null) onAction(actor, target);
  else if (row !== null) onRow(row, event, target);
  else if (run !== undefined) target.dispatch({ type: 'selectRun', id: run });
}

type LinkMessage = Extract<PageMessage, { type: 'link' | 'file' }>;

/** A link to the web or to a file; the host decides what of it is opened. */
export function followLink(link: HTMLElement, post: (message: LinkMessage) => void): void {
  const { file, line } = link.dataset;
  if (file === undefined) {
    const href = link.getAttribute('href') ?? '';
    if (isFollowable(href)) post({ type: 'link', href });
    return;
  }
  const repository = link.closest<HTMLElement>('[data-repository]')?.dataset['repository'];
  if (repository === undefined || !isRepositoryPath(file)) return;
  post({
    type: 'file',
    repository,
    path: file,
    line: line === undefined || line === '' ? null : Number(line),
  });
}

function onAction(actor: HTMLElement, { state, dispatch, post }: InputTarget): void {
  const message = messageOf(actor);
  if (message !== null) post(message);
  const opener = actor.dataset['action'] === 'openMenu' ? partOf(actor) : null;
  const action = opener === null ? actionOf(actor, state().ui) : menuAt(opener, actor);
  if (action !== null) dispatch(action);
}

/** Below what it belongs to. */
function menuAt(opener: MenuOpener, element: Element): Action {
  const { left, bottom } = element.getBoundingClientRect();
  return { type: 'openMenu', opener, at: { x: left, y: bottom } };
}

function onRow({ dataset }: HTMLElement, event: MouseEvent, { dispatch }: InputTarget): void {
  const key = dataset['row'];
  if (key === undefined) return;
  if (event.shiftKey) dispatch({ type: 'extendChosen', key });
  else if (key.startsWith('group:')) dispatch({ type: 'toggleGroup', key });
  else if (event.ctrlKey || event.metaKey) dispatch({ type: 'toggleChosen', key });
  else dispatch({ type: 'activate', key, open: 'focus' });
}

/** Of a row that is not chosen the menu is about this one alone. */
function onContextMenu(event: MouseEvent, target: InputTarget): void {
  const row = event.target instanceof Element ? event.target.closest<HTMLElement>('.row') : null;
  const key = row?.dataset['row'];
  if (key === undefined) return;
  event.preventDefault();
  const state = target.state();
  const isChosen = chosenOf(state).some((id) => key === `finding:${id}`);
  if (!isChosen) target.dispatch({ type: 'activate', key, open: 'no' });
  target.dispatch({ type: 'openMenu', opener: 'list', at: { x: event.clientX, y: event.clientY } });
}

function onKeyDown(event: KeyboardEvent, root: HTMLElement, target: InputTarget): void {
  const origin = event.target;
  if (!(origin instanceof Element) || event.altKey) return;
  if (!onKey(event, origin, root, target)) return;
  event.preventDefault();
  // VS Code would look for a keybinding of its own.
  event.stopPropagation();
}

function onKey(event: KeyboardEvent, origin: Element, root: HTMLElement, target: InputTarget): boolean {
  const press = { key: event.key, shift: event.shiftKey, control: event.ctrlKey || event.metaKey };
  if (target.state().menu !== null) return onMenuKey(press, target);
  if (press.key === 'F8' && !press.control) {
    target.repeats(event.repeat);
    target.dispatch({ type: 'step', by: press.shift ? -1 : 1 });
    return true;
  }
  if (press.control && press.key.toLowerCase() === 'f') return focusFilter(root);
  const row = origin.closest('.row');
  if (row !== null) return onListKey(event, press, row, target);
  if (press.control || press.shift) return false;
  return onPlainKey(press.key, origin, target);
}

function onMenuKey({ key }: Press, { dispatch }: InputTarget): boolean {
  const action = menuKey(key);
  if (action !== null) dispatch(action);
  return action !== null;
}

/** Ctrl+F (Cmd+F) leads to the filter, as in VS Code's lists. */
function focusFilter(root: HTMLElement): boolean {
  const filter = root.querySelector<HTMLElement>('.filter');
  filter?.focus();
  return filter !== null;
}

function onPlainKey(key: string, origin: Element, target: InputTarget): boolean {
  const { state, dispatch, focusList } = target;
  if (key === 'Enter' && origin instanceof HTMLElement && origin.matches('a[data-file]')) {
    followLink(origin, target.post);
    return true;
  }
  if (origin.closest('[role=tablist]') !== null) return onTabKey(key, target);
  if (origin.closest('.runs') !== null) return onRunKey(key, origin, target);
  if (key === 'Escape' && origin.closest('.toolbar') !== null && isFiltering(state().ui)) {
    dispatch({ type: 'clearFilter' });
    return true;
  }
  const leaves = key === 'Escape' ? '.toolbar, .batch, .detail' : key === 'ArrowDown' ? '.filter' : null;
  if (leaves === null || origin.closest(leaves) === null) return false;
  focusList();
  return true;
}

function onTabKey(key: string, { state, dispatch }: InputTarget): boolean {
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return false;
  dispatch({ type: 'tab', tab: state().ui.tab === 'findings' ? 'reviews' : 'findings' });
  return true;
}

function onRunKey(key: string, origin: Element, { state, dispatch }: InputTarget): boolean {
  const { runs } = state();
  const id = origin.closest<HTMLElement>('[data-run]')?.dataset['run'];
  const index = runs.findIndex((run) => run.id === id);
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    Home: 0,
    End: runs.length - 1,
    Enter: index,
    ' ': index,
  };
  const to = steps[key];
  if (to === undefined) return false;
  const run = runs[Math.min(Math.max(to, 0), runs.length - 1)];
  if (run !== undefined) dispatch({ type: 'selectRun', id: run.id });
  return true;
}

function onListKey(event: KeyboardEvent, press: Press, row: Element, target: InputTarget): boolean {
  const { state, dispatch, repeats } = target;
  if (press.key === 'ContextMenu' || (press.key === 'F10' && press.shift)) {
    dispatch(menuAt('list', row));
    return true;
  }
  const visible = (row.closest('.list')?.clientHeight ?? 0) / Math.max(1, row.clientHeight);
  const page = Math.max(1, Math.floor(visible) - 1);
  const action = listKey(press, listOf(state()), activeRow(state()), page);
  if (action === null || (action.type === 'escape' && !canEscape(state()))) return isListKey(press);
  repeats(event.repeat);
  dispatch(action);
  return true;
}

/** Where there is nothing to leave, the key is VS Code's. */
function canEscape(state: PageState): boolean {
  return isFiltering(state.ui) || chosenOf(state).length > 1;
}

/** Keys that scroll a page, at the list's ends too, where they change nothing. */
function isListKey({ key, control }: Press): boolean {
  return !control && /^(Arrow(Up|Down|Left|Right)|Page(Up|Down)|Home|End| )$/.test(key);
}

function onInput(event: Event, { dispatch }: InputTarget): void {
  const field = event.target instanceof Element ? event.target.closest('.filter') : null;
  const text: unknown = field === null ? undefined : Reflect.get(field, 'value');
  if (typeof text === 'string') dispatch({ type: 'filterText', text });
}

function onChange(event: Event, { dispatch }: InputTarget): void {
  if (!(event.target instanceof HTMLSelectElement)) return;
  const action = selectionOf(event.target.dataset['select'], event.target.value);
  if (action !== null) dispatch(action);
}

function onScroll(event: Event, { dispatch }: InputTarget): void {
  if (!(event.target instanceof Element) || !event.target.matches('.list')) return;
  const { scrollTop, clientHeight } = event.target;
  dispatch({ type: 'viewport', viewport: { top: scrollTop, height: clientHeight } });
}

function onScrollEnd(event: Event, { dispatch }: InputTarget): void {
  if (event.target instanceof Element && event.target.matches('.list'))
    dispatch({ type: 'scrolled', top: event.target.scrollTop });
}
