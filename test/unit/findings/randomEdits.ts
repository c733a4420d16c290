import type { TextChange } from '../../../src/findings/editMap.ts';

/*
 * Random documents and edit scripts for the property test of anchors. Each line is an object: following the objects is
 * the oracle, which knows where a line really went even where the text alone could not tell.
 */

/** A line with its hidden identity: an edit keeps the object of what it does not replace. */
export interface Line {
  text: string;
}

export type Random = () => number;

/** Mulberry32: the same numbers for the same seed, in [0, 1). */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A whole number from `from` to `to`, both included. */
export function between(random: Random, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1));
}

export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[between(random, 0, items.length - 1)];
  if (item === undefined) throw new Error('There is nothing to pick.');
  return item;
}

/** Lines that any code has many of. */
const common = [
  '}',
  '',
  '{',
  '});',
  '  return;',
  '  return null;',
  '} else {',
  '    break;',
  '  try {',
  '*/',
];

/** Share of lines that are one of the common ones. */
export const kinds = { distinct: 0, code: 0.4, repetitive: 0.7 } as const;
export type Kind = keyof typeof kinds;

let count = 0;

export function newLine(random: Random, kind: Kind): Line {
  if (random() < kinds[kind]) return { text: pick(random, common) };
  count += 1;
  return { text: `${' '.repeat(between(random, 0, 3) * 2)}const value${count} = read(${count % 7});` };
}

export function newDocument(random: Random, kind: Kind, length: number): Line[] {
  return Array.from({ length }, () => newLine(random, kind));
}

export interface Edit {
  name: string;
  /** As VS Code reports them: all of the text before, the last one first. */
  changes: TextChange[];
  after: Line[];
}

/** Lines `from` to before `to` are replaced by others, some of which may be the same objects. */
export interface Replacement {
  from: number;
  to: number;
  lines: readonly Line[];
}

/** Whole lines are replaced, at several places at once; written from line start to line start, or from end to end. */
export function replaceLines(
  name: string,
  before: readonly Line[],
  replacements: readonly Replacement[],
): Edit {
  const ordered = [...replacements].sort((a, b) => b.from - a.from || b.to - a.to);
  const after = [...before];
  const changes = ordered.map(({ from, to, lines }) => {
    after.splice(from, to - from, ...lines);
    return change(before, from, to, lines);
  });
  // A text without lines is one with a blank line.
  return { name, changes, after: after.length === 0 ? [{ text: '' }] : after };
}

function change(before: readonly Line[], from: number, to: number, lines: readonly Line[]): TextChange {
  const texts = lines.map(({ text }) => text);
  // Up to the last line there is no line start to go to.
  if (to >= before.length && from > 0) {
    const start = { line: from - 1, character: lengthOf(before, from - 1) };
    const end = { line: before.length - 1, character: lengthOf(before, before.length - 1) };
    return { range: { start, end }, text: texts.map((text) => `\n${text}`).join('') };
  }
  if (to >= before.length) {
    const end = { line: before.length - 1, character: lengthOf(before, before.length - 1) };
    return { range: { start: { line: 0, character: 0 }, end }, text: texts.join('\n') };
  }
  const start = { line: from, character: 0 };
  return {
    range: { start, end: { line: to, character: 0 } },
    text: texts.map((text) => `${text}\n`).join(''),
  };
}

function lengthOf(lines: readonly Line[], index: number): number {
  return lines[index]?.text.length ?? 0;
}

/** Characters are typed into lines, one place for each cursor. The lines stay what they are, with other text. */
export function typeInto(before: readonly Line[], places: readonly { line: number; column: number }[]): Edit {
  const after = [...before];
  const ordered = [...places].sort((a, b) => b.line - a.line);
  const changes = ordered.map(({ line, column }) => {
    const known = before[line];
    if (!known) throw new Error(`There is no line ${line}.`);
    const character = Math.min(column, known.text.length);
    after[line] = edited(known, `${known.text.slice(0, character)}x${known.text.slice(character)}`);
    const position = { line, character };
    return { range: { start: position, end: position }, text: 'x' };
  });
  return { name: 'type', changes, after };
}

const origins = new WeakMap<Line, Line>();

function edited(line: Line, text: string): Line {
  const next = { text };
  origins.set(next, originOf(line));
  return next;
}

/** The line that an edited one was at first. */
export function originOf(line: Line): Line {
  return origins.get(line) ?? line;
}

/** The same line with another indentation. */
export function indented(line: Line, columns: number): Line {
  return line.text.trim() === '' ? line : edited(line, ' '.repeat(columns) + line.text.trimStart());
}

