import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Recorded } from '../../../src/findings/finding.ts';
import type { AgentProgress } from '../../../src/jobs/agent.ts';
import { type Interpreted, createReviewRunner } from '../../../src/jobs/reviewRunner.ts';
import { sampleJob } from '../bridge/samples.ts';
import { finding } from '../findings/known.ts';

const news = { fresh: 0, shared: 0, stillThere: 0, cameBack: 0, fixed: 0, notReported: 0, notLookedAt: 0 };
const evidence = { looks: [], files: [], hunks: 1, notLookedAt: [], notLookedAtCount: 0 };

/** A review that reported one finding. */
async function review(interpreted: Partial<Interpreted>, recorded: Partial<Recorded>) {
  const runner = createReviewRunner({
    reviewer: {
      id: 'codex',
      review: () =>
        Promise.resolve({
          read: null,
          text: 'Raw.',
          observations: [],
          commands: { succeeded: 1, failed: 0, lastFailure: null },
          complete: false,
        }),
    },
    openPlace: ({ repository }) =>
      Promise.resolve({
        folder: repository,
        inRepository: (answer) => answer,
        close: () => Promise.resolve(),
      }),
    prepare: () =>
      Promise.resolve({
        brief: { form: 'structured', prompt: '', schema: {}, complete: false },
        hunks: [],
        files: null,
        version: null,
        notes: [],
      }),
    prepareMore: () => Promise.reject(new Error('It does not go on.')),
    hasOpen: () => Promise.resolve(false),
    interpret: () =>
      Promise.resolve({
        verdict: 'findings',
        reason: null,
        unseen: null,
        structure: 'structured',
        summary: '',
        nextSteps: [],
        findings: [finding('a')],
        earlier: [],
        evidence,
        notes: [],
        ...interpreted,
      }),
    record: () => Promise.resolve({ findings: [finding('a')], dismissed: [], news, ...recorded }),
  });
  const progress: AgentProgress[] = [];
  const context = {
    onProgress: (step: AgentProgress) => void progress.push(step),
    signal: new AbortController().signal,
    keep: () => undefined,
  };
  const target = { kind: 'working-tree', files: 1, lines: 1 } as const;
  const { outcome, result } = await runner(sampleJob({ kind: 'review', target }), null, context);
  return { outcome, result, notes: progress.flatMap(({ note }) => note ?? []) };
}

describe('a review of which all findings are dismissed', () => {
  const dismissed = { findings: [], dismissed: ['Leak'] };

  test('is clean, and says what was left out', async () => {
    const { outcome, result, notes } = await review({}, dismissed);
    assert.deepEqual([outcome.state, outcome.verdict, outcome.failure], ['succeeded', 'clean', null]);
    assert.deepEqual([result.verdict, result.findings], ['clean', []]);
    assert.deepEqual(notes, ['Reported again, though dismissed, and left out: “Leak”.']);
  });

  test('is no verdict where the reviewer was not seen looking at the change', async () => {
    const unseen = { message: 'It ran no command.' };
    const { outcome, result } = await review({ unseen }, dismissed);
    assert.deepEqual([outcome.state, outcome.failure], ['inconclusive', unseen]);
    assert.equal(result.verdict, 'inconclusive');
  });

  test('one that is left is reported, seen looking or not', async () => {
    const { outcome } = await review({ unseen: { message: 'It ran no command.' } }, {});
    assert.deepEqual(
      [outcome.verdict, outcome.failure, outcome.summary],
      ['findings', null, '1 finding (P2)'],
    );
  });
});
