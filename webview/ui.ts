import * as z from 'zod/mini';
import { priorities } from '../src/protocol/finding.ts';
import { noFilter, voiceFilters } from './filter.ts';
import { shownStates } from './findingText.ts';
import { groupings, orders } from './grouping.ts';

/**
 * What belongs to the page alone and survives a reload (VS Code destroys a hidden view). Everything else comes from the host.
 * What an older version saved is taken over with the defaults for what it did not know; anything unreadable is replaced by them.
 */
const uiSchema = z.object({
  version: z.literal(2),
  tab: z.enum(['findings', 'reviews']),
  /** The filter; see webview/filter.ts. */
  text: z.string(),
  hidden: z.array(z.enum(priorities)),
  states: z.array(z.enum(shownStates)),
  voice: z.enum(voiceFilters),
  thisFile: z.boolean(),
  onlyNew: z.boolean(),
  /** All of the filter's switches are on the screen, not only the usual ones. */
  filterOpen: z.boolean(),
  groupBy: z.enum(groupings),
  sortBy: z.enum(orders),
  /** Keys of the groups that are closed. */
  collapsed: z.array(z.string()),
  /** Id of the finding in the detail pane. */
  selected: z.nullable(z.string()),
  /** Key of the row that Tab leads to. */
  active: z.nullable(z.string()),
  /** Of the list, in CSS pixels. */
  scroll: z.number(),
  summaryOpen: z.boolean(),
  /** Id of the review in the detail pane. */
  run: z.nullable(z.string()),
  /** Its answer as it came is on the screen. */
  rawOpen: z.boolean(),
});
export type UiState = z.infer<typeof uiSchema>;
export type Tab = UiState['tab'];

export const defaultUi: UiState = {
  version: 2,
  tab: 'findings',
  ...noFilter,
  hidden: [...noFilter.hidden],
  states: [...noFilter.states],
  filterOpen: false,
  groupBy: 'file',
  sortBy: 'priority',
  collapsed: [],
  selected: null,
  active: null,
  scroll: 0,
  summaryOpen: false,
  run: null,
  rawOpen: false,
};

const savedSchema = z.looseObject({ version: z.union([z.literal(1), z.literal(2)]) });

/** @param saved what `getState` gave: of any shape, because another version may have written it */
export function savedUi(saved: unknown): UiState {
  const known = z.safeParse(savedSchema, saved);
  const parsed = z.safeParse(uiSchema, known.success ? { ...defaultUi, ...known.data, version: 2 } : saved);
  return parsed.success ? parsed.data : defaultUi;
}
