import type { HostMessage } from '../src/protocol/findingsPage.ts';
import { announcement } from './announce.ts';
import { findRow, type ListModel } from './list.ts';
import { withoutEmptyMenu } from './menu.ts';
import {
  findingOf,
  listOf,
  quietly,
  snapshotOf,
  withUi,
  type Handlers,
  type Outcome,
  type PageState,
} from './model.ts';
import { reveal } from './selection.ts';

/** What the host sends, and what of it could not be read. */
export type HeardAction = HostMessage | { readonly type: 'unreadable' };

export const hearing: Handlers<HeardAction> = {
  findings: (state, { findings }) => hearFindings(state, { ...understood(state), findings }),
  places: (state, { places }) => quietly({ ...understood(state), places }),
  run: (state, { run }) => {
    const next = { ...understood(state), run };
    const shown = snapshotOf(next);
    const news = shown === null ? null : announcement(snapshotOf(state), shown);
    return { state: next, effects: news === null ? [] : [{ type: 'announce', text: news }] };
  },
  runs: (state, { runs }) => quietly({ ...understood(state), runs }),
  activeFile: (state, { file }) => quietly({ ...understood(state), activeFile: file }),
  // Another one may have been selected since it was asked for.
  detail: (state, { id, detail }) => quietly(id === state.ui.selected ? { ...state, detail } : state),
  runDetail: (state, { id, detail }) =>
    quietly(
      id === state.ui.run ? { ...state, runDetail: detail, goneRun: detail === null ? id : null } : state,
    ),
  reveal: (state, { id }) => reveal(state, id),
  unreadable: (state) => quietly({ ...state, unreadable: true }),
};

/** Both are of one version again. */
function understood(state: PageState): PageState {
  return { ...state, unreadable: false };
}

function hearFindings(before: PageState, next: PageState): Outcome {
  const kept = withUi(next, { active: nearest(listOf(before), listOf(next), before.ui.active) });
  const still = { ...kept, chosen: kept.chosen.filter((id) => findingOf(kept, id) !== undefined) };
  const { state, effects } = withoutEmptyMenu(still);
  if (state.wanted === null || findingOf(state, state.wanted) === undefined) return { state, effects };
  const revealed = reveal(state, state.wanted);
  return { ...revealed, effects: [...effects, ...revealed.effects] };
}

/** The active row, or, where it is gone, the one that stands in its place now. Null (= the first row) where neither is known. */
function nearest(before: ListModel, after: ListModel, active: string | null): string | null {
  if (active === null || findRow(after, active) !== undefined) return active;
  const index = before.indexes.get(active);
  // Not shown before either: before the first findings, or collapsed. It may come back.
  return index === undefined ? active : (after.rows[Math.min(index, after.rows.length - 1)]?.key ?? null);
}
