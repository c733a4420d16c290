import * as z from 'zod/mini';
import { priorities, type Finding, type Priority } from '../src/protocol/finding.ts';
import type { PageMessage, Snapshot } from '../src/protocol/findingsPage.ts';
import { announcement, shownText } from './announce.ts';
import { findingKey, findRow, groupKey, listModel, type ListModel, type Row } from './list.ts';

/**
 * What belongs to the page alone and survives a reload (VS Code destroys a hidden view). Everything else comes from the
 * snapshot. Anything unreadable, such as the state of another version, is replaced by the default.
 */
const uiSchema = z.object({
  version: z.literal(1),
  /** Words that every shown finding contains. */
  text: z.string(),
  /** Priorities that are filtered out. */
  hidden: z.array(z.enum(priorities)),
  /** Keys of the groups that are closed. */
  collapsed: z.array(z.string()),
  /** Id of the finding in the detail pane. */
  selected: z.nullable(z.string()),
  /** Key of the row that Tab leads to. */
  active: z.nullable(z.string()),
  /** Of the list, in CSS pixels. */
  scroll: z.number(),
  summaryOpen: z.boolean(),
});
export type UiState = z.infer<typeof uiSchema>;

export const defaultUi: UiState = {
  version: 1,
  text: '',
  hidden: [],
  collapsed: [],
  selected: null,
  active: null,
  scroll: 0,
  summaryOpen: false,
};

/** Closed groups of files that are long gone are forgotten beyond this number, oldest first. */
const maxCollapsed = 200;

export interface PageState {
  /** Null until the host answered `ready`. */
  readonly snapshot: Snapshot | null;
  readonly ui: UiState;
  /** A finding to reveal that no snapshot has brought yet. */
  readonly wanted: string | null;
  /** The host sent something that this page does not know. */
  readonly unreadable: boolean;
}

export type Action =
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly type: 'reveal'; readonly id: string }
  | { readonly type: 'unreadable' }
  | { readonly type: 'filterText'; readonly text: string }
  | { readonly type: 'togglePriority'; readonly priority: Priority }
  | { readonly type: 'clearFilter' }
  /** The row becomes the active one; a finding is shown in the pane and, as `open` says, in the editor. */
  | { readonly type: 'activate'; readonly key: string; readonly open: 'focus' | 'preview' }
  | { readonly type: 'toggleGroup'; readonly key: string }
  /** Opens the place of the finding in the detail pane. */
  | { readonly type: 'openSelected' }
  | { readonly type: 'closeDetail' }
  | { readonly type: 'toggleSummary' }
  | { readonly type: 'scrolled'; readonly top: number };

/** What is to be done outside of the state, in this order, once the new state is on the screen. */
export type Effect =
  | { readonly type: 'post'; readonly message: PageMessage }
  | { readonly type: 'announce'; readonly text: string }
  /** Bring the active row into view, and the keyboard to it where asked for. */
  | { readonly type: 'showActive'; readonly focus: 'always' | 'if-page-has-focus' };

export interface Outcome {
  readonly state: PageState;
  readonly effects: readonly Effect[];
}

/** @param saved what `getState` gave: of any shape, because another version may have written it */
export function initialState(saved: unknown): PageState {
  const parsed = z.safeParse(uiSchema, saved);
  return { snapshot: null, ui: parsed.success ? parsed.data : defaultUi, wanted: null, unreadable: false };
}

/** True where the filter is set to anything, whether or not it hides a finding now. */
export function isFiltering(ui: UiState): boolean {
  return ui.text.trim() !== '' || ui.hidden.length > 0;
}

/** The list as the state shows it. */
export function listOf(state: PageState): ListModel {
  return listModel(state.snapshot?.findings ?? [], state.ui);
}

