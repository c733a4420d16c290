import { h, type VNode } from './dom.ts';
import { shownText } from './announce.ts';
import { icon } from './icons.ts';
import {
  linesText,
  obstacleOf,
  type FindingRow,
  type GroupRow,
  type ListModel,
  type PriorityCount,
} from './list.ts';

/** The filter: words, one switch per priority, and how much they hide. */
export function viewToolbar(list: ListModel, text: string): VNode {
  const hiding = list.shown < list.total;
  const filtering = hiding || text.trim() !== '' || list.counts.some(({ shown }) => !shown);
  return h('div', { class: 'toolbar', role: 'group', 'aria-label': 'Filter' }, [
    h(
      'vscode-text-field',
      { class: 'filter', placeholder: 'Filter findings', 'aria-label': 'Filter findings', value: text },
      [icon('filter', { slot: 'start' })],
    ),
    h('div', { class: 'chips', role: 'group', 'aria-label': 'Priorities' }, list.counts.map(viewChip)),
    filtering
      ? h('p', { class: 'hiding' }, [
          h('span', {}, shownText(list)),
          h('button', { class: 'link', type: 'button', 'data-action': 'clearFilter' }, 'Clear filter'),
        ])
      : null,
  ]);
}

function viewChip({ priority, count, shown }: PriorityCount): VNode {
  const attributes = {
    key: priority,
    class: `chip priority-${priority}`,
    type: 'button',
    'aria-pressed': String(shown),
    title: `${shown ? 'Hide' : 'Show'} ${priority}`,
    'data-action': 'togglePriority',
    'data-priority': priority,
  };
  return h('button', attributes, [
    h('span', { class: 'chip-name' }, priority),
    h('span', { class: 'chip-count' }, String(count)),
    told('after-count', count === 1 ? 'finding' : 'findings'),
  ]);
}

/** A tree of files and their findings. The rows are siblings, as in VS Code's own trees; levels are told by attributes. */
export function viewList(list: ListModel, title: string): VNode {
  const rows = list.rows.map((row) => {
    const shared = {
      key: row.key,
      role: 'treeitem',
      tabindex: row.key === list.active ? 0 : -1,
      'aria-setsize': row.siblings,
      'aria-posinset': row.position,
      'data-row': row.key,
    };
    return row.kind === 'group' ? viewGroup(row, shared) : viewFinding(row, shared);
  });
  const nothing = h('p', { class: 'nothing' }, 'No finding matches the filter.');
  const label = title === '' ? 'Findings' : title;
  // A tree has to own rows; without any, the element is just a place that keeps its size.
  return h(
    'div',
    {
      class: 'list',
      ...(rows.length === 0 ? {} : { role: 'tree', 'aria-label': label }),
    },
    rows.length === 0 ? [nothing] : rows,
  );
}

type RowAttributes = Readonly<Record<string, string | number>>;

function viewGroup(row: GroupRow, shared: RowAttributes): VNode {
  const { name, folder, obstacle, count, expanded } = row;
  const attributes = { ...shared, class: 'row group', 'aria-level': 1, 'aria-expanded': String(expanded) };
  return h('div', attributes, [
    icon('chevron'),
    h('span', { class: 'label', title: [folder, name].filter(Boolean).join('/') }, [
      h('span', { class: 'name' }, name),
      folder === '' ? null : h('span', { class: 'folder' }, ` ${folder}`),
    ]),
    obstacle === null ? null : h('span', { class: 'obstacle' }, obstacle),
    h('span', { class: 'count' }, String(count)),
    told('after-count', count === 1 ? 'finding' : 'findings'),
  ]);
}

function viewFinding({ finding, selected }: FindingRow, shared: RowAttributes): VNode {
  const { priority, title, startLine, place } = finding;
  const obstacle = obstacleOf(place);
  const attributes = { ...shared, class: 'row finding', 'aria-level': 2, 'aria-selected': String(selected) };
  return h('div', attributes, [
    viewPriority(priority),
    h('span', { class: 'title', title }, title),
    told('before-line', 'line'),
    h('span', { class: 'line', title: `Line ${linesText(finding)}` }, String(startLine)),
    obstacle === null ? null : told('obstacle', obstacle),
  ]);
}

/** Words between the parts of a row for screen readers, which take the row's text for its name; nobody sees them. */
function told(key: string, text: string): VNode {
  return h('span', { key, class: 'told' }, text);
}

export function viewPriority(priority: PriorityCount['priority']): VNode {
  return h('span', { class: `priority priority-${priority}` }, priority);
}
