import { priorities, type Priority } from '../src/protocol/finding.ts';
import { pageCommands, type PageCommand, type PageMessage } from '../src/protocol/findingsPage.ts';
import { listKey } from './keyboard.ts';
import { isFollowable } from './markdown.ts';
import { isFiltering, listOf, type Action, type PageState } from './state.ts';

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
  root.addEventListener('keydown', (event) => onKeyDown(event, root, target));
  root.addEventListener('input', (event) => onInput(event, target));
  // Scroll events do not bubble.
  root.addEventListener('scrollend', (event) => onScrollEnd(event, target), { capture: true });
  root.addEventListener('keyup', () => target.repeats(false));
  window.addEventListener('blur', () => target.repeats(false));
  // VS Code gives the keyboard to the page as a whole ("Focus on Findings View"): hand it on, as its own views do.
  window.addEventListener('focus', () => {
    if (document.activeElement === document.body) target.focusList();
  });
}

function onClick(event: Event, target: InputTarget): void {
  const clicked = event.target;
  if (!(clicked instanceof Element)) return;
  const link = clicked.closest('.markdown a');
  if (link !== null) {
    // Not past here: VS Code would open the link a second time.
    event.preventDefault();
    event.stopPropagation();
    const href = link.getAttribute('href') ?? '';
    if (isFollowable(href)) target.post({ type: 'link', href });
    return;
  }
  const actor = clicked.closest<HTMLElement>('[data-action]');
  const row = clicked.closest<HTMLElement>('.row');
  if (actor !== null) onAction(actor, target);
  else if (row !== null) onRow(row, target);
}

function onAction({ dataset }: HTMLElement, { dispatch, post }: InputTarget): void {
  const { action, command, priority } = dataset;
  if (action === 'command' && isCommand(command)) post({ type: 'command', command });
  else if (action === 'togglePriority' && isPriority(priority))
    dispatch({ type: 'togglePriority', priority });
  else if (
    action === 'clearFilter' ||
    action === 'toggleSummary' ||
    action === 'openSelected' ||
    action === 'closeDetail'
  ) {
    dispatch({ type: action });
  }
}

function onRow({ dataset }: HTMLElement, { dispatch }: InputTarget): void {
  const key = dataset['row'];
  if (key === undefined) return;
  if (key.startsWith('group:')) dispatch({ type: 'toggleGroup', key });
  else dispatch({ type: 'activate', key, open: 'focus' });
}

function onKeyDown(event: KeyboardEvent, root: HTMLElement, target: InputTarget): void {
  const origin = event.target;
  if (!(origin instanceof Element) || event.altKey || event.shiftKey) return;
  const handled = event.ctrlKey || event.metaKey ? onChord(event, root) : onPlainKey(event, origin, target);
  if (!handled) return;
  event.preventDefault();
  // VS Code would look for a keybinding of its own.
  event.stopPropagation();
}

/** Ctrl+F (Cmd+F) leads to the filter, as in VS Code's lists. */
function onChord(event: KeyboardEvent, root: HTMLElement): boolean {
  const filter = root.querySelector<HTMLElement>('.filter');
  if (event.key.toLowerCase() !== 'f' || filter === null) return false;
  filter.focus();
  return true;
}

function onPlainKey(event: KeyboardEvent, origin: Element, target: InputTarget): boolean {
  if (origin.closest('.row') !== null) return onListKey(event, origin, target);
  const { key } = event;
  const filtering = isFiltering(target.state().ui);
  if (key === 'Escape' && origin.closest('.toolbar') !== null && filtering) {
    target.dispatch({ type: 'clearFilter' });
    return true;
  }
  const leaves = key === 'Escape' ? '.toolbar, .detail' : key === 'ArrowDown' ? '.filter' : null;
  if (leaves === null || origin.closest(leaves) === null) return false;
  target.focusList();
  return true;
}

function onListKey(event: KeyboardEvent, row: Element, target: InputTarget): boolean {
  const { state, dispatch, repeats } = target;
  const visible = (row.closest('.list')?.clientHeight ?? 0) / Math.max(1, row.clientHeight);
  const action = listKey(event.key, listOf(state()), Math.max(1, Math.floor(visible) - 1));
  if (action === null || (action.type === 'clearFilter' && !isFiltering(state().ui)))
    return isListKey(event.key);
  repeats(event.repeat);
  dispatch(action);
  return true;
}

/** Keys that scroll a page, at the list's ends too, where they change nothing. */
function isListKey(key: string): boolean {
  return /^(Arrow(Up|Down|Left|Right)|Page(Up|Down)|Home|End| )$/.test(key);
}

function onInput(event: Event, { dispatch }: InputTarget): void {
  const field = event.target instanceof Element ? event.target.closest('.filter') : null;
  const text: unknown = field === null ? undefined : Reflect.get(field, 'value');
  if (typeof text === 'string') dispatch({ type: 'filterText', text });
}

function onScrollEnd(event: Event, { dispatch }: InputTarget): void {
  if (event.target instanceof Element && event.target.matches('.list'))
    dispatch({ type: 'scrolled', top: event.target.scrollTop });
}

function isCommand(command: string | undefined): command is PageCommand {
  return (pageCommands as readonly (string | undefined)[]).includes(command);
}

function isPriority(priority: string | undefined): priority is Priority {
  return (priorities as readonly (string | undefined)[]).includes(priority);
}
