import type { PageMessage } from '../../../src/protocol/findingsPage.ts';
import type { Effect, PageState } from '../../../webview/model.ts';
import type { Snapshot } from '../../../webview/run.ts';
import { initialState, reduce, type Action } from '../../../webview/state.ts';
import { slices } from './fixtures.ts';

/** A page without a browser: its state, and what it asks for. */

export function after(state: PageState, ...actions: readonly Action[]): PageState {
  return actions.reduce((current, action) => reduce(current, action).state, state);
}

export function showing(shown: Snapshot): PageState {
  return after(initialState(undefined), ...slices(shown));
}

export function posted(effects: readonly Effect[]): PageMessage[] {
  return effects.flatMap((effect) => (effect.type === 'post' ? [effect.message] : []));
}
