import { voicesText } from '../src/protocol/finding.ts';
import { h, type VNode } from './dom.ts';
import { isDone, linesText, obstacleOf, voiceBadge } from './findingText.ts';
import { icon } from './icons.ts';
import type { FindingRow, GroupRow, ListModel } from './list.ts';
import { told, viewPriority, viewTags } from './viewParts.ts';
import { rowHeight, slotsOf, type Viewport } from './virtual.ts';

export interface ListLook {
  /** What stands above the list, for its name; may be empty. */
  readonly title: string;
  /** Key of the row that Tab leads to. */
  readonly active: string | null;
  readonly chosen: ReadonlySet<string>;
  readonly viewport: Viewport;
}

/**
 * A tree of groups and their findings. The rows are siblings, as in VS Code's own trees; levels are told by attributes. Only the
 * rows in view are there, and the active one.
 */
export function viewList(list: ListModel, look: ListLook): VNode {
  const { rows, indexes } = list;
  const nothing = h('p', { class: 'nothing' }, 'No finding matches the filter.');
  // A tree has to own rows; without any, the element is just a place that keeps its size.
  if (rows.length === 0) return h('div', { class: 'list' }, [nothing]);
  const slots = slotsOf(
    rows.length,
    look.viewport,
    look.active === null ? -1 : (indexes.get(look.active) ?? -1),
  );
  const attributes = {
    class: 'list',
    role: 'tree',
    'aria-label': look.title === '' ? 'Findings' : look.title,
    'aria-multiselectable': 'true',
  };
  return h(
    'div',
    attributes,
    slots.map((slot, at) => {
      const row = rows[slot.index];
      if (slot.kind === 'gap' || row === undefined) return viewGap(at, slot.count);
      return row.kind === 'group' ? viewGroup(row, look) : viewFinding(row, look);
    }),
  );
}

/** Stands for rows that are not drawn. */
function viewGap(at: number, count: number): VNode {
  return h('div', {
    key: `gap-${at}`,
    class: 'gap',
    role: 'presentation',
    '--height': `${count * rowHeight}px`,
  });
}

function shared(
  { key, siblings, position }: GroupRow | FindingRow,
  { active }: ListLook,
): Record<string, string | number> {
  return {
    key,
    role: 'treeitem',
    tabindex: key === active ? 0 : -1,
    'aria-setsize': siblings,
    'aria-posinset': position,
    'data-row': key,
  };
}

function viewGroup(row: GroupRow, look: ListLook): VNode {
  const { grouping, name, detail, obstacle, count, expanded } = row;
  const attributes = {
    ...shared(row, look),
    class: 'row group',
    'aria-level': 1,
    'aria-expanded': String(expanded),
  };
  const title = grouping === 'file' ? [detail, name].filter(Boolean).join('/') : name;
  return h('div', attributes, [
    icon('chevron'),
    h('span', { class: 'label', title }, [
      h('span', { class: 'name' }, name),
      detail === '' ? null : h('span', { class: 'folder' }, ` ${detail}`),
    ]),
    obstacle === null ? null : h('span', { class: 'obstacle' }, obstacle),
    h('span', { class: 'count' }, String(count)),
    told('after-count', count === 1 ? 'finding' : 'findings'),
  ]);
}

function viewFinding(row: FindingRow, look: ListLook): VNode {
  const { finding } = row;
  const { priority, title, place } = finding;
  const obstacle = obstacleOf(place);
  const attributes = {
    ...shared(row, look),
    class: isDone(finding) ? 'row finding done' : 'row finding',
    'aria-level': 2,
    'aria-selected': String(look.chosen.has(finding.id)),
    title:
      obstacle === null ? 'Open (Enter), preview (Space), dismiss (Delete)' : `Can’t be opened: ${obstacle}`,
  };
  return h('div', attributes, [
    viewPriority(priority),
    h('span', { class: 'title', title }, title),
    ...viewTags(finding),
    viewPlace(finding, row.group.startsWith('group:file:')),
    viewVoice(finding),
    // The stale tag says so already.
    obstacle === null || place === 'stale' ? null : told('obstacle', obstacle),
  ]);
}

function viewVoice(finding: FindingRow['finding']): VNode {
  const badge = voiceBadge(finding);
  // What both report is told in a narrow list too.
  const attributes = {
    class: badge === 'Both' ? 'voice agreed' : 'voice',
    title: `Raised by ${voicesText(finding)}`,
  };
  return h('span', attributes, badge);
}

/** The line, and the file where the group does not tell it. */
function viewPlace(finding: FindingRow['finding'], inFileGroup: boolean): VNode {
  const { file, startLine } = finding;
  const name = file.slice(file.lastIndexOf('/') + 1);
  const hint = inFileGroup ? `Line ${linesText(finding)}` : `${file}:${linesText(finding)}`;
  return h('span', { class: 'line', title: hint }, [
    inFileGroup || file === '' ? null : h('span', { class: 'file-name' }, name),
    told('before-line', 'line'),
    h('span', { key: 'number' }, `${inFileGroup || file === '' ? '' : ':'}${startLine}`),
  ]);
}
