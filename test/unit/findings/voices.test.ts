import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { compact } from '../../../src/findings/compact.ts';
import { fold } from '../../../src/findings/fold.ts';
import { type LedgerEvent, eventSchema } from '../../../src/findings/ledgerEvents.ts';
import type { Finding, ReviewerId } from '../../../src/protocol/finding.ts';
import { createTempFolder } from '../../support/temp.ts';
import { createStore, finding, repository, review } from './known.ts';

const place = { startLine: 18, endLine: 24, anchor: { text: ['a'], before: [], after: [], version: null } };
const codex = finding('x', {
  ...place,
  title: 'Parse expense dates in local time',
  body: '`new Date("2024-03-01")` is midnight UTC, so users west of Greenwich see the previous day.',
  priority: 'P2',
  confidence: 0.9,
  job: 'j1',
});
const claude = finding('c', {
  ...place,
  title: 'Timezone bug: dates shift by one day',
  body: 'Date-only strings are parsed as UTC; with local getters an expense is one day early west of Greenwich.',
  recommendation: 'Split the string.',
  priority: 'P1',
  confidence: 0.7,
  job: 'j2',
  reviewers: ['claude'],
});

/** A store in which Codex has raised the finding, then Claude. */
async function openWithBoth(context: TestContext) {
  const home = createTempFolder().path;
  const { store } = createStore(home);
  context.after(() => store.dispose());
  const record = (job: string, reviewer: ReviewerId, findings: Finding[], more = {}) =>
    store.record(review(job, findings, { reviewer, ...more }));
  await record('j1', 'codex', [codex]);
  const second = await record('j2', 'claude', [claude]);
  const one = () => {
    const known = store.find('x');
    assert.ok(known, 'the finding is there');
    return known;
  };
  const change = () =>
    store.move([{ id: 'x', file: 'a.ts', ...place, anchor: { ...place.anchor, text: ['b'] } }]);
  return { home, store, record, second, one, change };
}

test('what both raised is one finding with both voices, word for word', async (context) => {
  const { store, one, second } = await openWithBoth(context);
  assert.equal(store.all().length, 1);
  assert.deepEqual(one().reviewers, ['codex', 'claude']);
  assert.deepEqual(
    one().statements.map(({ by, title, body, recommendation, priority, confidence, job }) => {
      return { by, title, body, recommendation, priority, confidence, job };
    }),
    [codex, claude].map(({ title, body, recommendation, priority, confidence, job, reviewers: [by] }) => {
      return { by, title, body, recommendation, priority, confidence, job };
    }),
  );
  assert.deepEqual([one().priority, one().title], ['P1', claude.title], 'the more urgent one is shown');
  assert.equal(one().mark, 'new', 'it is not older for that');
  assert.deepEqual(
    one().history.map(({ what, by }) => `${what} ${by}`),
    ['found codex', 'found claude'],
  );
  assert.equal(second.news.shared, 1);
  assert.deepEqual(
    second.findings.map(({ reviewers }) => reviewers),
    [['codex', 'claude']],
    'the report names both',
  );
  assert.equal(second.findings[0]?.title, claude.title, 'in the words of its own review');
});

test('the id stays over re-runs of either, also in other words, and each renews its own words alone', async (context) => {
  const { store, record, one } = await openWithBoth(context);
  await record('j3', 'claude', [{ ...claude, id: 'c2', title: 'Time zone: dates are shifted by a day' }]);
  await record('j4', 'codex', [
    { ...codex, id: 'x2', title: 'Expense parsing ignores the local clock', body: '' },
  ]);
  assert.deepEqual(
    store.all().map(({ id }) => id),
    ['x'],
  );
  assert.deepEqual(
    one().statements.map(({ title }) => title),
    ['Expense parsing ignores the local clock', 'Time zone: dates are shifted by a day'],
  );
  assert.equal(one().mark, 'still there');
});

test('dismissed, it stays so, whoever of both reports it again in words near to its own', async (context) => {
  const { store, record } = await openWithBoth(context);
  await store.dismiss(['x'], 'Intended.');
  await record('j3', 'codex', [{ ...codex, id: 'x2', title: 'Expense parsing ignores the local clock' }]);
  await record('j4', 'claude', [{ ...claude, id: 'c2', title: 'Time zone: dates are shifted by a day' }]);
  assert.deepEqual([store.all().length, store.open().length], [1, 0]);
});

test('all is back after a restart', async (context) => {
  const { home, store } = await openWithBoth(context);
  const { store: next } = createStore(home);
  context.after(() => next.dispose());
  await next.show([repository]);
  assert.deepEqual(next.all(), store.all());
});

