import type { FindingAction, PageMessage } from '../src/protocol/findingsPage.ts';
import { isOpen } from '../src/protocol/knownFinding.ts';
import type {
  FindingDetail,
  ListedFinding,
  ListedRun,
  PlaceNow,
  RunDetail,
  RunSlice,
} from '../src/protocol/pageSlices.ts';
import { filterFindings, type FileName, type Filter } from './filter.ts';
import { groupFindings, sortFindings, type Grouping } from './grouping.ts';
import { findingKey, findRow, rowsOf, type ListModel } from './list.ts';
import { memoLast } from './memo.ts';
import type { Snapshot } from './run.ts';
import type { UiState } from './ui.ts';
import type { Viewport } from './virtual.ts';

/** Where the menu was opened from, and the keyboard goes back to. */
export type MenuOpener = 'list' | 'batch' | 'detail';

export interface MenuState {
  readonly ids: readonly string[];
  readonly opener: MenuOpener;
  /** CSS pixels from the page's corner. */
  readonly x: number;
  readonly y: number;
  /** Index of the item that has the keyboard. */
  readonly active: number;
}

export interface PageState {
  /** What the host sent; null until it did. */
  readonly findings: readonly ListedFinding[] | null;
  readonly places: Readonly<Record<string, PlaceNow>>;
  readonly run: RunSlice | null;
  readonly runs: readonly ListedRun[];
  readonly activeFile: FileName | null;
  readonly detail: FindingDetail | null;
  readonly runDetail: RunDetail | null;
  /** Reviews of which nothing is kept: asked for, and answered with nothing. */
  readonly goneRun: string | null;
  readonly ui: UiState;
  /** Ids of the findings that an action of the list is about. */
  readonly chosen: readonly string[];
  /** Key of the row from which Shift extends the choice. */
  readonly pivot: string | null;
  readonly viewport: Viewport;
  readonly menu: MenuState | null;
  /** A finding to reveal that the host has not brought yet. */
  readonly wanted: string | null;
  /** The host sent something that this page does not know. */
  readonly unreadable: boolean;
}

/** What is to be done outside of the state, in this order, once the new state is on the screen. */
export type Effect =
  | { readonly type: 'post'; readonly message: PageMessage }
  | { readonly type: 'announce'; readonly text: string }
  /** Bring the active row into view, and the keyboard to it where asked for. */
  | { readonly type: 'showActive'; readonly focus: 'always' | 'if-page-has-focus' }
  /** Bring the keyboard there. */
  | { readonly type: 'focus'; readonly part: 'menu' | 'run' | 'tab' | MenuOpener };

export interface Outcome {
  readonly state: PageState;
  readonly effects: readonly Effect[];
}

/** What each of some actions does; the page's are put together in webview/state.ts. */
export type Handlers<A extends { readonly type: string }> = {
  readonly [T in A['type']]: (state: PageState, action: Extract<A, { readonly type: T }>) => Outcome;
};

/** The findings, each where it is now. */
const placed = memoLast(
  (
    findings: readonly ListedFinding[],
    places: Readonly<Record<string, PlaceNow>>,
  ): readonly ListedFinding[] => {
    const moved = new Map(Object.entries(places));
    if (moved.size === 0) return findings;
    return findings.map((finding) => {
      const now = moved.get(finding.id);
      return now === undefined ? finding : { ...finding, ...now };
    });
  },
);

const noFindings: readonly ListedFinding[] = [];
const noRuns: readonly ListedRun[] = [];

export function findingsOf({ findings, places }: PageState): readonly ListedFinding[] {
  return placed(findings ?? noFindings, places);
}

const indexed = memoLast(
  (findings: readonly ListedFinding[]): ReadonlyMap<string, ListedFinding> =>
    new Map(findings.map((finding) => [finding.id, finding])),
);

export function findingOf(state: PageState, id: string | null): ListedFinding | undefined {
  return id === null ? undefined : indexed(findingsOf(state)).get(id);
}

/** Sorted before they are filtered: the order stays while somebody types. */
const sorted = memoLast(sortFindings);

const liesInSeveral = memoLast(
  (findings: readonly ListedFinding[]) => new Set(findings.map(({ repository }) => repository)).size > 1,
);

const listModel = memoLast(
  (
    findings: readonly ListedFinding[],
    severalRepositories: boolean,
    activeFile: FileName | null,
    runs: readonly ListedRun[],
    groupBy: Grouping,
    collapsed: readonly string[],
    ...filter: FilterFields
  ): ListModel => {
    const { shown, ...counts } = filterFindings(findings, filterOf(filter), activeFile);
    const groups = groupFindings(shown, groupBy, { runs, severalRepositories });
    const rows = rowsOf(groups, groupBy, collapsed);
    const indexes = new Map(rows.map(({ key }, index) => [key, index]));
    return {
      total: findings.length,
      shown: shown.length,
      grouping: groupBy,
      groups,
      rows,
      indexes,
      ...counts,
    };
  },
);

type FilterFields = readonly [
  Filter['text'],
  Filter['hidden'],
  Filter['states'],
  Filter['voice'],
  Filter['thisFile'],
  Filter['onlyNew'],
];

function filterOf([text, hidden, states, voice, thisFile, onlyNew]: FilterFields): Filter {
  return { text, hidden, states, voice, thisFile, onlyNew };
}

/** The list as the state shows it. */
export function listOf(state: PageState): ListModel {
  const { activeFile, runs, ui } = state;
  const findings = findingsOf(state);
  return listModel(
    sorted(findings, ui.sortBy),
    liesInSeveral(findings),
    ui.thisFile ? activeFile : null,
    // Else a review that runs would have the list made anew with each of its steps.
    ui.groupBy === 'run' ? runs : noRuns,
    ui.groupBy,
    ui.collapsed,
    ui.text,
    ui.hidden,
    ui.states,
    ui.voice,
    ui.thisFile,
    ui.onlyNew,
  );
}

/** The row that Tab leads to: the active one, else that of the finding in the detail pane, else the first; null without rows. */
export function activeRow(state: PageState): string | null {
  const list = listOf(state);
  const { active, selected } = state.ui;
  const candidates = [active, selected === null ? null : findingKey(selected)];
  return candidates.find((key) => findRow(list, key) !== undefined) ?? list.rows[0]?.key ?? null;
}

/** The finding in the detail pane. */
export function selectedFinding(state: PageState): ListedFinding | undefined {
  return findingOf(state, state.ui.selected);
}

/** What the top of the page is about; null until the host has said it. */
export function snapshotOf(state: PageState): Snapshot | null {
  return state.run === null || state.findings === null ? null : { ...state.run, findings: findingsOf(state) };
}

const openIn = memoLast((findings: readonly ListedFinding[]) => findings.filter(isOpen).length);

export function openCount({ findings }: PageState): number {
  return openIn(findings ?? noFindings);
}

export function withUi(state: PageState, change: Partial<UiState>): PageState {
  return { ...state, ui: { ...state.ui, ...change } };
}

export function quietly(state: PageState): Outcome {
  return { state, effects: [] };
}

export function post(message: PageMessage): Effect {
  return { type: 'post', message };
}

export function act(action: FindingAction, ids: readonly string[]): Effect {
  return post({ type: 'act', action, ids: [...ids] });
}
