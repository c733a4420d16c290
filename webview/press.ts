import {
  findingActions,
  pageCommands,
  type FindingAction,
  type PageCommand,
  type PageMessage,
} from '../src/protocol/findingsPage.ts';
import { priorities } from '../src/protocol/finding.ts';
import { voiceFilters } from './filter.ts';
import { shownStates } from './findingText.ts';
import { groupings, orders } from './grouping.ts';
import type { MenuOpener } from './model.ts';
import type { Action } from './state.ts';

/*
 * What the buttons of the page mean, by the data attributes that the views give them. The page's own attributes are read as
 * carefully as anything else: what is none of the known words means nothing.
 */

const parts = ['list', 'batch', 'detail'] as const satisfies readonly MenuOpener[];
const tabs = ['findings', 'reviews'] as const;
const plain = [
  'clearFilter',
  'toggleFilter',
  'toggleSummary',
  'openSelected',
  'closeDetail',
  'closeRun',
  'toggleRaw',
] as const;

/** What a click on an element with `data-action` does to the state; null where it does nothing, or posts only. */
export function actionOf(element: HTMLElement, ui: { thisFile: boolean; onlyNew: boolean }): Action | null {
  const { dataset } = element;
  const name = dataset['action'];
  const simple = oneOf(plain, name);
  if (simple !== null) return { type: simple };
  switch (name) {
    case 'tab':
      return withWord(tabs, dataset['tab'], (tab) => ({ type: 'tab', tab }));
    case 'togglePriority':
      return withWord(priorities, dataset['priority'], (priority) => ({ type: 'togglePriority', priority }));
    case 'toggleState':
      return withWord(shownStates, dataset['state'], (state) => ({ type: 'toggleState', state }));
    case 'thisFile':
      return { type: 'filterBy', change: { thisFile: !ui.thisFile } };
    case 'onlyNew':
      return { type: 'filterBy', change: { onlyNew: !ui.onlyNew } };
    case 'reveal':
      return dataset['id'] === undefined ? null : { type: 'reveal', id: dataset['id'] };
    default:
      return findingActionOf(element);
  }
}

function findingActionOf({ dataset }: HTMLElement): Action | null {
  const action: FindingAction | null = oneOf(findingActions, dataset['perform']);
  const part = oneOf(parts, dataset['part']);
  if (dataset['action'] === 'chooseInMenu' && action !== null) return { type: 'chooseInMenu', action };
  if (dataset['action'] === 'perform' && action !== null && part !== null)
    return { type: 'perform', action, part };
  return null;
}

/** What such a click tells the host; null where it tells nothing. */
export function messageOf({ dataset }: HTMLElement): PageMessage | null {
  const { action, id } = dataset;
  if (action === 'raw' && id !== undefined) return { type: 'raw', run: id };
  if (action === 'compare' && id !== undefined) return { type: 'compare', run: id };
  if (action !== 'command') return null;
  const command: PageCommand | null = oneOf(pageCommands, dataset['command']);
  return command === null ? null : { type: 'command', command };
}

/** What another choice in one of the page's selects means. */
export function selectionOf(name: string | undefined, value: string): Action | null {
  switch (name) {
    case 'voice':
      return withWord(voiceFilters, value, (voice) => ({ type: 'filterBy', change: { voice } }));
    case 'groupBy':
      return withWord(groupings, value, (groupBy) => ({ type: 'arrange', change: { groupBy } }));
    case 'sortBy':
      return withWord(orders, value, (sortBy) => ({ type: 'arrange', change: { sortBy } }));
    default:
      return null;
  }
}

export function partOf({ dataset }: HTMLElement): MenuOpener | null {
  return oneOf(parts, dataset['part']);
}

function withWord<T extends string>(
  words: readonly T[],
  word: string | undefined,
  action: (word: T) => Action,
): Action | null {
  const known = oneOf(words, word);
  return known === null ? null : action(known);
}

function oneOf<T extends string>(words: readonly T[], word: string | undefined): T | null {
  return words.find((one) => one === word) ?? null;
}