test('one reviewer that does not report it again does not take back what the other said', async (context) => {
  const { record, one, change } = await openWithBoth(context);
  await change();
  await record('j3', 'claude', []);
  assert.deepEqual([one().state, one().mark], ['open', 'not reported']);
  assert.deepEqual(
    one().statements.map(({ by, fixed }) => [by, fixed]),
    [
      ['codex', null],
      ['claude', 'claimed'],
    ],
  );
  assert.deepEqual([one().title, one().priority], [codex.title, 'P2'], 'what stands is shown');
  await record('j4', 'codex', []);
  assert.deepEqual([one().state, one().proof, one().by], ['fixed', 'claimed', 'codex']);
});

test('it is as surely fixed as the less sure of both says', async (context) => {
  const said = { earlier: [{ id: 'x', status: 'fixed', reason: 'Seen.' }] };
  const first = await openWithBoth(context);
  await first.record('j3', 'claude', [], said);
  assert.equal(first.one().state, 'open');
  await first.record('j4', 'codex', [], said);
  assert.deepEqual([first.one().state, first.one().proof], ['fixed', 'confirmed']);
  const second = await openWithBoth(context);
  await second.change();
  await second.record('j3', 'claude', []);
  await second.record('j4', 'codex', [], said);
  assert.deepEqual([second.one().state, second.one().proof], ['fixed', 'claimed']);
});

test('a voice that reports it again takes its own verdict back', async (context) => {
  const { record, one, change } = await openWithBoth(context);
  await change();
  await record('j3', 'claude', []);
  await record('j4', 'claude', [claude]);
  await record('j5', 'codex', [], { earlier: [{ id: 'x', status: 'fixed', reason: '' }] });
  assert.deepEqual([one().state, one().title], ['open', claude.title]);
});

test('who decides about the finding itself speaks for all; opened again, all stands again', async (context) => {
  const { store, record, one } = await openWithBoth(context);
  await store.resolve(['x'], { by: 'claude', proof: 'confirmed', reason: 'Checked.', job: 'p1' });
  assert.deepEqual([one().state, one().proof], ['fixed', 'confirmed']);
  await store.reopen(['x'], '');
  await record('j3', 'claude', [], { earlier: [{ id: 'x', status: 'fixed', reason: '' }] });
  assert.equal(one().state, 'open', 'Codex has not looked again');
});

test('each that raised it proves for itself: fixed is what all of them say', async (context) => {
  const { store, one } = await openWithBoth(context);
  const verdicts = () => Object.fromEntries(one().statements.map(({ by, fixed }) => [by, fixed]));
  const says = (by: ReviewerId) => ({ by, job: `proof-${by}`, alone: true });
  const fixed = (by: ReviewerId) =>
    store.resolve(['x'], { ...says(by), proof: 'confirmed', reason: `${by} saw.` });
  // Asked while it is open: the other one still stands by what it said.
  await fixed('codex');
  assert.deepEqual([one().state, verdicts()], ['open', { codex: 'confirmed', claude: null }]);
  await fixed('claude');
  assert.deepEqual([one().state, one().proof, one().by], ['fixed', 'confirmed', 'claude']);
  // After a task was to fix it: still there if any says so, and a claim until all have said that it is not.
  await store.reopen(['x'], '');
  await store.resolve(['x'], { by: 'codex', proof: 'claimed', reason: 'A task.', job: 'task-1' });
  await fixed('codex');
  assert.deepEqual([one().state, one().proof], ['fixed', 'claimed']);
  await store.reopen(['x'], 'It is not.', says('claude'));
  assert.deepEqual([one().state, verdicts()], ['open', { codex: 'confirmed', claude: null }]);
  await fixed('codex');
  assert.equal(one().state, 'open');
  // What the user says counts for all.
  await store.resolve(['x'], { by: 'user', proof: 'claimed', reason: '', job: null });
  assert.deepEqual([one().state, one().proof], ['fixed', 'claimed']);
  await store.reopen(['x'], '');
  assert.deepEqual(verdicts(), { codex: null, claude: null });
});

test('a tool that raised it too is not asked, and keeps no proof from counting', async (context) => {
  const { store } = createStore(createTempFolder().path);
  context.after(() => store.dispose());
  await store.record(review('j1', [codex]));
  await store.importFindings(repository, [{ ...codex, reviewers: ['sarif'], tool: 'ESLint', job: '' }]);
  const one = () => store.find('x') ?? assert.fail();
  assert.deepEqual(one().reviewers, ['codex', 'sarif']);
  await store.resolve(['x'], { by: 'codex', proof: 'claimed', reason: 'A task.', job: 'task-1' });
  await store.resolve(['x'], { by: 'codex', proof: 'confirmed', reason: '', job: 'proof-1', alone: true });
  assert.deepEqual([one().state, one().proof], ['fixed', 'confirmed']);
});

