import { findRow, type ListModel, type Row } from './list.ts';
import type { Action } from './state.ts';

/**
 * What a key means while a row of the list has the keyboard; null where it means nothing. As in VS Code's own trees.
 * @param page rows that are visible at once
 */
export function listKey(key: string, list: ListModel, page: number): Action | null {
  const index = list.rows.findIndex((row) => row.key === list.active);
  const row = list.rows[index];
  if (row === undefined) return null;
  const to = (position: number): Action | null => {
    const target = list.rows[Math.min(Math.max(position, 0), list.rows.length - 1)];
    return target === undefined || target === row ? null : preview(target);
  };
  switch (key) {
    case 'ArrowDown':
      return to(index + 1);
    case 'ArrowUp':
      return to(index - 1);
    case 'PageDown':
      return to(index + page);
    case 'PageUp':
      return to(index - page);
    case 'Home':
      return to(0);
    case 'End':
      return to(list.rows.length - 1);
    case 'ArrowRight':
      return inwards(row, list.rows[index + 1]);
    case 'ArrowLeft':
      return outwards(row, list.rows);
    case 'Enter':
      return row.kind === 'group' ? toggle(row) : { type: 'activate', key: row.key, open: 'focus' };
    case ' ':
      return row.kind === 'group' ? toggle(row) : preview(row);
    case 'Escape':
      return { type: 'clearFilter' };
    default:
      return null;
  }
}

function inwards(row: Row, next: Row | undefined): Action | null {
  if (row.kind === 'finding') return null;
  if (!row.expanded) return toggle(row);
  return next === undefined ? null : preview(next);
}

function outwards(row: Row, rows: readonly Row[]): Action | null {
  if (row.kind === 'group') return row.expanded ? toggle(row) : null;
  const parent = findRow(rows, row.group);
  return parent === undefined ? null : preview(parent);
}

function preview({ key }: Row): Action {
  return { type: 'activate', key, open: 'preview' };
}

function toggle({ key }: Row): Action {
  return { type: 'toggleGroup', key };
}
