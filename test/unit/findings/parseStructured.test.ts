import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseStructuredOutput } from '../../../src/findings/parseStructured.ts';

const finding = {
  severity: 'high',
  title: '[P0] Retries are not bounded',
  body: 'A server that is down is asked for ever.',
  file: 'src/retry.ts',
  line_start: 4,
  line_end: 9,
  confidence: 0.8,
  recommendation: 'Give up after five tries.',
};
const answer = (more: object = {}) =>
  JSON.stringify({
    verdict: 'needs-attention',
    summary: ' Not yet. ',
    findings: [finding],
    next_steps: ['Bound the retries', ' '],
    ...more,
  });

describe('an answer by our own schema', () => {
  test('is read whole', () => {
    const read = parseStructuredOutput(answer());
    assert.equal(read?.structure, 'structured');
    assert.equal(read.output.correctness, 'needs-attention');
    assert.equal(read.output.explanation, 'Needs attention. Not yet.');
    assert.deepEqual(read.output.nextSteps, ['Bound the retries']);
    assert.deepEqual(read.output.findings, [
      {
        title: 'Retries are not bounded',
        body: finding.body,
        recommendation: finding.recommendation,
        priority: 'P1',
        confidence: 0.8,
        path: 'src/retry.ts',
        startLine: 4,
        endLine: 9,
      },
    ]);
  });

  test('severities become priorities; an unknown one is the middle', () => {
    const priorities = ['critical', 'high', 'medium', 'LOW', 'odd'].map(
      (severity) =>
        parseStructuredOutput(answer({ findings: [{ ...finding, severity }] }))?.output.findings[0]?.priority,
    );
    assert.deepEqual(priorities, ['P0', 'P1', 'P2', 'P3', 'P2']);
  });

  test('approval without findings is a positive statement', () => {
    const read = parseStructuredOutput(answer({ verdict: 'approve', findings: [] }));
    assert.equal(read?.output.correctness, 'approve');
    assert.equal(read.output.explanation, 'Approved. Not yet.');
  });

  for (const [what, text] of [
    ['prose', 'Looks good to me.'],
    ['another verdict', answer({ verdict: 'great' })],
    ['no list of findings', answer({ findings: undefined })],
    ['findings that are none', answer({ findings: ['one'] })],
  ] as const) {
    test(`${what} is not one`, () => assert.equal(parseStructuredOutput(text), null));
  }

  test('what it says of earlier findings: by their ids, and no more than it says', () => {
    const read = (earlier?: unknown) => parseStructuredOutput(answer({ earlier }))?.output.earlier;
    assert.deepEqual(read(), []);
    assert.deepEqual(read('all fixed'), []);
    assert.deepEqual(
      read([
        { id: ' a ', status: 'fixed', reason: 'Line 3 checks it. ' },
        { id: 'b', status: 'still-there', reason: '' },
        { id: 'c', status: 'cannot-tell', reason: 'Not looked at.' },
        { id: 'd', status: 'perhaps', reason: 7 },
        { id: '', status: 'fixed', reason: '' },
        { status: 'fixed', reason: '' },
        'fixed',
      ]),
      [
        { id: 'a', status: 'fixed', reason: 'Line 3 checks it.' },
        { id: 'b', status: 'still there', reason: '' },
        { id: 'c', status: 'cannot tell', reason: 'Not looked at.' },
        { id: 'd', status: 'cannot tell', reason: '' },
      ],
    );
  });

  test('fields of the wrong type are read as absent, never as something', () => {
    const odd = { ...finding, confidence: 7, line_start: 'four', recommendation: 3, title: '' };
    const [read] = parseStructuredOutput(answer({ findings: [odd] }))?.output.findings ?? [];
    assert.equal(read?.confidence, null);
    assert.equal(read.startLine, null);
    assert.equal(read.recommendation, '');
    assert.equal(read.title, 'A server that is down is asked for ever.');
  });
});
