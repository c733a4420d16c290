import { h, type VNode } from './dom.ts';
import { headerModel, listTitle } from './header.ts';
import { icon } from './icons.ts';
import {
  activeRow,
  findingOf,
  findingsOf,
  listOf,
  openCount,
  selectedFinding,
  snapshotOf,
  type PageState,
} from './model.ts';
import { offered } from './menu.ts';
import type { Snapshot } from './run.ts';
import { chosenOf } from './selection.ts';
import type { Tab } from './ui.ts';
import { viewDetail, viewNoDetail } from './viewDetail.ts';
import { viewBatch, viewFilter } from './viewFilter.ts';
import { viewHeader } from './viewHeader.ts';
import { viewList } from './viewList.ts';
import { viewMenu } from './viewMenu.ts';
import { viewNoRun, viewRun } from './viewRun.ts';
import { viewRuns } from './viewRuns.ts';

/** The page as a function of the state; the DOM is brought in line with it by `patch`. @param now ms since the epoch */
export function viewPage(state: PageState, now: number): VNode {
  const snapshot = snapshotOf(state);
  return h('main', { class: 'page' }, [
    snapshot?.demo === true ? demoBanner() : null,
    state.unreadable ? mismatch() : null,
    state.runs.length > 0 || findingsOf(state).length > 0 ? viewTabs(state) : null,
    state.ui.tab === 'findings' ? viewFindings(state, snapshot, now) : viewReviews(state, now),
    state.menu === null ? null : viewMenu(state.menu, offered(state, state.menu.ids)),
  ]);
}

function viewTabs(state: PageState): VNode {
  const { ui, runs } = state;
  const tab = (name: Tab, label: string, count: number): VNode =>
    h(
      'button',
      {
        key: name,
        class: 'tab',
        type: 'button',
        role: 'tab',
        id: `tab-${name}`,
        'aria-selected': String(ui.tab === name),
        'aria-controls': 'panel',
        tabindex: ui.tab === name ? 0 : -1,
        'data-action': 'tab',
        'data-tab': name,
      },
      [h('span', { key: 'label' }, label), h('span', { class: 'tab-count' }, String(count))],
    );
  return h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Views' }, [
    tab('findings', 'Findings', openCount(state)),
    tab('reviews', 'Reviews', runs.length),
  ]);
}

function panel(tab: Tab, content: readonly VNode[]): VNode {
  const attributes = {
    class: 'columns',
    key: tab,
    id: 'panel',
    role: 'tabpanel',
    'aria-labelledby': `tab-${tab}`,
  };
  return h('div', attributes, content);
}

function viewFindings(state: PageState, snapshot: Snapshot | null, now: number): VNode {
  const { ui } = state;
  const list = listOf(state);
  const filled = list.total > 0;
  const title = snapshot === null ? '' : listTitle(snapshot);
  const chosen = chosenOf(state);
  const selected = selectedFinding(state);
  const notes = [title, unmarkedText(snapshot)].filter((text) => text !== '');
  return panel('findings', [
    h('div', { class: 'overview' }, [
      viewHeader(headerModel(snapshot, now), ui.summaryOpen),
      filled ? viewFilter(list, ui, state.activeFile !== null) : null,
      filled && notes.length > 0 ? h('p', { class: 'list-title' }, notes.join('. ')) : null,
      filled && chosen.length > 1 ? viewBatch(chosen.length, offered(state, chosen)) : null,
      filled
        ? viewList(list, {
            title,
            active: activeRow(state),
            chosen: new Set(chosen),
            viewport: state.viewport,
          })
        : null,
    ]),
    ...(selected !== undefined
      ? [viewDetail(selected, detailOf(state), offered(state, [selected.id]), now)]
      : filled
        ? [viewNoDetail()]
        : []),
  ]);
}

function detailOf({ detail, ui }: PageState): PageState['detail'] {
  return detail?.id === ui.selected ? detail : null;
}

/** Noise that the user's settings keep away is counted, not forgotten. */
function unmarkedText(snapshot: Snapshot | null): string {
  const count = snapshot?.unmarked ?? 0;
  return count === 0 ? '' : `${count} kept out of the Problems panel by your settings`;
}

function viewReviews(state: PageState, now: number): VNode {
  const { runs, ui } = state;
  const run = runs.find(({ id }) => id === ui.run);
  return panel('reviews', [
    h('div', { class: 'overview' }, [h('h1', { class: 'told' }, 'Reviews'), viewRuns(runs, ui.run, now)]),
    run === undefined
      ? viewNoRun()
      : viewRun(
          run,
          state.runDetail?.id === run.id ? state.runDetail : null,
          {
            rawOpen: ui.rawOpen,
            gone: state.goneRun === run.id,
            known: (id) => findingOf(state, id),
          },
          now,
        ),
  ]);
}

function demoBanner(): VNode {
  return h('p', { class: 'banner demo', role: 'note' }, [
    icon('demo'),
    h('span', {}, 'Demo model: answers come from fixed rules, not from a model'),
  ]);
}

function mismatch(): VNode {
  return h('p', { class: 'banner mismatch', role: 'alert' }, [
    icon('warning'),
    h(
      'span',
      {},
      'Tandem sent something that this view does not understand. Reload the window, so that both are of one version.',
    ),
  ]);
}
