import { priorities, type Finding, type Place, type Priority } from '../src/protocol/finding.ts';
import type { UiState } from './state.ts';

export interface GroupRow {
  readonly kind: 'group';
  readonly key: string;
  /** The file's name; for a place outside of the repository all that the reviewer wrote. */
  readonly name: string;
  /** Where the file is, or empty. Begins with the repository's name where the list has several. */
  readonly folder: string;
  /** Why its findings can't be opened, or null. */
  readonly obstacle: string | null;
  /** Number of shown findings in it. */
  readonly count: number;
  readonly expanded: boolean;
  /** 1-based among its siblings, and their number; for screen readers. */
  readonly position: number;
  readonly siblings: number;
}

export interface FindingRow {
  readonly kind: 'finding';
  readonly key: string;
  readonly group: string;
  readonly finding: Finding;
  readonly selected: boolean;
  readonly position: number;
  readonly siblings: number;
}

export type Row = GroupRow | FindingRow;

/** What the filter's switch of one priority shows. */
export interface PriorityCount {
  readonly priority: Priority;
  /** Findings of this priority that contain the filter's words. */
  readonly count: number;
  readonly shown: boolean;
}

export interface ListModel {
  readonly total: number;
  readonly shown: number;
  readonly counts: readonly PriorityCount[];
  /** From top to bottom as on the screen: findings of closed groups are left out. */
  readonly rows: readonly Row[];
  /** Key of the row that Tab leads to; null only where there are no rows. */
  readonly active: string | null;
  /** The finding in the detail pane: selected, and not filtered out. */
  readonly selected: Finding | null;
}

type Filter = Pick<UiState, 'text' | 'hidden' | 'collapsed' | 'selected' | 'active'>;

const obstacles: Readonly<Record<Place, string | null>> = {
  anchored: null,
  missing: 'file no longer exists',
  stale: 'its text is gone',
  outside: 'outside the repository',
};

/** Why a finding's place can't be opened, for people; null where it can. */
export function obstacleOf(place: Place): string | null {
  return obstacles[place];
}

export function findingKey(id: string): string {
  return `finding:${id}`;
}

/** Findings of one file stand together; files of the same name in two repositories do not. */
export function groupKey(finding: Finding): string {
  return `group:${finding.place}:${finding.repository}:${finding.file}`;
}

export function findRow(rows: readonly Row[], key: string): Row | undefined {
  return rows.find((row) => row.key === key);
}

/** The lines of a finding as one reads them: `12`, or `12-14`. */
export function linesText({ startLine, endLine }: Finding): string {
  return startLine === endLine ? `${startLine}` : `${startLine}-${endLine}`;
}

/** Filters and groups: files with the most urgent finding first, else as the reviewer named them; in a file by urgency, then by line. */
export function listModel(findings: readonly Finding[], filter: Filter): ListModel {
  const matching = findings.filter(matches(filter.text));
  const shown = matching.filter((finding) => !filter.hidden.includes(finding.priority));
  const severalRepositories = new Set(findings.map(({ repository }) => repository)).size > 1;
  const groups = grouped(shown);
  const rows = groups.flatMap(({ key, first, members }, index): Row[] => {
    const expanded = !filter.collapsed.includes(key);
    const group: GroupRow = {
      kind: 'group',
      key,
      ...label(first, severalRepositories),
      obstacle: obstacleOf(first.place),
      count: members.length,
      expanded,
      position: index + 1,
      siblings: groups.length,
    };
    return expanded
      ? [group, ...members.map((finding, at) => findingRow(finding, key, at, members.length, filter))]
      : [group];
  });
  return {
    total: findings.length,
    shown: shown.length,
    counts: priorities.map((priority) => ({
      priority,
      count: matching.filter((finding) => finding.priority === priority).length,
      shown: !filter.hidden.includes(priority),
    })),
    rows,
    active: activeKey(rows, filter),
    selected: shown.find(({ id }) => id === filter.selected) ?? null,
  };
}

/** Every word of the filter has to be somewhere in what the user can read of the finding, in any case of letters. */
function matches(text: string): (finding: Finding) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return (finding) => {
    const all = [finding.priority, finding.title, finding.file, finding.body, ...finding.reviewers]
      .join('\n')
      .toLowerCase();
    return words.every((word) => all.includes(word));
  };
}

interface Group {
  readonly key: string;
  /** The most urgent member. */
  readonly first: Finding;
  readonly members: readonly Finding[];
}

function grouped(findings: readonly Finding[]): Group[] {
  const groups = new Map<string, { key: string; first: Finding; members: Finding[] }>();
  for (const finding of findings.toSorted(byUrgency)) {
    const key = groupKey(finding);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { key, first: finding, members: [finding] });
    else group.members.push(finding);
  }
  const named = [...new Set(findings.map(groupKey))];
  const asNamed = [...groups.values()].sort((a, b) => named.indexOf(a.key) - named.indexOf(b.key));
  return asNamed.sort((a, b) => urgency(a.first) - urgency(b.first));
}

function findingRow(
  finding: Finding,
  group: string,
  index: number,
  siblings: number,
  filter: Filter,
): FindingRow {
  const selected = finding.id === filter.selected;
  return {
    kind: 'finding',
    key: findingKey(finding.id),
    group,
    finding,
    selected,
    position: index + 1,
    siblings,
  };
}

function byUrgency(a: Finding, b: Finding): number {
  return urgency(a) - urgency(b) || a.startLine - b.startLine;
}

function urgency({ priority }: Finding): number {
  return priorities.indexOf(priority);
}

function label(
  { file, place, repository }: Finding,
  withRepository: boolean,
): { name: string; folder: string } {
  const root = withRepository ? (repository.split(/[\\/]/).findLast(Boolean) ?? '') : '';
  if (file === '') return { name: 'no file given', folder: root };
  if (place === 'outside') return { name: file, folder: root };
  const at = file.lastIndexOf('/');
  return {
    name: file.slice(at + 1),
    folder: [root, file.slice(0, Math.max(at, 0))].filter(Boolean).join('/'),
  };
}

/** The active row; where its group was closed, the group; else the selected finding's row, else the first. */
function activeKey(rows: readonly Row[], { active, selected }: Filter): string | null {
  const candidates = [active, selected === null ? null : findingKey(selected)];
  const found = candidates.find((key) => key !== null && findRow(rows, key) !== undefined);
  return found ?? rows[0]?.key ?? null;
}
