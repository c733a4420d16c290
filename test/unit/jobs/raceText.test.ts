import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type RaceSide, canBeTaken, sideText } from '../../../src/jobs/raceText.ts';
import type { CheckResult } from '../../../src/protocol/fixCheck.ts';
import type { Job } from '../../../src/protocol/job.ts';
import type { TaskChange } from '../../../src/protocol/taskChange.ts';

const job = {
  state: 'succeeded',
  reviewer: 'codex',
  tokens: 12_345,
  cost: null,
  failure: null,
  race: { id: 'race-1', base: 'abc', check: { command: ['npm', 'test'], folder: '' } },
  startedAt: '2026-01-01T10:00:00.000Z',
  endedAt: '2026-01-01T10:00:40.000Z',
} as unknown as Job;
const change = { state: 'pending', files: [{ file: 'a.js', kind: 'update' }] } as unknown as TaskChange;
const check: CheckResult = { command: ['npm', 'test'], outcome: 'passed', reason: '', output: '', took: 1 };
const side: RaceSide = { job, change, check, lines: { added: 3, removed: 1 } };
const withJob = (more: Partial<Job>): RaceSide => ({ ...side, job: { ...job, ...more } });

describe('one side of a fix race', () => {
  test('is told with what it changed, what the check says, and what it took', () => {
    assert.equal(sideText(side), 'Codex: +3 −1, checks pass, 12,345 tokens, 40 s');
    const failed: CheckResult = { ...check, outcome: 'failed', reason: 'exit code 1' };
    const ofClaude = withJob({ reviewer: 'claude', cost: 0.25, tokens: null });
    assert.equal(
      sideText({ ...ofClaude, check: failed }),
      'Claude: +3 −1, checks fail (exit code 1), $0.25, 40 s',
    );
  });

  test('says that nothing was checked, where nothing was to be', () => {
    const race = { id: 'race-1', base: 'abc', check: null };
    assert.match(sideText({ ...withJob({ race }), check: null }), /^Codex: \+3 −1, not checked, /);
  });

  test('says how it ended where it did not get to its end', () => {
    const none = { change: null, check: null, lines: null };
    const failure = { message: 'No such model.' };
    assert.match(
      sideText({ ...withJob({ state: 'failed', failure }), ...none }),
      /^Codex: failed: No such model, changed nothing, /,
    );
    const limit = { message: 'The limit is reached.', limitResetsAt: null };
    assert.match(
      sideText({ ...withJob({ state: 'failed', failure: limit }), check: null }),
      /^Codex: at its limit: The limit is reached, \+3 −1, /,
    );
    assert.match(
      sideText({ ...withJob({ state: 'cancelled' }), ...none }),
      /^Codex: cancelled, changed nothing/,
    );
  });

  test('can be taken while nobody has decided about it', () => {
    assert.equal(canBeTaken(side), true);
    assert.equal(canBeTaken({ job: { ...job, state: 'running' }, change }), false);
    assert.equal(canBeTaken({ job, change: null }), false);
    assert.equal(canBeTaken({ job, change: { ...change, files: [] } }), false);
    const applied = { ...side, change: { ...change, state: 'applied' as const } };
    assert.equal(canBeTaken(applied), false);
    assert.match(sideText(applied), /^Codex: \+3 −1, taken, checks pass/);
  });
});
