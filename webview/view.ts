import { h, type VNode } from './dom.ts';
import { headerModel, listTitle } from './header.ts';
import { icon } from './icons.ts';
import { listOf, type PageState } from './state.ts';
import { viewDetail, viewNoDetail } from './viewDetail.ts';
import { viewHeader } from './viewHeader.ts';
import { viewList, viewToolbar } from './viewList.ts';

/** The page as a function of the state; the DOM is brought in line with it by `patch`. @param now ms since the epoch */
export function viewPage(state: PageState, now: number): VNode {
  const { snapshot, ui } = state;
  const list = listOf(state);
  const filled = list.total > 0;
  const title = snapshot === null ? '' : listTitle(snapshot);
  return h('main', { class: 'page' }, [
    snapshot?.demo === true ? demoBanner() : null,
    state.unreadable ? mismatch() : null,
    h('div', { class: 'columns' }, [
      h('div', { class: 'overview' }, [
        viewHeader(headerModel(snapshot, now), ui.summaryOpen),
        filled ? viewToolbar(list, ui.text) : null,
        filled && title !== '' ? h('h2', { class: 'list-title' }, title) : null,
        filled ? viewList(list, title) : null,
      ]),
      ...(list.selected !== null ? [viewDetail(list.selected)] : filled ? [viewNoDetail()] : []),
    ]),
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
