import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fold } from '../../../src/findings/fold.ts';
import type { Happened } from '../../../src/findings/ledgerEvents.ts';
import type { Finding, ReviewerId } from '../../../src/protocol/finding.ts';
import { createTempFolder } from '../../support/temp.ts';
import { createStore, examination, finding, repository, review } from './known.ts';

/* Findings that a second opinion joins, and that the user parts. */

const anchor = (text: string) => ({ text: [text], before: [], after: [], version: null });
const codex = finding('x', {
  startLine: 18,
  endLine: 24,
  anchor: anchor('parse'),
  title: 'Parse expense dates in local time',
  body: '`new Date("2024-03-01")` is midnight UTC, so users west of Greenwich see the previous day.',
  priority: 'P2',
  job: 'j1',
});
/** The words of both are alike. */
const claude = finding('c', {
  startLine: 20,
  endLine: 20,
  anchor: anchor('date'),
  title: 'Timezone bug: dates shift by one day',
  body: 'Date-only strings are parsed as UTC; with local getters an expense is one day early west of Greenwich.',
  priority: 'P1',
  job: 'j2',
  reviewers: ['claude'],
});
/** They are not. */
const other = finding('o', {
  startLine: 21,
  endLine: 21,
  anchor: anchor('month'),
  title: 'Wrong month',
  body: 'Sums of a month miss what was spent on its first day.',
  priority: 'P1',
  job: 'j2',
  reviewers: ['claude'],
});

function open(context: TestContext, home = createTempFolder().path) {
  const { store } = createStore(home);
  context.after(() => store.dispose());
  const record = (job: string, reviewer: ReviewerId, findings: Finding[], more = {}) =>
    store.record(review(job, findings, { reviewer, ...more }));
  const get = (id: string) => store.find(id) ?? assert.fail(`${id} is not there`);
  /** Ids with their voices. */
  const all = () =>
    store
      .all()
      .map(({ id, reviewers }) => `${id}: ${reviewers.join(' ')}`)
      .sort();
  return { home, store, record, get, all };
}

/** Codex has raised `x`, and Claude what the words show to be the same. */
async function openJoined(context: TestContext) {
  const opened = open(context);
  await opened.record('j1', 'codex', [codex]);
  await opened.record('j2', 'claude', [claude]);
  assert.deepEqual(opened.all(), ['x: codex claude']);
  const part = async () => {
    await opened.store.part('x');
    return opened.get('x').apart?.[0] ?? assert.fail('nothing was parted');
  };
  return { ...opened, part };
}

/** Codex has raised `x`, Claude `o`, and somebody holds both for the same. */
async function openWithOpinion(context: TestContext) {
  const opened = open(context);
  await opened.record('j1', 'codex', [codex]);
  await opened.record('j2', 'claude', [other]);
  const said = { by: 'claude', job: 'opinion-1' } as const;
  const pair = { one: 'o', other: 'x', reason: 'Both lose a day.' };
  const join = () => opened.store.joinSame(repository, [pair], said);
  return { ...opened, join };
}

test('what somebody who was asked holds for the same is one finding: with both voices, and with who says so', async (context) => {
  const { join, get, all, record } = await openWithOpinion(context);
  assert.deepEqual(all(), ['o: claude', 'x: codex']);
  assert.deepEqual(await join(), ['x']);
  assert.deepEqual(all(), ['x: codex claude']);
  const { title, priority, statements, joins, history } = get('x');
  assert.deepEqual([title, priority], ['Wrong month', 'P1']);
  assert.deepEqual(
    statements.map(({ by, body }) => [by, body]),
    [
      ['codex', codex.body],
      ['claude', other.body],
    ],
  );
  const [one] = joins ?? [];
  assert.deepEqual(
    [one?.id, one?.voices, one?.by, one?.reason, one?.job],
    ['o', ['claude'], 'claude', 'Both lose a day.', 'opinion-1'],
  );
  const last = history.at(-1);
  assert.deepEqual([last?.what, last?.by, last?.text], ['joined', 'claude', 'Both lose a day.']);
  // Found again by both, in whatever order.
  await record('j3', 'claude', [{ ...other, job: 'j3' }]);
  await record('j4', 'codex', [{ ...codex, job: 'j4' }]);
  assert.deepEqual(all(), ['x: codex claude']);
});

