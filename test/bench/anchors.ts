import { makeAnchor } from '../../src/findings/anchorText.ts';
import type { TextChange } from '../../src/findings/editMap.ts';
import { LineIndex } from '../../src/findings/lineIndex.ts';
import { placeInText } from '../../src/findings/placeInText.ts';
import { textLines } from '../../src/findings/textLines.ts';
import type { RecordedFinding } from '../../src/findings/trackedFinding.ts';
import { TrackedFindings } from '../../src/findings/trackedFindings.ts';
import { timeInTurns } from './sample.ts';

const files = 100;
const keystrokes = 100;

export interface AnchorTimes {
  /** One keystroke, with 100, 1,000 and 10,000 findings: in 100 files, of which one is typed into, and all in one. ms. */
  readonly spread: readonly number[];
  readonly together: readonly number[];
  /** Splitting and indexing a text of 10,000 lines, and finding 1,000 findings in it after it was changed. ms. */
  readonly index: number;
  readonly refind: number;
}

/** How findings follow their text: per keystroke in an open document, and in a file that was changed while closed. */
export async function measureAnchors(rounds: number): Promise<AnchorTimes> {
  const lines = sample(10_000);
  const text = lines.join('\n');
  const changed = lines.flatMap((line, index) => (index % 50 === 0 ? ['inserted();', line] : [line]));
  const thousand = findingsIn(lines, 1_000);
  const times = await timeInTurns(
    {
      spread100: typing(lines, 100 / files),
      spread1000: typing(lines, 1_000 / files),
      spread10000: typing(lines, 10_000 / files),
      together100: typing(lines, 100),
      together1000: typing(lines, 1_000),
      together10000: typing(lines, 10_000),
      index: () => Promise.resolve(new LineIndex(text.split('\n'))),
      refind: () => {
        const index = new LineIndex(changed);
        return Promise.resolve(thousand.map((finding) => placeInText(finding, index)));
      },
    },
    rounds,
  );
  return {
    spread: [times.spread100, times.spread1000, times.spread10000].map((time) => time / keystrokes),
    together: [times.together100, times.together1000, times.together10000].map((time) => time / keystrokes),
    index: times.index,
    refind: times.refind,
  };
}

/** Types into a line at the top, then takes it back, so that each round finds the same document. */
function typing(lines: readonly string[], count: number): () => Promise<void> {
  const tracked = new TrackedFindings(findingsIn(lines, count), textLines(lines));
  const first = lines[0] ?? '';
  const typed = { before: textLines(lines), after: textLines([`x${first}`, ...lines.slice(1)]) };
  const at = (end: number, text: string): TextChange => ({
    range: { start: { line: 0, character: 0 }, end: { line: 0, character: end } },
    text,
  });
  return () => {
    for (let i = 0; i < keystrokes; i += 2) {
      tracked.apply([at(0, 'x')], typed.after);
      tracked.apply([at(1, '')], typed.before);
    }
    return Promise.resolve();
  };
}

function sample(count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    index % 5 === 0 ? '}' : `  const value${index} = read(${index % 17});`,
  );
}

function findingsIn(lines: readonly string[], count: number): RecordedFinding[] {
  return Array.from({ length: count }, (_, index) => {
    const startLine = 1 + Math.floor((index * lines.length) / count);
    const endLine = Math.min(lines.length, startLine + 2);
    const anchor = makeAnchor(lines, startLine, endLine, null);
    return { id: `f${index}`, startLine, endLine, place: 'anchored', anchor };
  });
}
