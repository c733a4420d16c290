import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WorkSoFar } from '../../../src/jobs/agent.ts';
import type { ListedJob } from '../../../src/jobs/jobList.ts';
import type { Job } from '../../../src/protocol/job.ts';
import type { TaskChange } from '../../../src/protocol/taskChange.ts';
import { countText, jobTooltip, jobsTree } from '../../../src/vscode/jobsTree.ts';
import { job, now } from '../webview/fixtures.ts';

function listed(change: Partial<Job> = {}, elsewhere = false): ListedJob {
  return { job: job(change), elsewhere };
}

/** Its only job. */
function node(change: Partial<Job> = {}, elsewhere = false) {
  const only = jobsTree([listed(change, elsewhere)], now)[0]?.jobs[0];
  assert.ok(only);
  return only;
}

const active = { state: 'running', verdict: null, structure: null, endedAt: null } as const;
const task = { kind: 'task', title: 'Fix the flaky test', target: null, verdict: null } as const;

test('jobs by what may be done about them, in their order; no empty sections', () => {
  const states: Job['state'][] = ['succeeded', 'queued', 'running', 'waiting', 'cancelling', 'failed'];
  const sections = jobsTree(
    states.map((state) => listed({ state, id: state })),
    now,
  );
  assert.deepEqual(
    sections.map(({ id, jobs }) => [id, jobs.map((one) => one.job.id)]),
    [
      ['running', ['running', 'cancelling']],
      ['waiting', ['queued', 'waiting']],
      ['finished', ['succeeded', 'failed']],
    ],
  );
  assert.deepEqual(
    jobsTree([listed({ state: 'running' })], now).map(({ id }) => id),
    ['running'],
  );
  assert.equal(countText(states.map((state) => listed({ state }))), '2 running, 2 waiting');
  assert.equal(countText([listed()]), '');
});

test('a job that goes on to another section is another node there', () => {
  const keys = [node({ ...active }), node({ ...active, state: 'waiting' }), node()].map(({ key }) => key);
  assert.equal(new Set(keys).size, 3);
});

describe('what a job is and does', () => {
  test('its kind and title; how long it runs, and what it does', () => {
    const running = node({ ...active, phase: 'reading', activity: 'cat a.ts\nb' });
    assert.equal(running.label, 'Review: uncommitted changes');
    assert.equal(running.description, 'reading · 1 min · cat a.ts b');
    assert.equal(
      running.spoken,
      'Codex review of uncommitted changes (3 files), reading · 1 min · cat a.ts b',
    );
    assert.equal(node({ ...active, ...task }).label, 'Task: Fix the flaky test');
    assert.equal(node({ ...task, title: 'x'.repeat(80) }).label, `Task: ${'x'.repeat(39)}…`);
    const target = { kind: 'turn', from: 'a', to: 'b', files: 2, lines: 9 } as const;
    assert.equal(node({ kind: 'gate', target }).label, 'Gate: Claude’s turn');
    assert.equal(
      node({ ...active, startedAt: new Date(now - 3_720_000).toISOString() }).description,
      'starting · 1 h 2 min',
    );
  });

  test('that it has been quiet', () => {
    const at = (seconds: number) => new Date(now - seconds * 1000).toISOString();
    const running = { ...active, phase: 'reasoning' } as const;
    assert.equal(node({ ...running, lastHeardAt: at(89) }).description, 'reasoning · 1 min');
    assert.equal(node({ ...running, lastHeardAt: at(95) }).description, 'reasoning · 1 min · quiet for 95 s');
  });

  test('what it waits for', () => {
    assert.equal(
      node({ ...active, state: 'waiting', waitingFor: 'network' }).description,
      'waiting for the network · 1 min',
    );
    assert.equal(
      node({ ...active, state: 'queued', createdAt: new Date(now - 5_000).toISOString(), startedAt: null })
        .description,
      'queued · <1 min',
    );
  });

  test('how it ended, and when', () => {
    const moment = /^(3 findings, 1 of them P1|failed: The model is out of order\.|no findings) · \d\d:\d\d$/;
    assert.match(node({ summary: '3 findings, 1 of them P1' }).description, moment);
    assert.match(node({ summary: 'No findings', verdict: 'clean' }).description, moment);
    const failure = { message: 'The model is out of order.' };
    assert.match(node({ state: 'failed', failure }).description, moment);
    assert.match(
      node({ summary: 'No findings', endedAt: '2026-11-20T12:00:00Z' }).description,
      / · Nov 20, /,
    );
  });

  test('where it runs, if not here', () => {
    assert.match(node(active, true).description, / · in another window or terminal$/);
    const several = jobsTree([listed(), listed({ id: 'other', repository: '/work/bakery' })], now);
    assert.deepEqual(
      several[0]?.jobs.map(({ description }) => description.split(' · ').at(-1)),
      ['shop', 'bakery'],
    );
  });

  test('as an icon for every state', () => {
    const states: Job['state'][] = [
      'queued',
      'running',
      'waiting',
      'cancelling',
      'succeeded',
      'failed',
      'cancelled',
      'interrupted',
      'inconclusive',
    ];
    const names = states.map((state) => node({ state, verdict: 'clean' }).icon.name);
    assert.equal(new Set(names).size, states.length - 1, 'cancelling looks like running');
    assert.notEqual(node({ verdict: 'findings' }).icon.name, node({ verdict: 'clean' }).icon.name);
  });
});