test('what the user has dismissed of one reviewer hides nothing that only resembles it', async (context) => {
  const { store } = createStore(createTempFolder().path);
  context.after(() => store.dispose());
  await store.record(review('j1', [codex]));
  await store.dismiss(['x'], 'Intended.');
  await store.record(review('j2', [claude], { reviewer: 'claude' }));
  assert.deepEqual(
    store.open().map(({ id }) => id),
    ['c'],
  );
});

test('nor what says the opposite', async (context) => {
  const { store } = createStore(createTempFolder().path);
  context.after(() => store.dispose());
  await store.record(review('j1', [{ ...codex, title: 'Request timeout of 5 s is too short' }]));
  await store.dismiss(['x'], 'Intended.');
  const opposite = { ...claude, title: 'Request timeout of 5 s is too long' };
  await store.record(review('j2', [opposite], { reviewer: 'claude' }));
  assert.deepEqual(
    store.open().map(({ id }) => id),
    ['c'],
  );
});

const reviewed = (event: string, reviewer: ReviewerId, findings: Finding[]): LedgerEvent => ({
  type: 'reviewed',
  event,
  at: `2026-01-01T00:00:0${event}.000Z`,
  job: `j${event}`,
  reviewer,
  kind: 'review',
  findings,
  seen: [],
  outcomes: [],
  additional: false,
});

test('ledgers from before there were voices tell both', () => {
  const { recommendation, ...old } = codex;
  assert.equal(recommendation, '');
  const written = JSON.stringify({ ...reviewed('1', 'codex', []), findings: [old] });
  const events = [eventSchema.parse(JSON.parse(written)), reviewed('2', 'claude', [{ ...claude, id: 'x' }])];
  assert.deepEqual(
    fold(events)
      .get('x')
      ?.statements.map(({ by, title }) => [by, title]),
    [
      ['codex', codex.title],
      ['claude', claude.title],
    ],
  );
});

test('compaction keeps the last words of each', () => {
  const events = [
    reviewed('1', 'codex', [codex]),
    reviewed('2', 'claude', [{ ...claude, id: 'x' }]),
    reviewed('3', 'claude', [{ ...claude, id: 'x', title: 'In between' }]),
    reviewed('4', 'claude', [{ ...claude, id: 'x', title: 'Last of Claude' }]),
    reviewed('5', 'codex', [{ ...codex, title: 'Last of Codex' }]),
  ];
  const short = compact(events);
  assert.deepEqual(fold(short), fold(events));
  assert.ok(!JSON.stringify(short).includes('In between'));
  assert.match(JSON.stringify(short), /Last of Claude/);
});

/** Two hosts that recorded at once, neither knowing of the other. */
async function openWithTwo(context: TestContext) {
  const home = createTempFolder().path;
  const [first, second] = [createStore(home).store, createStore(home).store];
  context.after(() => [first, second].forEach((store) => store.dispose()));
  await first.record(review('j1', [codex]));
  await first.comment('x', { by: 'user', text: 'Of Codex.', job: null });
  // In a file of its own it is another one, until it is known where the file has gone.
  await second.record(review('j2', [{ ...claude, file: 'old.ts' }], { reviewer: 'claude' }));
  await second.comment('c', { by: 'user', text: 'Of Claude.', job: null });
  await second.move([{ id: 'c', file: 'a.ts', ...place }]);
  return { home, store: second };
}

test('two known findings that turn out to be the same become one: the id that was there first stays', async (context) => {
  const { home, store } = await openWithTwo(context);
  assert.equal(store.all().length, 2);
  const { findings, news } = await store.record(review('j3', [claude], { reviewer: 'claude' }));
  assert.deepEqual(
    findings.map(({ id, reviewers }) => [id, reviewers]),
    [['x', ['codex', 'claude']]],
  );
  const [one, ...more] = store.all();
  assert.ok(one && more.length === 0);
  assert.deepEqual(
    one.comments.map(({ text }) => text),
    ['Of Codex.', 'Of Claude.'],
  );
  assert.deepEqual(
    one.history.filter(({ what }) => what === 'found').map(({ by }) => by),
    ['codex', 'claude'],
  );
  assert.equal(news.shared, 1);
  const { store: next } = createStore(home);
  context.after(() => next.dispose());
  await next.show([repository]);
  assert.deepEqual(next.all(), store.all());
  await store.record(review('j4', [{ ...claude, id: 'c' }], { reviewer: 'claude' }));
  assert.deepEqual(
    store.all().map(({ id }) => id),
    ['x'],
  );
});

test('one of two that the user has decided about meanwhile stays by itself', async (context) => {
  const { store } = await openWithTwo(context);
  await store.dismiss(['x'], 'Intended.');
  await store.record(review('j3', [claude], { reviewer: 'claude' }));
  assert.deepEqual(
    store.all().map(({ id, state }) => [id, state]),
    [
      ['x', 'dismissed'],
      ['c', 'open'],
    ],
  );
});
