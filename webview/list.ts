import type { ListedFinding } from '../src/protocol/pageSlices.ts';
import type { SwitchCount, Filtered } from './filter.ts';
import type { Group, Grouping } from './grouping.ts';

export interface GroupRow {
  readonly kind: 'group';
  readonly key: string;
  readonly grouping: Grouping;
  readonly name: string;
  readonly detail: string;
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
  readonly finding: ListedFinding;
  readonly position: number;
  readonly siblings: number;
}

export type Row = GroupRow | FindingRow;

export interface ListModel extends Pick<Filtered, 'hiddenCount' | 'priorities' | 'states'> {
  /** All known findings, in whatever state. */
  readonly total: number;
  readonly shown: number;
  readonly grouping: Grouping;
  readonly groups: readonly Group[];
  /** From top to bottom as on the screen: findings of closed groups are left out. */
  readonly rows: readonly Row[];
  /** Of each row's key its index in `rows`. */
  readonly indexes: ReadonlyMap<string, number>;
}

export type { SwitchCount };

export function findingKey(id: string): string {
  return `finding:${id}`;
}

/** @param collapsed keys of the groups that are closed */
export function rowsOf(groups: readonly Group[], grouping: Grouping, collapsed: readonly string[]): Row[] {
  const closed = new Set(collapsed);
  return groups.flatMap(({ key, name, detail, obstacle, members }, index): Row[] => {
    const expanded = !closed.has(key);
    const group: GroupRow = {
      kind: 'group',
      key,
      grouping,
      name,
      detail,
      obstacle,
      count: members.length,
      expanded,
      position: index + 1,
      siblings: groups.length,
    };
    if (!expanded) return [group];
    const siblings = members.length;
    return [
      group,
      ...members.map((finding, at): FindingRow => ({
        kind: 'finding',
        key: findingKey(finding.id),
        group: key,
        finding,
        position: at + 1,
        siblings,
      })),
    ];
  });
}

export function findRow({ rows, indexes }: ListModel, key: string | null): Row | undefined {
  const index = key === null ? undefined : indexes.get(key);
  return index === undefined ? undefined : rows[index];
}

/** Ids of the findings that a row stands for: its own, or all of its group. */
export function idsOf(list: ListModel, row: Row): string[] {
  if (row.kind === 'finding') return [row.finding.id];
  return list.groups.find(({ key }) => key === row.key)?.members.map(({ id }) => id) ?? [];
}

/** Ids of the findings from one row to another, both included, as they stand on the screen. */
export function idsBetween({ rows, indexes }: ListModel, from: string, to: string): string[] {
  const [a, b] = [indexes.get(from), indexes.get(to)];
  if (a === undefined || b === undefined) return [];
  return rows
    .slice(Math.min(a, b), Math.max(a, b) + 1)
    .flatMap((row) => (row.kind === 'finding' ? [row.finding.id] : []));
}
