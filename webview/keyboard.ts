import { findRow, idsOf, type ListModel, type Row } from './list.ts';
import type { Action } from './state.ts';

/** What of a key press counts. */
export interface Press {
  readonly key: string;
  readonly shift: boolean;
  /** Ctrl, or Cmd. */
  readonly control: boolean;
}

/**
 * What a key means while a row of the list has the keyboard; null where it means nothing. As in VS Code's own trees.
 * @param active key of that row
 * @param page rows that are visible at once
 */
export function listKey(press: Press, list: ListModel, active: string | null, page: number): Action | null {
  const row = findRow(list, active);
  if (row === undefined) return null;
  if (press.control) return controlKey(press.key, row);
  const target = targetOf(press.key, list, row, page);
  if (target !== null) {
    if (target === row) return null;
    return press.shift ? { type: 'extendChosen', key: target.key } : preview(target);
  }
  return press.shift ? null : rowKey(press.key, list, row);
}

function controlKey(key: string, row: Row): Action | null {
  if (key.toLowerCase() === 'a') return { type: 'chooseAll' };
  if (key === ' ' || key === 'Enter')
    return row.kind === 'finding' ? { type: 'toggleChosen', key: row.key } : null;
  // Cmd+Backspace is what Macs have for Delete.
  return key === 'Backspace' ? dismiss : null;
}

/** The row that a key of motion leads to; null for other keys. */
function targetOf(key: string, { rows, indexes }: ListModel, row: Row, page: number): Row | null {
  const index = indexes.get(row.key) ?? 0;
  const position = positionOf(key, index, rows.length, page);
  if (position === null) return null;
  return rows[Math.min(Math.max(position, 0), rows.length - 1)] ?? null;
}

function positionOf(key: string, index: number, count: number, page: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return index + 1;
    case 'ArrowUp':
      return index - 1;
    case 'PageDown':
      return index + page;
    case 'PageUp':
      return index - page;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

function rowKey(key: string, list: ListModel, row: Row): Action | null {
  switch (key) {
    case 'ArrowRight':
      return inwards(row, list.rows[(list.indexes.get(row.key) ?? 0) + 1]);
    case 'ArrowLeft':
      return outwards(row);
    case 'Enter':
      return row.kind === 'group' ? toggle(row) : { type: 'activate', key: row.key, open: 'focus' };
    case ' ':
      return row.kind === 'group' ? toggle(row) : preview(row);
    case 'Delete':
      return idsOf(list, row).length === 0 ? null : dismiss;
    case 'Escape':
      return { type: 'escape' };
    default:
      return null;
  }
}

const dismiss: Action = { type: 'perform', action: 'dismiss', part: 'list' };

function inwards(row: Row, next: Row | undefined): Action | null {
  if (row.kind === 'finding') return null;
  if (!row.expanded) return toggle(row);
  return next === undefined ? null : preview(next);
}

function outwards(row: Row): Action | null {
  if (row.kind === 'group') return row.expanded ? toggle(row) : null;
  return { type: 'activate', key: row.group, open: 'preview' };
}

function preview({ key }: Row): Action {
  return { type: 'activate', key, open: 'preview' };
}

function toggle({ key }: Row): Action {
  return { type: 'toggleGroup', key };
}

/** What a key means while the menu is open; null where it means nothing. */
export function menuKey(key: string): Action | null {
  switch (key) {
    case 'ArrowDown':
      return { type: 'moveInMenu', to: 1 };
    case 'ArrowUp':
      return { type: 'moveInMenu', to: -1 };
    case 'Home':
      return { type: 'moveInMenu', to: 'first' };
    case 'End':
      return { type: 'moveInMenu', to: 'last' };
    case 'Escape':
    case 'Tab':
      return { type: 'closeMenu' };
    default:
      return null;
  }
}