/** What undoes an edit: its changes the other way round, in one event. */
export function inverse(edit: Edit, before: readonly Line[]): Edit {
  const text = before.map((line) => line.text).join('\n');
  const starts = [0];
  for (const { text: line } of before) starts.push((starts.at(-1) ?? 0) + line.length + 1);
  const offset = ({ line, character }: { line: number; character: number }) =>
    (starts[line] ?? 0) + character;
  let [lineShift, row, columnShift] = [0, -1, 0];
  const changes = [...edit.changes].reverse().map(({ range, text: inserted }): TextChange => {
    const { start, end } = range;
    const newStart = {
      line: start.line + lineShift,
      character: start.character + (start.line === row ? columnShift : 0),
    };
    const parts = inserted.split('\n');
    const last = parts.at(-1) ?? '';
    const newEnd = {
      line: newStart.line + parts.length - 1,
      character: parts.length === 1 ? newStart.character + last.length : last.length,
    };
    lineShift = newEnd.line - end.line;
    row = end.line;
    columnShift = newEnd.character - end.character;
    return { range: { start: newStart, end: newEnd }, text: text.slice(offset(start), offset(end)) };
  });
  return { name: `undo ${edit.name}`, changes: changes.reverse(), after: [...before] };
}

/** An edit of one of many kinds. */
export function randomEdit(random: Random, lines: readonly Line[], kind: Kind): Edit {
  const at = (length = 1) => between(random, 0, Math.max(0, lines.length - length));
  const some = (most: number) =>
    Array.from({ length: between(random, 1, most) }, () => newLine(random, kind));
  const block = (most: number) => {
    const length = between(random, 1, Math.min(most, lines.length));
    const from = at(length);
    return { from, to: from + length };
  };
  switch (
    pick(random, ['insert', 'delete', 'type', 'move', 'cursors', 'replace', 'indent', 'reload'] as const)
  ) {
    case 'insert': {
      const from = between(random, 0, lines.length);
      return replaceLines('insert', lines, [{ from, to: from, lines: some(6) }]);
    }
    case 'delete':
      return replaceLines('delete', lines, [{ ...block(4), lines: [] }]);
    case 'type':
      return typeInto(lines, [{ line: at(), column: between(random, 0, 30) }]);
    case 'move':
      return moveBlock(lines, block(4), random() < 0.5);
    case 'cursors':
      return severalCursors(random, lines, kind);
    case 'replace': {
      const { from, to } = block(12);
      const kept = lines.slice(from, to);
      kept.splice(between(random, 0, kept.length), between(random, 0, 1), ...some(2));
      return replaceLines('replace', lines, [{ from, to, lines: kept }]);
    }
    case 'indent': {
      const columns = between(random, 0, 8);
      const all = lines.map((line) => indented(line, columns));
      return replaceLines('indent', lines, [{ from: 0, to: lines.length, lines: all }]);
    }
    case 'reload':
      return reload(random, lines, kind);
  }
}

/** Alt+Up and Alt+Down: VS Code takes the line above (below) away and puts it behind (before) the block. */
export function moveBlock(
  lines: readonly Line[],
  { from, to }: { from: number; to: number },
  up: boolean,
): Edit {
  const passed = up ? from - 1 : to;
  const line = lines[passed];
  if (!line) return { name: 'no move', changes: [], after: [...lines] };
  const target = up ? to : from;
  return replaceLines(up ? 'move up' : 'move down', lines, [
    { from: passed, to: passed + 1, lines: [] },
    { from: target, to: target, lines: [line] },
  ]);
}

function severalCursors(random: Random, lines: readonly Line[], kind: Kind): Edit {
  const rows = [...new Set(Array.from({ length: 6 }, () => between(random, 0, lines.length - 1)))];
  const rowsApart = rows.filter((row) => !rows.includes(row - 1));
  switch (pick(random, ['type', 'insert', 'delete'] as const)) {
    case 'type':
      return typeInto(
        lines,
        rowsApart.map((line) => ({ line, column: between(random, 0, 30) })),
      );
    case 'insert':
      return replaceLines(
        'insert at cursors',
        lines,
        rowsApart.map((from) => ({ from, to: from, lines: [newLine(random, kind)] })),
      );
    case 'delete':
      return replaceLines(
        'delete at cursors',
        lines,
        rowsApart.map((from) => ({ from, to: from + 1, lines: [] })),
      );
  }
}

/** The text as a whole is another one, as after a checkout: a few lines have come and gone, everything else is there. */
export function reload(random: Random, lines: readonly Line[], kind: Kind): Edit {
  const after = [...lines];
  for (let i = between(random, 1, 4); i > 0; i -= 1)
    after.splice(
      between(random, 0, after.length),
      between(random, 0, 2),
      ...newDocument(random, kind, between(random, 0, 3)),
    );
  if (after.length === 0) after.push(newLine(random, kind));
  return replaceLines('reload', lines, [{ from: 0, to: lines.length, lines: after }]);
}