export function reduce(state: PageState, action: Action): Outcome {
  switch (action.type) {
    case 'snapshot':
      return applySnapshot(state, action.snapshot);
    case 'reveal':
      return reveal(state, action.id);
    case 'unreadable':
      return quietly({ ...state, unreadable: true });
    case 'filterText':
      return filtered(state, { text: action.text });
    case 'togglePriority':
      return filtered(state, { hidden: toggled(state.ui.hidden, action.priority) });
    case 'clearFilter':
      return isFiltering(state.ui) ? filtered(state, { text: '', hidden: [] }) : quietly(state);
    case 'activate':
      return activate(state, action.key, action.open);
    case 'toggleGroup':
      return toggleGroup(state, action.key);
    case 'openSelected':
      return { state, effects: openEffects(listOf(state).selected, 'focus') };
    case 'closeDetail':
      return { state: withUi(state, { selected: null }), effects: [{ type: 'showActive', focus: 'always' }] };
    case 'toggleSummary':
      return quietly(withUi(state, { summaryOpen: !state.ui.summaryOpen }));
    case 'scrolled':
      return quietly(withUi(state, { scroll: action.top }));
  }
}

function applySnapshot(state: PageState, snapshot: Snapshot): Outcome {
  const before = listOf(state);
  const next: PageState = { ...state, snapshot, unreadable: false };
  const kept = withUi(next, { active: nearest(before, listOf(next).rows, state.ui.active) });
  const news = announcement(state.snapshot, snapshot);
  const effects: Effect[] = news === null ? [] : [{ type: 'announce', text: news }];
  if (state.wanted === null || !has(snapshot, state.wanted)) return { state: kept, effects };
  const revealed = reveal(kept, state.wanted);
  return { state: revealed.state, effects: [...effects, ...revealed.effects] };
}

/** The active row, or, where it is gone, the one that stands in its place now. Null (= the first row) where neither is known. */
function nearest(before: ListModel, rows: readonly Row[], active: string | null): string | null {
  if (active === null || findRow(rows, active) !== undefined) return active;
  const index = before.rows.findIndex(({ key }) => key === active);
  // Not shown before either: before the first snapshot, or collapsed. It may come back.
  return index === -1 ? active : (rows[Math.min(index, rows.length - 1)]?.key ?? null);
}

function reveal(state: PageState, id: string): Outcome {
  const finding = state.snapshot?.findings.find((one) => one.id === id);
  if (finding === undefined) return quietly({ ...state, wanted: id });
  const group = groupKey(finding);
  const ui = {
    selected: id,
    active: findingKey(id),
    collapsed: state.ui.collapsed.filter((key) => key !== group),
  };
  const shown = withUi({ ...state, wanted: null }, ui);
  const hidden = findRow(listOf(shown).rows, findingKey(id)) === undefined;
  return {
    state: hidden ? withUi(shown, { text: '', hidden: [] }) : shown,
    effects: [{ type: 'showActive', focus: 'if-page-has-focus' }],
  };
}

function filtered(state: PageState, change: Partial<UiState>): Outcome {
  const next = withUi(state, change);
  return { state: next, effects: [{ type: 'announce', text: shownText(listOf(next)) }] };
}

function activate(state: PageState, key: string, open: 'focus' | 'preview'): Outcome {
  const row = findRow(listOf(state).rows, key);
  if (row === undefined) return quietly(state);
  const show: Effect = { type: 'showActive', focus: 'always' };
  if (row.kind === 'group') return { state: withUi(state, { active: key }), effects: [show] };
  return {
    state: withUi(state, { active: key, selected: row.finding.id }),
    effects: [show, ...openEffects(row.finding, open)],
  };
}

function openEffects(finding: Finding | null, open: 'focus' | 'preview'): Effect[] {
  if (finding?.place !== 'anchored') return [];
  return [{ type: 'post', message: { type: 'open', id: finding.id, preserveFocus: open === 'preview' } }];
}

function toggleGroup(state: PageState, key: string): Outcome {
  const collapsed = toggled(state.ui.collapsed, key).slice(-maxCollapsed);
  return {
    state: withUi(state, { active: key, collapsed }),
    effects: [{ type: 'showActive', focus: 'always' }],
  };
}

function has(snapshot: Snapshot, id: string): boolean {
  return snapshot.findings.some((finding) => finding.id === id);
}

function toggled<T>(list: readonly T[], item: T): T[] {
  return list.includes(item) ? list.filter((one) => one !== item) : [...list, item];
}

function withUi(state: PageState, change: Partial<UiState>): PageState {
  return { ...state, ui: { ...state.ui, ...change } };
}

function quietly(state: PageState): Outcome {
  return { state, effects: [] };
}