test('what is said of one of both afterwards is said of both, by whoever knows it by its former id', async (context) => {
  const { join, get, store } = await openWithOpinion(context);
  await join();
  await store.comment('o', { by: 'codex', text: 'An answer under way.', job: 'question-1' });
  assert.equal(store.find('o')?.id, 'x');
  await store.dismiss(['o'], 'Not a bug.');
  const { state, reason, comments } = get('x');
  assert.deepEqual(
    [state, reason, comments.map(({ text }) => text)],
    ['dismissed', 'Not a bug.', ['An answer under way.']],
  );
});

test('another host that has not heard of the join is understood', () => {
  const reported = { type: 'reviewed', kind: 'review', additional: false } as const;
  const silent = { seen: [], outcomes: [] };
  const events: Happened[] = [
    { ...reported, ...silent, job: 'j1', reviewer: 'codex', findings: [codex] },
    { ...reported, ...silent, job: 'j2', reviewer: 'claude', findings: [other] },
    { type: 'joined', by: 'tandem', job: null, joins: [{ id: 'x', other: 'o', reason: '' }] },
    { type: 'moved', moves: [{ id: 'o', file: 'z.ts', startLine: 99, endLine: 99, anchor: null }] },
    { type: 'dismissed', ids: ['o'], reason: 'Not a bug.' },
  ];
  const state = fold(
    events.map((event, index) => ({ ...event, event: `e${index}`, at: `2026-01-0${index + 1}` })),
  );
  assert.deepEqual(
    [...state.values()].map(({ id, state: now, reason, file }) => [id, now, reason, file]),
    [['x', 'dismissed', 'Not a bug.', 'a.ts']],
  );
});

test('what the user has decided about meanwhile stays by itself', async (context) => {
  const { join, all, store } = await openWithOpinion(context);
  await store.dismiss(['o'], 'No.');
  assert.deepEqual(await join(), []);
  assert.deepEqual(all(), ['o: claude', 'x: codex']);
});

test('parted, each has its own words, place, priority and history again, also after a reload', async (context) => {
  const { part, get, all, store, home } = await openJoined(context);
  await store.comment('x', { by: 'user', text: 'Really?', job: null });
  const id = await part();
  assert.deepEqual(all(), [`${id}: claude`, 'x: codex'].sort());
  const placeOf = ({ startLine, endLine, anchor: held }: Finding) => [startLine, endLine, held?.text];
  const wordsOf = ({ title, body, priority, job, reviewers }: Finding) => [
    title,
    body,
    priority,
    job,
    reviewers,
  ];
  assert.deepEqual([wordsOf(get('x')), placeOf(get('x'))], [wordsOf(codex), placeOf(codex)]);
  assert.deepEqual([wordsOf(get(id)), placeOf(get(id))], [wordsOf(claude), placeOf(claude)]);
  for (const one of [get('x'), get(id)]) {
    assert.equal(one.state, 'open');
    assert.deepEqual([one.history.at(-1)?.what, one.history.at(-1)?.by], ['parted', 'user']);
    assert.deepEqual(
      one.comments.map(({ text }) => text),
      ['Really?'],
    );
  }
  const again = createStore(home).store;
  context.after(() => again.dispose());
  await again.show([repository]);
  assert.deepEqual(again.find(id), get(id));
  assert.deepEqual(again.find('x'), get('x'));
});

