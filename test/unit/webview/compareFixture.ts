import assert from 'node:assert/strict';
import type { Comparison } from '../../../src/protocol/comparePage.ts';
import type { Finding } from '../../../src/protocol/finding.ts';
import type { Job } from '../../../src/protocol/job.ts';
import { comparison } from '../../../src/vscode/comparison.ts';
import { finding, known } from '../findings/known.ts';
import { job, jobResult } from './fixtures.ts';

const run = { id: 'run-1', frozen: null };
/** One of the two reviews. */
export const part = (reviewer: 'codex' | 'claude', findings: Finding[], change: Partial<Job> = {}) => ({
  job: job({ id: `by-${reviewer}`, reviewer, run, summary: `${findings.length} findings`, ...change }),
  result: jobResult({ findings, summary: `**${reviewer}** sums up.` }),
});

/** Two findings that contradict each other, one by both, one by Codex alone. */
export function sample(
  change: Partial<Job> = {},
  states: Partial<Record<string, 'dismissed' | 'fixed'>> = {},
): Comparison {
  const remove = { title: 'Remove the lock', file: 'l.ts' };
  const keep = { title: 'Keep the lock', file: 'l.ts' };
  const parts = [
    part('codex', [finding('off', remove), finding('both', { title: 'Sum off' }), finding('alone')]),
    part('claude', [finding('on', keep), finding('both', { title: 'Wrong sum', priority: 'P1' })], change),
  ];
  const all = [known('off', remove), known('on', keep), known('both'), known('alone')];
  const shown = comparison(
    'run-1',
    parts,
    all.map((one) => ({ ...one, state: states[one.id] ?? one.state })),
  );
  assert.ok(shown);
  return shown;
}
