import type { Priority } from '../src/protocol/finding.ts';
import { shownText } from './announce.ts';
import { isFiltering, noFilter, type Filter } from './filter.ts';
import type { ShownState } from './findingText.ts';
import { listOf, quietly, withUi, type Handlers, type Outcome, type PageState } from './model.ts';
import { chooseActiveOnly, chosenOf } from './selection.ts';
import type { UiState } from './ui.ts';

/** What the list shows, and in which order. */
export type ArrangeAction =
  | { readonly type: 'filterText'; readonly text: string }
  | { readonly type: 'togglePriority'; readonly priority: Priority }
  | { readonly type: 'toggleState'; readonly state: ShownState }
  | { readonly type: 'filterBy'; readonly change: Partial<Pick<Filter, 'voice' | 'thisFile' | 'onlyNew'>> }
  | { readonly type: 'clearFilter' }
  /** One step back: first the choice of several, then the filter. */
  | { readonly type: 'escape' }
  | { readonly type: 'toggleFilter' }
  | { readonly type: 'arrange'; readonly change: Partial<Pick<UiState, 'groupBy' | 'sortBy'>> }
  | { readonly type: 'toggleGroup'; readonly key: string };

/** Closed groups of files that are long gone are forgotten beyond this number, oldest first. */
const maxCollapsed = 200;

export const arranging: Handlers<ArrangeAction> = {
  filterText: (state, { text }) => filtered(state, { text }),
  togglePriority: (state, { priority }) => filtered(state, { hidden: toggled(state.ui.hidden, priority) }),
  toggleState: (state, action) => filtered(state, { states: toggled(state.ui.states, action.state) }),
  filterBy: (state, { change }) => filtered(state, change),
  clearFilter: (state) => clearFilter(state),
  escape: (state) => (chosenOf(state).length > 1 ? chooseActiveOnly(state) : clearFilter(state)),
  toggleFilter: (state) => quietly(withUi(state, { filterOpen: !state.ui.filterOpen })),
  arrange: (state, { change }) => quietly(withUi(state, change)),
  toggleGroup: (state, { key }) => {
    const collapsed = toggled(state.ui.collapsed, key).slice(-maxCollapsed);
    return {
      state: withUi(state, { active: key, collapsed }),
      effects: [{ type: 'showActive', focus: 'always' }],
    };
  },
};

function clearFilter(state: PageState): Outcome {
  if (!isFiltering(state.ui)) return quietly(state);
  return filtered(state, { ...noFilter, hidden: [], states: [...noFilter.states] });
}

function filtered(state: PageState, ui: Partial<UiState>): Outcome {
  const next = withUi(state, ui);
  return { state: next, effects: [{ type: 'announce', text: shownText(listOf(next)) }] };
}

function toggled<T>(list: readonly T[], item: T): T[] {
  return list.includes(item) ? list.filter((one) => one !== item) : [...list, item];
}
