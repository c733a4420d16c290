import type { PageMessage } from '../src/protocol/findingsPage.ts';
import { Announcer } from './announcer.ts';
import { patch } from './dom.ts';
import { isTicking } from './header.ts';
import { listenTo } from './input.ts';
import { activeRow, listOf, snapshotOf, type Effect, type PageState } from './model.ts';
import { initialState, reduce, type Action } from './state.ts';
import { viewPage } from './view.ts';
import { isInView } from './virtual.ts';

/** What VS Code gives the page of a webview. */
export interface VsCodeApi {
  postMessage(message: PageMessage): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** How often a running review's clock is drawn, in ms. */
const tick = 1000;

/** Where the keyboard goes when the element that had it is gone: by the part of the page that this was in, then in general. */
const successors: readonly (readonly [part: string, successor: string])[] = [
  ['.toolbar', '.filter'],
  ['.list, .batch, .detail', '.row[tabindex="0"], .run-row[tabindex="0"]'],
];
const lastSuccessor = '.run';

/** The element that an effect brings the keyboard to. */
const parts: Readonly<Record<Extract<Effect, { type: 'focus' }>['part'], string>> = {
  menu: '.menu-item[tabindex="0"]',
  list: '.row[tabindex="0"]',
  batch: '.batch .more-actions',
  detail: '.detail .more-actions',
  tab: '.tab[aria-selected="true"]',
  run: '.run-row[tabindex="0"]',
};

/** Holds the state, draws it, and does what its changes ask for. */
export class Page {
  private readonly root = document.createElement('div');
  private readonly announcer: Announcer;
  private readonly sizes: ResizeObserver;
  private measured: Element | null = null;
  private state: PageState;
  private timer: number | undefined;
  /** By type, what was last to be told to the host while a key is held down; told when the key is let go. */
  private readonly passed = new Map<PageMessage['type'], PageMessage>();
  private keyRepeats = false;

  constructor(
    app: HTMLElement,
    private readonly vscode: VsCodeApi,
  ) {
    this.root.className = 'root';
    this.announcer = new Announcer(app);
    app.prepend(this.root);
    this.state = initialState(vscode.getState());
    this.sizes = new ResizeObserver(() => this.measure());
    listenTo(this.root, {
      state: () => this.state,
      dispatch: (action) => this.dispatch(action),
      post: (message) => this.vscode.postMessage(message),
      focusList: () => this.showActive(true),
      repeats: (repeats) => this.setKeyRepeats(repeats),
    });
    this.draw();
  }

  dispatch(action: Action): void {
    const before = this.state;
    const { state, effects } = reduce(before, action);
    this.state = state;
    this.draw();
    if (state.ui !== before.ui) this.vscode.setState(state.ui);
    for (const effect of effects) this.perform(effect);
  }

  private draw(): void {
    const focused = document.activeElement;
    const successor = focused !== null && this.root.contains(focused) ? successorOf(focused) : null;
    patch(this.root, [viewPage(this.state, Date.now())]);
    if (focused !== null && successor !== null && document.activeElement !== focused)
      this.moveFocus(focused, successor);
    this.keepTime();
    this.watchList();
  }

  /** After a drawing that took the keyboard from `focused`: its element was moved, or it is gone. */
  private moveFocus(focused: Element, successor: string): void {
    const target = focused.isConnected ? focused : (this.find(successor) ?? this.find(lastSuccessor));
    if (target instanceof HTMLElement) target.focus({ preventScroll: true });
  }

  /** The page has a timer only while a clock runs. */
  private keepTime(): void {
    const ticking = isTicking(snapshotOf(this.state));
    if (ticking && this.timer === undefined) this.timer = window.setInterval(() => this.draw(), tick);
    if (ticking || this.timer === undefined) return;
    window.clearInterval(this.timer);
    this.timer = undefined;
  }

  /** A list that has just come onto the screen is scrolled to where it was, and is measured from now on. */
  private watchList(): void {
    const list = this.find('.list');
    if (list === this.measured) return;
    this.sizes.disconnect();
    this.measured = list;
    if (list === null) return;
    if (listOf(this.state).rows.length > 0) list.scrollTop = this.state.ui.scroll;
    this.sizes.observe(list);
  }

  /** The details below the list take room from it when they arrive: the active row stays in view where it was. */
  private measure(): void {
    if (this.measured === null) return;
    const { scrollTop, clientHeight } = this.measured;
    const list = listOf(this.state);
    const wasInView = isInView(list.indexes.get(activeRow(this.state) ?? ''), this.state.viewport);
    this.dispatch({ type: 'viewport', viewport: { top: scrollTop, height: clientHeight } });
    if (wasInView) this.showActive(false);
  }

  private perform(effect: Effect): void {
    switch (effect.type) {
      case 'post':
        if (this.keyRepeats) this.passed.set(effect.message.type, effect.message);
        else this.vscode.postMessage(effect.message);
        return;
      case 'announce':
        this.announcer.say(effect.text);
        return;
      case 'showActive':
        this.showActive(effect.focus === 'always' || document.hasFocus());
        return;
      case 'focus': {
        const element = this.find(parts[effect.part]);
        if (!(element instanceof HTMLElement)) return;
        element.focus({ preventScroll: true });
        element.scrollIntoView({ block: 'nearest' });
      }
    }
  }

  private setKeyRepeats(repeats: boolean): void {
    this.keyRepeats = repeats;
    if (repeats) return;
    for (const message of this.passed.values()) this.vscode.postMessage(message);
    this.passed.clear();
  }

  private showActive(withFocus: boolean): void {
    const row = this.find('.row[tabindex="0"], .run-row[tabindex="0"]');
    if (!(row instanceof HTMLElement)) return;
    if (withFocus) row.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
  }

  private find(selector: string): Element | null {
    return this.root.querySelector(selector);
  }
}

function successorOf(focused: Element): string {
  return successors.find(([part]) => focused.closest(part) !== null)?.[1] ?? lastSuccessor;
}