test('the same two are not joined again: not when they are reported again, nor in other words, nor by an opinion', async (context) => {
  const { part, all, record, store, home } = await openJoined(context);
  const id = await part();
  const two = [`${id}: claude`, 'x: codex'].sort();
  await record('j3', 'claude', [{ ...claude, job: 'j3' }]);
  await record('j4', 'codex', [{ ...codex, job: 'j4' }]);
  assert.deepEqual(all(), two);
  const said = { by: 'codex', job: 'opinion-1' } as const;
  assert.deepEqual(await store.joinSame(repository, [{ one: 'x', other: id, reason: '' }], said), []);
  assert.deepEqual(all(), two);
  // What would be one with Codex's finding, were it not parted; and is too far from Claude's own title to be that.
  const reworded = {
    ...claude,
    id: 'n',
    title: 'Expense dates are parsed as UTC, not in local time',
    job: 'j5',
  };
  await record('j5', 'claude', [reworded]);
  assert.ok(all().includes('x: codex'), all().join('; '));
  const { store: next } = createStore(home);
  context.after(() => next.dispose());
  await next.record(review('j6', [{ ...claude, job: 'j6' }], { reviewer: 'claude' }));
  assert.deepEqual(next.find('x')?.reviewers, ['codex']);
});

test('word for word the same on the same lines: parted, they stay two with ids of their own', async (context) => {
  const { record, store, all, get } = open(context);
  await record('j1', 'codex', [codex]);
  await record('j2', 'claude', [{ ...codex, reviewers: ['claude'], job: 'j2' }]);
  assert.deepEqual(all(), ['x: codex claude']);
  await store.part('x');
  const id = get('x').apart?.[0] ?? '';
  await record('j3', 'claude', [{ ...codex, reviewers: ['claude'], job: 'j3' }]);
  await record('j4', 'codex', [{ ...codex, job: 'j4' }]);
  assert.deepEqual(all(), [`${id}: claude`, 'x: codex'].sort());
});

test('taken back, they are one again, and say so', async (context) => {
  const { part, get, all, store } = await openJoined(context);
  const id = await part();
  const pair = { one: id, other: 'x', reason: '' };
  assert.deepEqual(await store.joinSame(repository, [pair], { by: 'user', job: null }), ['x']);
  assert.deepEqual(all(), ['x: codex claude']);
  assert.equal(get('x').apart, undefined);
  assert.deepEqual(
    get('x').history.map(({ what, by }) => `${what} ${by}`),
    ['found codex', 'found claude', 'parted user', 'joined user'],
  );
  // Not of one that was fixed meanwhile.
  assert.equal(await part(), id, 'it gets the id back that it had');
  await store.resolve([id], { by: 'user', proof: 'claimed', reason: '', job: null });
  assert.deepEqual(await store.joinSame(repository, [pair], { by: 'user', job: null }), []);
});

test('what a second opinion joined gets its own id back', async (context) => {
  const { join, all, store, get } = await openWithOpinion(context);
  await join();
  await store.part('x');
  assert.deepEqual(all(), ['o: claude', 'x: codex']);
  assert.deepEqual([get('o').title, get('o').startLine, get('o').joins], ['Wrong month', 21, undefined]);
  assert.deepEqual([get('x').title, get('x').startLine, get('x').joins], [codex.title, 18, undefined]);
});

test('each keeps what its own reviewer holds of it; of what was examined together nothing is known of either', async (context) => {
  const { part, get, record, store } = await openJoined(context);
  await store.examine('x', examination({ by: 'codex', tieBreak: 'against' }));
  const silent = { ...review('', []), files: ['a.ts'] };
  const edited = { ...codex, anchor: anchor('other') };
  await store.move([{ id: 'x', file: 'a.ts', startLine: 18, endLine: 18, anchor: edited.anchor }]);
  await record('j3', 'claude', [], { files: silent.files });
  assert.deepEqual(
    get('x').statements.map(({ by, fixed }) => [by, fixed]),
    [
      ['codex', null],
      ['claude', 'claimed'],
    ],
  );
  const id = await part();
  assert.deepEqual([get('x').state, get(id).state, get(id).proof], ['open', 'fixed', 'claimed']);
  for (const one of [get('x'), get(id)])
    assert.deepEqual(
      one.examinations.map(({ current }) => current),
      [false],
    );
});

test('what one reviewer alone raised is not parted', async (context) => {
  const { record, store, all } = open(context);
  await record('j1', 'codex', [codex]);
  await store.part('x');
  await store.part('nothing');
  assert.deepEqual(all(), ['x: codex']);
});
