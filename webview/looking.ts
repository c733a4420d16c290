import { quietly, selectedFinding, withUi, type Handlers } from './model.ts';
import { openEffects } from './selection.ts';
import type { Tab } from './ui.ts';
import type { Viewport } from './virtual.ts';

/** What is on the screen besides the list's rows. */
export type LookAction =
  | { readonly type: 'tab'; readonly tab: Tab }
  /** Opens the place of the finding in the detail pane. */
  | { readonly type: 'openSelected' }
  | { readonly type: 'closeDetail' }
  | { readonly type: 'toggleSummary' }
  | { readonly type: 'selectRun'; readonly id: string }
  | { readonly type: 'closeRun' }
  | { readonly type: 'toggleRaw' }
  /** What of the list is visible now. */
  | { readonly type: 'viewport'; readonly viewport: Viewport }
  /** The list has come to rest there; CSS pixels. */
  | { readonly type: 'scrolled'; readonly top: number };

export const looking: Handlers<LookAction> = {
  tab: (state, { tab }) => ({ state: withUi(state, { tab }), effects: [{ type: 'focus', part: 'tab' }] }),
  openSelected: (state) => ({ state, effects: openEffects(selectedFinding(state), 'focus') }),
  closeDetail: (state) => ({
    state: withUi({ ...state, chosen: [], detail: null }, { selected: null }),
    effects: [{ type: 'showActive', focus: 'always' }],
  }),
  toggleSummary: (state) => quietly(withUi(state, { summaryOpen: !state.ui.summaryOpen })),
  selectRun: (state, { id }) => ({
    state: withUi(state, { run: id, rawOpen: false }),
    effects: [{ type: 'focus', part: 'run' }],
  }),
  closeRun: (state) => ({
    state: withUi(state, { run: null }),
    effects: [{ type: 'focus', part: 'run' }],
  }),
  toggleRaw: (state) => quietly(withUi(state, { rawOpen: !state.ui.rawOpen })),
  viewport: (state, { viewport }) => quietly({ ...state, viewport }),
  scrolled: (state, { top }) => quietly(withUi(state, { scroll: top })),
};
