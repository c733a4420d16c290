import { h, type VNode } from './dom.ts';
import type { OfferedAction } from './actions.ts';
import { hiddenText } from './announce.ts';
import { isFiltering, type SwitchCount, type VoiceFilter } from './filter.ts';
import type { ShownState } from './findingText.ts';
import type { Grouping, Order } from './grouping.ts';
import { icon } from './icons.ts';
import type { ListModel } from './list.ts';
import type { UiState } from './ui.ts';
import { told } from './viewParts.ts';

/** The filter: words, one switch per priority, the rest on request, and how much it hides. */
export function viewFilter(list: ListModel, ui: UiState, hasFile: boolean): VNode {
  return h('div', { class: 'toolbar', role: 'group', 'aria-label': 'Filter' }, [
    h(
      'vscode-text-field',
      {
        class: 'filter',
        placeholder: 'Filter findings',
        'aria-label': 'Filter findings',
        title: 'Filter findings (Ctrl+F)',
        value: ui.text,
      },
      [icon('filter', { slot: 'start' })],
    ),
    h(
      'button',
      {
        class: 'icon-button more-filters',
        type: 'button',
        'aria-label': 'More filters, grouping and order',
        title: 'More filters, grouping and order',
        'aria-expanded': String(ui.filterOpen),
        'data-action': 'toggleFilter',
      },
      [icon('settings')],
    ),
    h(
      'div',
      { class: 'chips', key: 'priorities', role: 'group', 'aria-label': 'Priorities' },
      list.priorities.map((one) => viewChip(one, one.name, { action: 'togglePriority', priority: one.name })),
    ),
    ui.filterOpen ? viewMoreFilters(list, ui, hasFile) : null,
    isFiltering(ui) || list.hiddenCount > 0
      ? h('p', { class: 'hiding' }, [
          h('span', {}, hiddenText(list)),
          h('button', { class: 'link', type: 'button', 'data-action': 'clearFilter' }, 'Clear filter'),
        ])
      : null,
  ]);
}

const stateNames: Readonly<Record<ShownState, string>> = {
  open: 'Open',
  stale: 'Stale',
  fixed: 'Fixed',
  dismissed: 'Dismissed',
};

const voiceNames: Readonly<Record<VoiceFilter, string>> = {
  all: 'Anyone',
  both: 'Both reviewers',
  codex: 'Only Codex',
  claude: 'Only Claude',
  imported: 'Imported',
};

const groupingNames: Readonly<Record<Grouping, string>> = {
  file: 'File',
  priority: 'Priority',
  reviewer: 'Reviewer',
  run: 'Review',
};

const orderNames: Readonly<Record<Order, string>> = {
  priority: 'Priority',
  place: 'Place',
  newest: 'Newest first',
};

function viewMoreFilters(list: ListModel, ui: UiState, hasFile: boolean): VNode {
  return h('div', { class: 'more', role: 'group', 'aria-label': 'More filters, grouping and order' }, [
    h(
      'div',
      { class: 'chips', key: 'states', role: 'group', 'aria-label': 'States' },
      list.states.map((one) =>
        viewChip(one, stateNames[one.name], { action: 'toggleState', state: one.name }),
      ),
    ),
    h('div', { class: 'chips', key: 'only', role: 'group', 'aria-label': 'Only' }, [
      viewToggle(
        'thisFile',
        'This file',
        ui.thisFile,
        hasFile ? 'Only the file in the editor' : 'No file is open',
      ),
      viewToggle('onlyNew', 'New', ui.onlyNew, 'Only what the last review brought up'),
    ]),
    viewSelect('voice', 'Raised by', voiceNames, ui.voice),
    viewSelect('groupBy', 'Group by', groupingNames, ui.groupBy),
    viewSelect('sortBy', 'Sort by', orderNames, ui.sortBy),
  ]);
}

function viewChip<T extends string>(
  { name, count, shown }: SwitchCount<T>,
  label: string,
  data: Readonly<Record<string, string>>,
): VNode {
  const attributes = {
    key: name,
    class: `chip chip-${name}`,
    type: 'button',
    'aria-pressed': String(shown),
    title: `${shown ? 'Hide' : 'Show'} ${label}`,
    ...Object.fromEntries(Object.entries(data).map(([key, value]) => [`data-${key}`, value])),
  };
  return h('button', attributes, [
    h('span', { class: 'chip-name' }, label),
    h('span', { class: 'chip-count' }, String(count)),
    told('after-count', count === 1 ? 'finding' : 'findings'),
  ]);
}

function viewToggle(name: 'thisFile' | 'onlyNew', label: string, on: boolean, title: string): VNode {
  const attributes = {
    key: name,
    class: 'chip only',
    type: 'button',
    'aria-pressed': String(on),
    title,
    'data-action': name,
  };
  return h('button', attributes, [h('span', { class: 'chip-name' }, label)]);
}

function viewSelect<T extends string>(
  name: string,
  label: string,
  options: Readonly<Record<T, string>>,
  value: T,
): VNode {
  return h('label', { class: 'choice', key: name }, [
    h('span', { class: 'choice-name' }, label),
    h(
      'select',
      { class: 'select', 'data-select': name, value },
      Object.entries<string>(options).map(([key, text]) => h('option', { key, value: key }, text)),
    ),
  ]);
}

/** What can be done with all that is chosen. */
export function viewBatch(count: number, actions: readonly OfferedAction[]): VNode {
  const direct = actions.filter(({ action }) =>
    ['fixWithCodex', 'dismiss', 'resolve', 'reopen', 'copyPrompt', 'export'].includes(action),
  );
  return h('div', { class: 'batch', role: 'toolbar', 'aria-label': 'Selected findings' }, [
    h('span', { class: 'batch-count' }, `${count} selected`),
    ...direct.map((one) => viewAction(one, 'batch')),
    viewMore('batch'),
  ]);
}

/** A button for an action, with the key that does the same. */
export function viewAction({ action, label, shortcut }: OfferedAction, part: 'batch' | 'detail'): VNode {
  const attributes = {
    key: action,
    class: 'action',
    type: 'button',
    title: shortcut === null ? label : `${label} (${shortcut})`,
    'data-action': 'perform',
    'data-perform': action,
    'data-part': part,
  };
  return h('button', attributes, label);
}

/** Opens the menu with all actions. */
export function viewMore(part: 'batch' | 'detail'): VNode {
  return h(
    'button',
    {
      key: 'more-actions',
      class: 'action more-actions',
      type: 'button',
      'aria-haspopup': 'menu',
      'aria-label': 'More actions',
      title: 'More actions (Shift+F10 in the list)',
      'data-action': 'openMenu',
      'data-part': part,
    },
    [icon('more')],
  );
}
