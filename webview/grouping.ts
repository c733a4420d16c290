import { rankOf } from '../src/protocol/examination.ts';
import { priorities, voiceName, voicesText } from '../src/protocol/finding.ts';
import type { ListedFinding, ListedRun } from '../src/protocol/pageSlices.ts';
import { obstacleOf } from './findingText.ts';
import { dateText } from './time.ts';

export const groupings = ['file', 'priority', 'reviewer', 'run'] as const;
export type Grouping = (typeof groupings)[number];

export const orders = ['priority', 'place', 'newest'] as const;
export type Order = (typeof orders)[number];

export interface Group {
  readonly key: string;
  readonly name: string;
  /** What tells groups of one name apart, such as the file's folder; may be empty. */
  readonly detail: string;
  /** Why its findings can't be opened, or null. */
  readonly obstacle: string | null;
  readonly members: readonly ListedFinding[];
}

/** What the names of groups are made of. */
export interface GroupNames {
  readonly runs: readonly ListedRun[];
  readonly severalRepositories: boolean;
}

/** Findings of one file stand together; files of the same name in two repositories do not. */
export function groupKey(finding: ListedFinding, grouping: Grouping): string {
  switch (grouping) {
    case 'file':
      return `group:file:${finding.place === 'outside' ? 'outside:' : ''}${finding.repository}:${finding.file}`;
    case 'priority':
      return `group:priority:${finding.priority}`;
    case 'reviewer':
      return `group:reviewer:${voicesText(finding)}`;
    case 'run':
      return `group:run:${finding.job}`;
  }
}

export function sortFindings(findings: readonly ListedFinding[], order: Order): ListedFinding[] {
  return findings.toSorted(comparisons[order]);
}

/** Files stand in the order of their first finding; priorities, reviewers and runs in their own. */
export function groupFindings(
  findings: readonly ListedFinding[],
  grouping: Grouping,
  names: GroupNames,
): Group[] {
  const groups = new Map<string, ListedFinding[]>();
  for (const finding of findings) {
    const key = groupKey(finding, grouping);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [finding]);
    else members.push(finding);
  }
  const runAt = new Map(names.runs.map((run, index) => [run.id, { run, index }]));
  const sorted = [...groups].sort(([, [a]], [, [b]]) => (a && b ? inGroups(a, b, grouping, runAt) : 0));
  return sorted.flatMap(([key, members]) => {
    const [first] = members;
    return first === undefined ? [] : [{ key, members, ...label(first, grouping, names, runAt) }];
  });
}

type RunPlaces = ReadonlyMap<string, { readonly run: ListedRun; readonly index: number }>;

/** Runs are told newest first; one that is no longer kept, and what was imported, comes last. */
function inGroups(a: ListedFinding, b: ListedFinding, grouping: Grouping, runs: RunPlaces): number {
  if (grouping === 'priority') return urgency(a) - urgency(b);
  if (grouping === 'reviewer') return compare(voicesText(a), voicesText(b));
  if (grouping === 'run') return rank(a, runs) - rank(b, runs);
  return 0;
}

function rank({ job }: ListedFinding, runs: RunPlaces): number {
  return runs.get(job)?.index ?? (job === '' ? runs.size + 1 : runs.size);
}

const comparisons: Readonly<Record<Order, (a: ListedFinding, b: ListedFinding) => number>> = {
  priority: (a, b) => urgency(a) - urgency(b) || byStanding(a, b) || byPlace(a, b),
  place: byPlace,
  newest: (a, b) =>
    compare(b.firstSeenAt, a.firstSeenAt) || urgency(a) - urgency(b) || byStanding(a, b) || byPlace(a, b),
};

/** What is doubted comes after what is as urgent. */
function byStanding(a: ListedFinding, b: ListedFinding): number {
  return rankOf(a.standing) - rankOf(b.standing);
}

function byPlace(a: ListedFinding, b: ListedFinding): number {
  return (
    Number(a.place === 'outside') - Number(b.place === 'outside') ||
    compare(a.repository, b.repository) ||
    compare(a.file, b.file) ||
    a.startLine - b.startLine ||
    a.endLine - b.endLine
  );
}

/** By code units: ten thousand names are sorted with every letter that is typed into the filter. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function urgency({ priority }: ListedFinding): number {
  return priorities.indexOf(priority);
}

type Label = Pick<Group, 'name' | 'detail' | 'obstacle'>;

function label(first: ListedFinding, grouping: Grouping, names: GroupNames, runs: RunPlaces): Label {
  switch (grouping) {
    case 'file':
      return { ...fileLabel(first, names.severalRepositories), obstacle: fileObstacle(first) };
    case 'priority':
      return { name: first.priority, detail: '', obstacle: null };
    case 'reviewer':
      return { name: voicesText(first), detail: '', obstacle: null };
    case 'run':
      return { ...runLabel(first, runs.get(first.job)?.run), obstacle: null };
  }
}

/** That the text of one finding is gone says nothing of the others in its file. */
function fileObstacle({ place }: ListedFinding): string | null {
  return place === 'stale' ? null : obstacleOf(place);
}

function runLabel({ job }: ListedFinding, run: ListedRun | undefined): Omit<Label, 'obstacle'> {
  if (job === '') return { name: 'Imported', detail: '' };
  if (run === undefined) return { name: 'A review that is no longer kept', detail: '' };
  return { name: run.title, detail: `${voiceName(run.reviewer)}, ${dateText(run.createdAt)}` };
}

function fileLabel(
  { file, place, repository }: ListedFinding,
  withRepository: boolean,
): Omit<Label, 'obstacle'> {
  const root = withRepository ? (repository.split(/[\\/]/).findLast(Boolean) ?? '') : '';
  if (file === '') return { name: 'no file given', detail: root };
  if (place === 'outside') return { name: file, detail: root };
  const at = file.lastIndexOf('/');
  return {
    name: file.slice(at + 1),
    detail: [root, file.slice(0, Math.max(at, 0))].filter(Boolean).join('/'),
  };
}
