import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeAnchor } from '../../../src/findings/anchorText.ts';
import { LineIndex, lineKey } from '../../../src/findings/lineIndex.ts';
import { type TextPlace, placeInText } from '../../../src/findings/placeInText.ts';
import { textLines } from '../../../src/findings/textLines.ts';
import type { RecordedFinding } from '../../../src/findings/trackedFinding.ts';
import { TrackedFindings } from '../../../src/findings/trackedFindings.ts';
import {
  type Edit,
  type Kind,
  type Line,
  type Random,
  between,
  inverse,
  kinds,
  newDocument,
  originOf,
  randomEdit,
  seeded,
} from './randomEdits.ts';

/** Of findings whose text survived, so many must be where it is. */
const required = 0.99;
/**
 * Random scripts for each kind of document. Findings of one document stand or fall together, so that a hundred scripts say
 * little: their share is up to a whole point off. `TANDEM_SEED` is where the seeds begin, to look at others.
 */
const scripts = { open: 200, closed: 600 };
const firstSeed = Number(process.env['TANDEM_SEED'] ?? 1);
const editsPerScript = 14;
/** At most, and no more than it has lines: the same few lines many times over would count one stroke of luck as many. */
const findingsPerDocument = 40;

/** A finding with the lines that it is about. */
interface Followed {
  record: RecordedFinding;
  lines: readonly Line[];
}

interface Tally {
  /** The text is there, as it was. */
  survived: number;
  right: number;
  /** The lines are there with other text: typed into. */
  edited: number;
  followed: number;
  /** The lines are gone, and no other line has, or had, the text of one of them. */
  gone: number;
  placed: number;
  /** The lines are gone, but there are others with the same text as some of them. */
  alike: number;
  mistaken: number;
}

const zero: Tally = {
  survived: 0,
  right: 0,
  edited: 0,
  followed: 0,
  gone: 0,
  placed: 0,
  alike: 0,
  mistaken: 0,
};

for (const kind of Object.keys(kinds) as Kind[]) {
  describe(`findings in random ${kind} documents under random edits`, () => {
    test('follow their text while the document is open', (t) => {
      const tally = { ...zero };
      for (const random of randoms(scripts.open)) followOpen(random, kind, tally);
      check(tally, (message) => t.diagnostic(message));
      assert.ok(tally.followed >= required * tally.edited, 'what was typed into is followed');
    });

    test('are found again after the file was closed', (t) => {
      const tally = { ...zero };
      for (const random of randoms(scripts.closed)) findAgain(random, kind, tally);
      check(tally, (message) => t.diagnostic(message));
    });
  });
}

function randoms(count: number): Random[] {
  return Array.from({ length: count }, (_, index) => seeded(firstSeed + index));
}

function check(tally: Tally, print: (message: string) => void): void {
  const share = (part: number, all: number) => `${((100 * part) / Math.max(1, all)).toFixed(2)} % of ${all}`;
  print(`text survived: ${share(tally.right, tally.survived)} at the right lines`);
  print(`typed into: ${share(tally.followed, tally.edited)} followed (in a closed file their text is gone)`);
  print(`text gone: ${share(tally.placed, tally.gone)} placed`);
  print(`lines gone, others alike: ${share(tally.mistaken, tally.alike)} placed there`);
  assert.ok(tally.survived > 1000 && tally.gone > 100);
  assert.ok(tally.right >= required * tally.survived);
  assert.equal(tally.placed, 0, 'no finding is placed whose text is gone');
  // Where other lines with the same text stand in the same surroundings, nobody can tell them apart.
  assert.ok(
    tally.mistaken <= (1 - required) * (tally.survived + tally.alike),
    'few are placed at lines alike',
  );
}

function followOpen(random: Random, kind: Kind, tally: Tally): void {
  let lines = newDocument(random, kind, between(random, 1, 160));
  const findings = newFindings(random, lines);
  const tracked = new TrackedFindings(
    findings.map(({ record }) => record),
    textOf(lines),
  );
  const done: { edit: Edit; before: Line[] }[] = [];
  for (let i = 0; i < editsPerScript; i += 1) {
    const last = random() < 0.3 ? done.pop() : undefined;
    const edit = last ? inverse(last.edit, last.before) : randomEdit(random, lines, kind);
    if (!last) done.push({ edit, before: lines });
    lines = edit.after;
    tracked.apply(edit.changes, textOf(lines));
    for (const { record, lines: own } of findings) count(tally, own, tracked.place(record.id), lines);
  }
}

function findAgain(random: Random, kind: Kind, tally: Tally): void {
  let lines = newDocument(random, kind, between(random, 1, 160));
  const findings = newFindings(random, lines);
  for (let i = between(random, 1, editsPerScript / 2); i > 0; i -= 1)
    lines = randomEdit(random, lines, kind).after;
  const index = new LineIndex(lines.map(({ text }) => text));
  for (const { record, lines: own } of findings) {
    count(tally, own, placeInText(record, index), lines);
  }
}

function textOf(lines: readonly Line[]) {
  return textLines(lines.map(({ text }) => text));
}

function newFindings(random: Random, lines: readonly Line[]): Followed[] {
  const texts = lines.map(({ text }) => text);
  return Array.from({ length: Math.min(findingsPerDocument, lines.length) }, (_, index) => {
    const startLine = between(random, 1, lines.length);
    const longest = random() < 0.1 ? 60 : 4;
    const endLine = Math.min(lines.length, startLine + between(random, 0, longest - 1));
    const anchor = makeAnchor(texts, startLine, endLine, null);
    const record = { id: `f${index}`, startLine, endLine, place: 'anchored' as const, anchor };
    return { record, lines: lines.slice(startLine - 1, endLine) };
  });
}

/** Compares a place with where the lines of the finding really are. */
function count(tally: Tally, own: readonly Line[], place: TextPlace | undefined, now: readonly Line[]): void {
  assert.ok(place);
  assert.ok(place.startLine >= 1 && place.endLine >= place.startLine);
  assert.ok(place.endLine <= Math.max(1, now.length));
  const start = now.findIndex((line) => originOf(line) === own[0]);
  const there = own.map((line, index) => {
    const candidate = now[start + index];
    return candidate && originOf(candidate) === line ? candidate : undefined;
  });
  const isRight =
    place.place === 'anchored' && place.startLine === start + 1 && place.endLine === start + own.length;
  const isBlank = own.every(({ text }) => text.trim() === '');
  if (start !== -1 && there.every((line, index) => line && sameText(line, own[index]))) {
    tally.survived += 1;
    if (isRight) tally.right += 1;
  } else if (start !== -1 && there.every(Boolean) && !isBlank) {
    tally.edited += 1;
    if (isRight) tally.followed += 1;
  } else if (now.every((line) => !own.some((one) => originOf(line) === one))) {
    // Also one that was typed into since: whoever was taken for another goes on with it.
    const alike = now.some((line) => own.some((one) => sameText(line, one) || sameText(originOf(line), one)));
    const isPlaced = place.place === 'anchored';
    tally[alike ? 'alike' : 'gone'] += 1;
    if (isPlaced) tally[alike ? 'mistaken' : 'placed'] += 1;
  }
}

function sameText(a: Line, b: Line | undefined): boolean {
  return b !== undefined && lineKey(a.text) === lineKey(b.text);
}
