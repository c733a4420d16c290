import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingsSummary, jobMarkdown, jobsMarkdown } from '../../../src/jobs/report.ts';
import type { Finding, Priority } from '../../../src/protocol/finding.ts';
import type { Job } from '../../../src/protocol/job.ts';
import type { ChangeState, TaskChange } from '../../../src/protocol/taskChange.ts';
import { sampleJob } from '../bridge/samples.ts';

function findings(...priorities: Priority[]): Finding[] {
  return priorities.map((priority, index) => ({
    id: String(index),
    title: 'Title',
    body: '',
    recommendation: '',
    priority,
    confidence: null,
    file: 'a.ts',
    startLine: 1,
    endLine: 1,
    place: 'anchored',
    anchor: null,
    inChange: null,
    tool: '',
    reviewers: ['codex'],
    repository: '/repository',
    job: 'j',
  }));
}

test('the summary says how many there are, and how many are urgent', () => {
  assert.equal(findingsSummary([]), 'No findings');
  assert.equal(findingsSummary(findings('P2')), '1 finding (P2)');
  assert.equal(findingsSummary(findings('P2', 'P3')), '2 findings');
  assert.equal(findingsSummary(findings('P1', 'P3', 'P1')), '3 findings, 2 of them P1');
  assert.equal(findingsSummary(findings('P1', 'P0')), '2 findings, 1 of them P0');
  assert.equal(findingsSummary(findings('P0', 'P0')), '2 findings, all of them P0');
});

test('a job of Claude is called so, with its cost', () => {
  const claude = sampleJob({ reviewer: 'claude', threadId: null, cost: 0.123, model: 'claude-x' });
  const text = jobMarkdown(claude, null, { full: false, now: 0 });
  assert.match(text, /^# Claude review of uncommitted changes/);
  assert.match(text, /model claude-x.*, \$0\.12\./);
  assert.doesNotMatch(text, /codex/i);
  const little = jobMarkdown({ ...claude, cost: 0.0004 }, null, { full: false, now: 0 });
  assert.match(little, /, less than \$0\.01\./);
  const task = sampleJob({ kind: 'task', reviewer: 'claude', title: 'Mend it' });
  assert.match(jobMarkdown(task, null, { full: false, now: 0 }), /^# Claude task: Mend it/);
});

test('what a review cost is said where it is known', () => {
  const told = (tokens: number | null) =>
    jobMarkdown(sampleJob({ tokens }), null, { full: false, now: 0 }).includes(', 12,345 tokens');
  assert.ok(told(12_345));
  assert.ok(!told(null));
});

test('a list says what became of the change of each task', () => {
  const task = (id: string) => sampleJob({ id, kind: 'task', title: id, summary: 'Changed 1 file' });
  const states = { a: 'pending', b: 'kept as a branch', c: 'none' } as const;
  const jobs = ['a', 'b', 'c', 'd'].map(task);
  const now = Date.parse('2026-01-05T09:01:01.000Z');
  const list = jobsMarkdown(jobs, { repository: 'shop', session: undefined, more: 0, changes: states, now });
  assert.match(list, /^- a: changed 1 file, not applied; Codex task: a \(/m);
  assert.match(list, /^- b: changed 1 file, kept as a branch; /m);
  for (const id of ['c', 'd']) assert.match(list, new RegExp(`^- ${id}: changed 1 file; `, 'm'));
});

/** The report of a job without a result, by paragraphs, a minute after its start. */
function paragraphs(job: Partial<Job>): string[] {
  const now = Date.parse('2026-01-05T09:01:01.000Z');
  return jobMarkdown(sampleJob(job), null, { full: false, now }).split('\n\n');
}

test('a running job says once that it runs, and what it does', () => {
  const running = { state: 'running', endedAt: null } as const;
  const [, reading] = paragraphs({ ...running, phase: 'reading', activity: 'cat a.ts' });
  assert.equal(reading, 'Running, reading: cat a.ts (1 min so far).');
  const [, command] = paragraphs({ ...running, phase: 'running a command', activity: 'git diff' });
  assert.equal(command, 'Running a command: git diff (1 min so far).');
  assert.equal(paragraphs({ ...running, phase: null })[1], 'Running (1 min so far).');
});

test('how a terminal goes on with a thread is said once no job works on it', () => {
  const resume = /codex resume thread-1/;
  assert.match(paragraphs({ state: 'cancelled' }).at(-1) ?? '', resume);
  for (const state of ['running', 'waiting', 'cancelling'] as const)
    assert.doesNotMatch(paragraphs({ state, endedAt: null }).at(-1) ?? '', resume);
  const odd = paragraphs({ repository: "/it's $HOME" }).at(-1) ?? '';
  if (process.platform !== 'win32') assert.ok(odd.endsWith(String.raw`--cd '/it'\''s $HOME'` + '`'), odd);
});

test('a change that is not in the working tree: said first, with the way to get it; by hand where no window is', () => {
  const change: TaskChange = {
    format: 1,
    job: 'task-1',
    repository: '/repository',
    worktree: '/state/worktrees/task-1',
    base: 'b4se',
    result: '4e5u17',
    files: [{ file: 'made.txt', kind: 'add' }],
    state: 'pending',
    applied: [],
  };
  const told = (parts: Partial<TaskChange>, headless = false, job: Partial<Job> = {}) =>
    jobMarkdown(sampleJob({ kind: 'task', ...job }), null, {
      ...{ full: false, now: 0, headless },
      change: { ...change, ...parts },
    }).split('\n\n')[2] ?? '';
  const inWindow =
    'The changes are not in the working tree yet. The task worked in `/state/worktrees/task-1`, where they are commit ' +
    '4e5u17. In VS Code, “Tandem: Apply Changes of a Task” brings them there.';
  const byHand =
    ' Without VS Code: `git diff-tree -p --binary b4se 4e5u17 | git apply` in the root folder of the repository.';
  assert.equal(told({}), inWindow);
  assert.equal(told({}, true), inWindow + byHand);
  // However the task ended.
  assert.equal(told({}, true, { state: 'cancelled' }), inWindow + byHand);
  assert.match(
    told({ state: 'undone', worktree: null }, true),
    /^The changes were taken back[^]*tree\. In VS[^]*apply`/,
  );
  const partly = told({ state: 'partly applied' }, true);
  assert.match(partly, /^Only a part of the changes is in the working tree\./);
  assert.doesNotMatch(partly, /git apply/);
  for (const state of [
    'running',
    'applied',
    'kept as a branch',
    'discarded',
    'continued',
    'none',
  ] satisfies ChangeState[])
    assert.doesNotMatch(told({ state }), /working tree/);
  assert.doesNotMatch(told({}, true, { state: 'running', endedAt: null }), /working tree/);
});
