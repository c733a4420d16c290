import {
  type CompareMessage,
  type CompareState as KeptState,
  compareStateSchema,
} from '../src/protocol/comparePage.ts';
import * as z from 'zod/mini';
import { Announcer } from './announcer.ts';
import { listenToComparison } from './compareInput.ts';
import {
  comparisonOf,
  initialCompareState,
  reduceCompare,
  type CompareAction,
  type CompareEffect,
} from './compareState.ts';
import { isRunning } from './compareText.ts';
import { patch } from './dom.ts';
import { viewCompare } from './viewCompare.ts';

/** What VS Code gives the page of a webview. */
export interface CompareApi {
  postMessage(message: CompareMessage): void;
  getState(): unknown;
  setState(state: KeptState): void;
}

/** How often a running review's clock is drawn, in ms. */
const tick = 1000;

/** Holds the state of the comparison, draws it, and does what its changes ask for. */
export class ComparePage {
  private readonly root = document.createElement('div');
  private readonly announcer: Announcer;
  private state = initialCompareState;
  private timer: number | undefined;
  /** Where the page was before it was hidden; CSS pixels. Null once it is there again. */
  private scroll: number | null;

  constructor(
    app: HTMLElement,
    private readonly vscode: CompareApi,
  ) {
    this.root.className = 'root';
    this.announcer = new Announcer(app);
    app.prepend(this.root);
    const kept = z.safeParse(compareStateSchema, vscode.getState());
    this.scroll = kept.success ? kept.data.scroll : null;
    listenToComparison(this.root, {
      state: () => this.state,
      dispatch: (action) => this.dispatch(action),
      post: (message) => this.vscode.postMessage(message),
      scrolled: () => this.keep(),
    });
    this.draw();
  }

  dispatch(action: CompareAction): void {
    const { state, effects } = reduceCompare(this.state, action);
    const isNew = state.comparison !== this.state.comparison;
    this.state = state;
    this.draw();
    if (isNew) this.arrive();
    for (const effect of effects) this.perform(effect);
  }

  private draw(): void {
    const focused = document.activeElement;
    const row = focused?.closest<HTMLElement>('[data-key]')?.dataset['key'];
    patch(this.root, [viewCompare(this.state, Date.now())]);
    // What had the keyboard may be gone, such as a button for what is done: then its row has it.
    if (focused !== null && !focused.isConnected && row !== undefined) this.rowOf(row)?.focus();
    const runs = isRunning(comparisonOf(this.state));
    if (runs && this.timer === undefined) this.timer = window.setInterval(() => this.draw(), tick);
    if (runs || this.timer === undefined) return;
    window.clearInterval(this.timer);
    this.timer = undefined;
  }

  /** There is something to scroll, and to keep. */
  private arrive(): void {
    const { page } = this;
    if (page !== null && this.scroll !== null && comparisonOf(this.state) !== null) {
      page.scrollTop = this.scroll;
      this.scroll = null;
    }
    this.keep();
  }

  /** So that the page is there again after a reload of the window. */
  private keep(): void {
    const comparison = comparisonOf(this.state);
    if (comparison === null) return;
    this.vscode.setState({ version: 1, run: comparison.run, scroll: this.page?.scrollTop ?? 0 });
  }

  private perform(effect: CompareEffect): void {
    switch (effect.type) {
      case 'post':
        this.vscode.postMessage(effect.message);
        return;
      case 'announce':
        this.announcer.say(effect.text);
        return;
      case 'focusMenu':
        this.root.querySelector<HTMLElement>('.menu-item[tabindex="0"]')?.focus({ preventScroll: true });
        return;
      case 'focusOpener':
        this.openerOf(effect.id)?.focus({ preventScroll: true });
    }
  }

  private get page(): Element | null {
    return this.root.querySelector('.compare');
  }

  private rowOf(key: string): HTMLElement | undefined {
    return this.all('[data-key]').find(({ dataset }) => dataset['key'] === key);
  }

  private openerOf(id: string): HTMLElement | undefined {
    return this.all('.more-actions').find(({ dataset }) => dataset['id'] === id);
  }

  private all(selector: string): HTMLElement[] {
    return [...this.root.querySelectorAll<HTMLElement>(selector)];
  }
}
