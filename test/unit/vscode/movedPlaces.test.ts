import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlacedFinding } from '../../../src/vscode/findingPlaces.ts';
import { MovedPlaces } from '../../../src/vscode/movedPlaces.ts';
import { finding } from '../webview/fixtures.ts';

function placed(id: string, startLine: number, change: Partial<PlacedFinding['now']> = {}): PlacedFinding {
  const recorded = finding({ id, startLine: 10, endLine: 10 });
  const { place, file } = recorded;
  return {
    finding: recorded,
    now: {
      place,
      file,
      startLine,
      endLine: startLine,
      startColumn: 0,
      endColumn: 0,
      absolute: '/x',
      ...change,
    },
    path: '/x',
  };
}

test('the page is told of the findings that are elsewhere than recorded, and of no others', () => {
  const files = new Map([
    ['/x', [placed('stays', 10), placed('moves', 12), placed('goes', 10, { place: 'stale' })]],
  ]);
  const asked: string[] = [];
  const moved = new MovedPlaces({
    inFile: (path) => {
      asked.push(path);
      return files.get(path) ?? [];
    },
  });
  moved.update(['/x']);
  const { file } = finding();
  assert.deepEqual(moved.all(), {
    moves: { place: 'anchored', file, startLine: 12, endLine: 12 },
    goes: { place: 'stale', file, startLine: 10, endLine: 10 },
  });
  files.set('/x', [placed('moves', 10), placed('named', 10, { file: 'src/new.ts' })]);
  moved.update(['/x']);
  assert.deepEqual(moved.all(), {
    named: { place: 'anchored', file: 'src/new.ts', startLine: 10, endLine: 10 },
  });
  moved.update(['/y']);
  assert.deepEqual(asked, ['/x', '/x', '/y'], 'only the files that changed are looked at');
});