describe('what can be done with it', () => {
  test('cancel what runs, wherever it does; once is enough', () => {
    assert.deepEqual(node(active).flags, ['active']);
    assert.deepEqual(node(active, true).flags, ['active']);
    assert.deepEqual(node({ ...active, state: 'cancelling' }).flags, []);
  });

  test('delete, resume and repeat what has ended', () => {
    assert.deepEqual(node().flags, ['finished', 'thread', 'order']);
    assert.deepEqual(node({ threadId: null }).flags, ['finished', 'order']);
    assert.deepEqual(node({ kind: 'gate' }).flags, ['finished', 'thread']);
  });
});

describe('the words of users and models', () => {
  const hostile = '[x](command:workbench.action.quit) <img src=x>\n# y `z` $(alert)';

  test('are one line of plain text in the tree', () => {
    const { label, description } = node({
      ...active,
      ...task,
      title: hostile,
      phase: 'reading',
      activity: hostile,
    });
    for (const text of [label, description]) assert.doesNotMatch(text, /\n|\]\(command/);
  });

  test('are text in the tooltip, without links, images or HTML', () => {
    const tooltip = jobTooltip(
      listed({ ...task, title: hostile, notes: [hostile], failure: { message: hostile }, state: 'failed' }),
      now,
    );
    assert.doesNotMatch(tooltip, /(?<!\\)[[\]<>]/);
    assert.doesNotMatch(tooltip, /(?<!\\)\$\(/);
  });

  test('the tooltip has all that is worth knowing', () => {
    const tooltip = jobTooltip(listed({ origin: 'claude', summary: '1 finding (P1)' }), now).replaceAll(
      '\\',
      '',
    );
    for (const part of [
      '**Codex review of uncommitted changes (3 files)**',
      '1 finding (P1)',
      'Codex, gpt-5.5-codex, high effort',
      'Asked for in Claude Code',
      'took 1 min',
      'job-2 · /work/shop',
    ])
      assert.ok(tooltip.includes(part), `${part} in ${tooltip}`);
    assert.ok(
      jobTooltip(listed({ ...active, ...task, write: true }, true), now).includes('may change files'),
    );
  });
});

test('what waits of a change, and what is no part of it', () => {
  const file = { file: 'a.txt', kind: 'update' } as const;
  const known = { format: 1, job: 'id', repository: '/r', worktree: '/w', base: 'b', result: 'c' } as const;
  const row = (change: Pick<TaskChange, 'state' | 'files'> & Partial<TaskChange>) => {
    const of = { ...known, applied: [], ...change };
    const only = jobsTree([listed({ ...task, summary: 'changed' })], now, () => of)[0]?.jobs[0];
    const flags = only?.flags.filter((flag) => ['changed', 'pending', 'left'].includes(flag)) ?? [];
    return [only?.description.replace(/ · .*/, ''), ...flags].join(' | ');
  };
  const leftOut = ['large.bin'];
  assert.deepEqual(
    [
      row({ state: 'pending', files: [file] }),
      row({ state: 'pending', files: [file], leftOut }),
      row({ state: 'pending', files: [], leftOut }),
      row({ state: 'applied', files: [file], leftOut }),
      row({ state: 'applied', files: [file] }),
      row({ state: 'discarded', files: [file], leftOut }),
      row({ state: 'partly applied', files: [file] }),
      row({ state: 'undone', files: [file] }),
    ],
    [
      'changed, not applied | changed | pending',
      'changed, not applied, 1 left out | changed | pending',
      'changed, 1 left out | left',
      'changed, 1 left out | changed | left',
      'changed | changed',
      'changed | changed',
      'changed, applied in part | changed | pending',
      'changed, taken back | changed | pending',
    ],
  );
});

describe('what a running job plans and has changed so far', () => {
  const diff = (file: string) =>
    `diff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n@@ -1,2 +1,3 @@\n one\n-two\n+2\n+3\n`;
  const nodes = (work: WorkSoFar) =>
    jobsTree([listed({ ...active, ...task })], now, undefined, () => work)[0]?.jobs[0]?.work ?? [];

  test('stands below it: the steps with their state, the files with their lines', () => {
    const plan = [
      { text: 'Look', state: 'completed' },
      { text: 'Write', state: 'inProgress' },
      { text: 'Test', state: 'pending' },
    ] as const;
    const children = nodes({ plan, diff: diff('src/a.ts') });
    assert.deepEqual(
      children.map(({ label, description, icon, spoken }) => [label, description, icon, spoken]),
      [
        ['Look', '', 'pass', 'Step 1, done: Look'],
        ['Write', '', 'play-circle', 'Step 2, at work: Write'],
        ['Test', '', 'circle-outline', 'Step 3, to do: Test'],
        ['a.ts', '+2 −1 src', null, 'src/a.ts, 2 lines added, 1 deleted'],
      ],
    );
    assert.equal(children.at(-1)?.file?.name, 'src/a.ts');
    assert.equal(new Set(children.map(({ key }) => key)).size, 4);
  });

  test('of many files there is a count', () => {
    const many = Array.from({ length: 53 }, (_, index) => diff(`f${index}.ts`)).join('');
    const children = nodes({ plan: [], diff: many });
    assert.equal(children.length, 51);
    assert.equal(children.at(-1)?.label, '… and 3 more files');
    assert.deepEqual(nodes({ plan: [], diff: 'no diff at all' }), []);
  });
});

test('the tooltip tells the tokens', () => {
  assert.match(jobTooltip(listed({ ...task, tokens: 12_345 }), now), /12,345 tokens/);
});
