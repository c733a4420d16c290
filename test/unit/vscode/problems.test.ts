import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  hiddenText,
  isMarked,
  problemAdvice,
  problemCode,
  problemMessage,
  readProblemSettings,
} from '../../../src/vscode/problems.ts';
import { finding } from '../webview/fixtures.ts';

function settings(values: Readonly<Record<string, string>> = {}) {
  const configuration = { get: (id: string) => values[id] };
  const workspace = { getConfiguration: () => configuration };
  return readProblemSettings(workspace as unknown as Parameters<typeof readProblemSettings>[0]);
}

test('severities: P0 and P1 warn, the others inform; errors are by choice', () => {
  assert.deepEqual(settings().severity, {
    P0: 'warning',
    P1: 'warning',
    P2: 'information',
    P3: 'information',
  });
  assert.equal(settings({ 'tandem.problems.severity.P0': 'error' }).severity.P0, 'error');
  assert.equal(settings({ 'tandem.problems.severity.P0': 'fatal' }).severity.P0, 'warning');
});

test('findings of a lower priority than chosen are not marked', () => {
  const minimum = settings({ 'tandem.problems.minimumPriority': 'P1' });
  const marked = (['P0', 'P1', 'P2', 'P3'] as const).filter((priority) =>
    isMarked(finding({ priority }), minimum),
  );
  assert.deepEqual(marked, ['P0', 'P1']);
  assert.ok(isMarked(finding({ priority: 'P3' }), settings()));
});

test('findings outside the change say so, or are not marked; where that is not known they are like the others', () => {
  const hide = settings({ 'tandem.problems.outsideChange': 'hide' });
  assert.deepEqual(
    [true, false, null].map((inChange) => isMarked(finding({ inChange }), hide)),
    [true, false, true],
  );
  assert.ok(isMarked(finding({ inChange: false }), settings()));
  assert.equal(problemMessage(finding({ title: 'Leak', inChange: false })), 'Leak (not in the change)');
  assert.equal(problemMessage(finding({ title: 'Leak', inChange: null })), 'Leak');
});

test('a title that steers, or is endless, is shown in a line of plain text', () => {
  const title = `Le\u202eak\u001b[31m\nof ${'x'.repeat(100_000)}`;
  const message = problemMessage(finding({ title, inChange: false }));
  assert.ok(/^Leak of x{200,400}… \(not in the change\)$/.test(message), message.slice(0, 20));
});

test('the code names who found it and how urgent it is', () => {
  assert.equal(problemCode(finding({ reviewers: ['codex'], priority: 'P1' })), 'Codex P1');
  assert.equal(
    problemCode(finding({ reviewers: ['codex', 'claude'], priority: 'P0' })),
    'Codex and Claude P0',
  );
  assert.equal(problemCode(finding({ reviewers: ['sarif'], tool: 'Semgrep', priority: 'P2' })), 'Semgrep P2');
});

test('what is hidden is counted', () => {
  assert.deepEqual([hiddenText(0), hiddenText(4)], ['', '4 hidden by your filter']);
});

test('the advice is one line without what could steer or reorder it; none where there is none', () => {
  assert.equal(
    problemAdvice({ recommendation: 'Use `<=`.\n\u202eThen test it.' }),
    'Use `<=`. Then test it.',
  );
  assert.equal(problemAdvice({ recommendation: '' }), '');
});
