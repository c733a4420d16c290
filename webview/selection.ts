import type { ListedFinding } from '../src/protocol/pageSlices.ts';
import { groupKey } from './grouping.ts';
import { noFilter } from './filter.ts';
import { findingKey, findRow, idsBetween, idsOf, type Row } from './list.ts';
import {
  activeRow,
  findingOf,
  listOf,
  post,
  quietly,
  withUi,
  type Effect,
  type Handlers,
  type Outcome,
  type PageState,
} from './model.ts';

/*
 * Which rows are active and chosen, as in VS Code's own lists: one row is active (it has the keyboard), any number of findings
 * are chosen (actions are about them), and the one that was activated last is in the detail pane.
 */

export type ChoiceAction =
  /** The row becomes the active one; a finding is shown in the pane and, as `open` says, in the editor. */
  | { readonly type: 'activate'; readonly key: string; readonly open: Opening }
  | { readonly type: 'toggleChosen'; readonly key: string }
  | { readonly type: 'extendChosen'; readonly key: string }
  | { readonly type: 'chooseAll' }
  | { readonly type: 'step'; readonly by: 1 | -1 };

export const choosing: Handlers<ChoiceAction> = {
  activate: (state, { key, open }) => activate(state, key, open),
  toggleChosen: (state, { key }) => toggleChosen(state, key),
  extendChosen: (state, { key }) => extendChosen(state, key),
  chooseAll: (state) => chooseAll(state),
  step: (state, { by }) => step(state, by),
};

/** Into the editor, with the keyboard or without it, or only into the detail pane. */
export type Opening = 'focus' | 'preview' | 'no';

const show: Effect = { type: 'showActive', focus: 'always' };

/** Chosen findings that are on the screen: nothing is ever done to one that the user can't see. */
export function chosenOf(state: PageState): readonly string[] {
  const { indexes } = listOf(state);
  return state.chosen.filter((id) => indexes.has(findingKey(id)));
}

/** What an action of the list is about: what is chosen if the active row belongs to it, else what that row stands for. */
export function targetsOf(state: PageState): readonly string[] {
  const list = listOf(state);
  const row = findRow(list, activeRow(state));
  if (row === undefined) return [];
  const chosen = chosenOf(state);
  return row.kind === 'finding' && chosen.includes(row.finding.id) ? chosen : idsOf(list, row);
}

/** The row becomes the active one, and its finding the only chosen one. */
function activate(state: PageState, key: string, open: Opening): Outcome {
  const row = findRow(listOf(state), key);
  if (row === undefined) return quietly(state);
  if (row.kind === 'group')
    return { state: withUi({ ...state, pivot: key }, { active: key }), effects: [show] };
  const { id } = row.finding;
  const next = { ...state, chosen: [id], pivot: key };
  return {
    state: withUi(next, { active: key, selected: id }),
    effects: [show, ...openEffects(row.finding, open)],
  };
}

export function openEffects(finding: ListedFinding | undefined, open: Opening): Effect[] {
  if (open === 'no' || finding?.place !== 'anchored') return [];
  return [post({ type: 'open', id: finding.id, preserveFocus: open === 'preview' })];
}

/** Adds the finding to the chosen ones, or takes it out. */
function toggleChosen(state: PageState, key: string): Outcome {
  const row = findRow(listOf(state), key);
  if (row?.kind !== 'finding') return quietly(state);
  const { id } = row.finding;
  const before = chosenOf(state);
  const chosen = before.includes(id) ? before.filter((one) => one !== id) : [...before, id];
  return chose({ ...state, pivot: key }, chosen, key);
}

/** Chooses all from the row where the choice began to this one. */
function extendChosen(state: PageState, key: string): Outcome {
  if (findRow(listOf(state), key) === undefined) return quietly(state);
  const list = listOf(state);
  const pivot = findRow(list, state.pivot)?.key ?? activeRow(state) ?? key;
  return chose({ ...state, pivot }, idsBetween(list, pivot, key), key);
}

function chooseAll(state: PageState): Outcome {
  const ids = listOf(state).rows.flatMap((row) => (row.kind === 'finding' ? [row.finding.id] : []));
  return chose(state, ids, activeRow(state));
}

/** Only the active row's finding stays chosen. */
export function chooseActiveOnly(state: PageState): Outcome {
  const active = activeRow(state);
  const row = findRow(listOf(state), active);
  return chose(state, row?.kind === 'finding' ? [row.finding.id] : [], active);
}

function chose(state: PageState, chosen: readonly string[], active: string | null): Outcome {
  return {
    state: withUi({ ...state, chosen }, { active }),
    effects: [show, { type: 'announce', text: `${chosen.length} selected` }],
  };
}

/** The next or previous finding on the screen, from the end to the beginning too; open in the editor, the keyboard stays here. */
function step(state: PageState, by: 1 | -1): Outcome {
  const list = listOf(state);
  const from = list.indexes.get(activeRow(state) ?? '') ?? 0;
  const count = list.rows.length;
  for (let distance = 1; distance <= count; distance++) {
    const row: Row | undefined = list.rows[(from + by * distance + count * 2) % count];
    if (row?.kind === 'finding') return activate(state, row.key, 'preview');
  }
  return quietly(state);
}

/** Brings a finding into view, whatever hid it; waits for one that the host has not brought yet. */
export function reveal(state: PageState, id: string): Outcome {
  const finding = findingOf(state, id);
  if (finding === undefined) return quietly({ ...state, wanted: id });
  const key = findingKey(id);
  const group = groupKey(finding, state.ui.groupBy);
  const shown = withUi(
    { ...state, wanted: null, chosen: [id], pivot: key },
    {
      tab: 'findings',
      selected: id,
      active: key,
      collapsed: state.ui.collapsed.filter((one) => one !== group),
    },
  );
  return {
    state: findRow(listOf(shown), key) === undefined ? withUi(shown, showingState(finding)) : shown,
    effects: [{ type: 'showActive', focus: 'if-page-has-focus' }],
  };
}

/** No filter but the usual one, which hides what is fixed or dismissed, and this finding's state. */
function showingState({ state }: ListedFinding): Partial<PageState['ui']> {
  const states = state === 'open' ? [...noFilter.states] : [...noFilter.states, state];
  return { ...noFilter, hidden: [], states };
}
