/*
 * Which rows of a long list are drawn. All rows are of one height, so that what is left out is as high as its number says.
 */

/** CSS pixels; styles.css has the same. */
export const rowHeight = 22;

/** Rows that are drawn above and below what is visible, so that a quick scroll meets no blank. */
export const overscan = 15;

/** What of the list is visible, in CSS pixels. */
export interface Viewport {
  readonly top: number;
  readonly height: number;
}

/** True where at least a part of that row is visible. @param index undefined for no row */
export function isInView(index: number | undefined, { top, height }: Viewport): boolean {
  return index !== undefined && (index + 1) * rowHeight > top && index * rowHeight < top + height;
}

/** A row by its index, or the place of so many rows that are not drawn, from `index` on. */
export interface Slot {
  readonly kind: 'row' | 'gap';
  readonly index: number;
  readonly count: number;
}

/**
 * @param always index of a row that is drawn wherever it is, because it has the keyboard or will get it with the next Tab; -1 for none
 */
export function slotsOf(count: number, viewport: Viewport, always: number): Slot[] {
  const top = Math.min(Math.max(0, viewport.top), Math.max(0, count * rowHeight - viewport.height));
  const first = Math.max(0, Math.floor(top / rowHeight) - overscan);
  const end = Math.min(count, Math.ceil((top + viewport.height) / rowHeight) + overscan);
  const drawn = Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at);
  if (always >= 0 && always < first) drawn.unshift(always);
  else if (always >= end && always < count) drawn.push(always);
  return withGaps(drawn, count);
}

function withGaps(drawn: readonly number[], count: number): Slot[] {
  const slots: Slot[] = [];
  let next = 0;
  for (const index of [...drawn, count]) {
    if (index > next) slots.push({ kind: 'gap', index: next, count: index - next });
    if (index < count) slots.push({ kind: 'row', index, count: 1 });
    next = index + 1;
  }
  return slots;
}
