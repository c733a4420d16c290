import { priorities, type Priority } from '../src/protocol/finding.ts';
import type { ListedFinding } from '../src/protocol/pageSlices.ts';
import { isNew, shownState, type ShownState } from './findingText.ts';

export const voiceFilters = ['all', 'both', 'codex', 'claude', 'imported'] as const;
export type VoiceFilter = (typeof voiceFilters)[number];

export interface Filter {
  /** Words that every shown finding contains. */
  readonly text: string;
  /** Priorities that are filtered out. */
  readonly hidden: readonly Priority[];
  /** States that are shown. */
  readonly states: readonly ShownState[];
  /** Raised by whom; `codex` and `claude` mean that one alone. */
  readonly voice: VoiceFilter;
  /** Only those of the file in the active editor. */
  readonly thisFile: boolean;
  /** Only what the last review brought up. */
  readonly onlyNew: boolean;
}

/** What there is to work on. */
export const noFilter: Filter = {
  text: '',
  hidden: [],
  states: ['open', 'stale'],
  voice: 'all',
  thisFile: false,
  onlyNew: false,
};

export interface FileName {
  readonly repository: string;
  readonly file: string;
}

/** True where the filter is set to anything else than at first, whether or not it hides a finding now. */
export function isFiltering(filter: Filter): boolean {
  const { text, hidden, states, voice, thisFile, onlyNew } = filter;
  const usual =
    states.length === noFilter.states.length && noFilter.states.every((one) => states.includes(one));
  return text.trim() !== '' || hidden.length > 0 || !usual || voice !== 'all' || thisFile || onlyNew;
}

/** What one of the filter's switches shows, and how many findings it is about. */
export interface SwitchCount<T> {
  readonly name: T;
  /** Findings of this kind that the rest of the filter lets through. */
  readonly count: number;
  readonly shown: boolean;
}

export interface Filtered {
  readonly shown: readonly ListedFinding[];
  /** How many findings the filter hides, those aside that are hidden at first, too. */
  readonly hiddenCount: number;
  readonly priorities: readonly SwitchCount<Priority>[];
  readonly states: readonly SwitchCount<ShownState>[];
}

/** @param activeFile null where no file of a repository is in the active editor: then `thisFile` shows none */
export function filterFindings(
  findings: readonly ListedFinding[],
  filter: Filter,
  activeFile: FileName | null,
): Filtered {
  const shown: ListedFinding[] = [];
  const byPriority = new Map<Priority, number>();
  const byState = new Map<ShownState, number>();
  let considered = 0;
  const passes = rest(filter, activeFile);
  for (const finding of findings) {
    const state = shownState(finding);
    const stateShown = filter.states.includes(state);
    const priorityShown = !filter.hidden.includes(finding.priority);
    if (stateShown || noFilter.states.includes(state)) considered += 1;
    if (!passes(finding)) continue;
    if (stateShown) count(byPriority, finding.priority);
    if (priorityShown) count(byState, state);
    if (stateShown && priorityShown) shown.push(finding);
  }
  return {
    shown,
    hiddenCount: considered - shown.length,
    priorities: priorities.map((name) => ({
      name,
      count: byPriority.get(name) ?? 0,
      shown: !filter.hidden.includes(name),
    })),
    states: (['open', 'stale', 'fixed', 'dismissed'] as const).map((name) => ({
      name,
      count: byState.get(name) ?? 0,
      shown: filter.states.includes(name),
    })),
  };
}

function count<T>(counts: Map<T, number>, name: T): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** All of the filter but its switches of priorities and states. */
function rest(filter: Filter, activeFile: FileName | null): (finding: ListedFinding) => boolean {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const { voice, thisFile, onlyNew } = filter;
  return (finding) =>
    (voice === 'all' || voiceOf(finding) === voice) &&
    (!onlyNew || isNew(finding)) &&
    (!thisFile ||
      (activeFile !== null &&
        finding.file === activeFile.file &&
        finding.repository === activeFile.repository)) &&
    (words.length === 0 || containsAll(searched(finding), words));
}

function voiceOf({ reviewers }: ListedFinding): VoiceFilter {
  const [codex, claude] = [reviewers.includes('codex'), reviewers.includes('claude')];
  if (codex && claude) return 'both';
  return codex ? 'codex' : claude ? 'claude' : 'imported';
}

function containsAll(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word));
}

const searchedTexts = new WeakMap<ListedFinding, string>();

/** What the filter's words are looked for in: what one can read of the finding, in small letters. */
function searched(finding: ListedFinding): string {
  const known = searchedTexts.get(finding);
  if (known !== undefined) return known;
  const { priority, title, file, text, tool, reviewers } = finding;
  const all = [priority, title, file, text, tool, ...reviewers].join('\n').toLowerCase();
  searchedTexts.set(finding, all);
  return all;
}
