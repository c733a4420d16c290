import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { FindingStore } from '../../../src/findings/findingStore.ts';
import { parseLines } from '../../../src/findings/ledgerFile.ts';
import { voicesText } from '../../../src/protocol/finding.ts';
import { waitFor } from '../../engine/wait.ts';
import { createTempFolder } from '../../support/temp.ts';
import { createStore, finding, repository, review } from './known.ts';

const ids = (store: FindingStore) => store.all().map(({ id }) => id);
const states = (store: FindingStore) =>
  Object.fromEntries(store.all().map(({ id, state, mark }) => [id, `${state}, ${mark ?? 'unmarked'}`]));

function open(context: TestContext, home: string, more: Parameters<typeof createStore>[1] = {}) {
  const opened = createStore(home, more);
  context.after(() => opened.store.dispose());
  return opened;
}

/** The folder of the only repository's ledger. */
function ledgerFolder(home: string): string {
  const [name = ''] = readdirSync(path.join(home, 'repositories'));
  return path.join(home, 'repositories', name, 'findings');
}

test('a review adds what it found and says what is new; all is back after a restart', async (context) => {
  const home = createTempFolder().path;
  const { store } = open(context, home);
  await store.record(review('j1', [finding('a'), finding('b')]));
  await store.record(review('j2', [finding('c', { reviewers: ['claude'] })], { reviewer: 'claude' }));
  await store.record(review('j3', [finding('b'), finding('d')]));
  assert.deepEqual(states(store), {
    a: 'open, not reported',
    b: 'open, still there',
    c: 'open, new',
    d: 'open, new',
  });
  const { store: next } = open(context, home);
  await next.show([repository]);
  assert.deepEqual(next.all(), store.all());
});

test('what a review did not look at stays as it was', async (context) => {
  const { store } = open(context, createTempFolder().path);
  await store.record(review('j1', [finding('a'), finding('b', { file: 'b.ts' })]));
  await store.record(review('j2', [], { files: ['b.ts'] }));
  assert.deepEqual(states(store), { a: 'open, not looked at', b: 'open, not reported' });
});

test('the user’s decisions, and what they mean when a finding is reported again', async (context) => {
  const home = createTempFolder().path;
  const { store } = open(context, home);
  const all = ['false alarm', 'mended', 'mistaken'];
  await store.record(
    review(
      'j1',
      all.map((id) => finding(id)),
    ),
  );
  await store.dismiss(['false alarm', 'mistaken'], 'Intended.');
  await store.reopen(['mistaken'], 'After all.');
  await store.resolve(['mended'], { by: 'user', proof: 'claimed', reason: '', job: null });
  assert.deepEqual(states(store), {
    'false alarm': 'dismissed, new',
    mended: 'fixed, new',
    mistaken: 'open, new',
  });
  await store.record(
    review(
      'j2',
      all.map((id) => finding(id)),
    ),
  );
  assert.deepEqual(states(store), {
    'false alarm': 'dismissed, still there',
    mended: 'open, came back',
    mistaken: 'open, still there',
  });
  assert.equal(store.find('false alarm')?.reason, 'Intended.');
  assert.deepEqual(
    store.find('mistaken')?.history.map(({ what, text }) => `${what} ${text}`.trim()),
    ['found', 'dismissed Intended.', 'reopened After all.', 'seen again'],
  );
});

test('a comment stays with its finding', async (context) => {
  const { store } = open(context, createTempFolder().path);
  await store.record(review('j1', [finding('a')]));
  await store.comment('a', { by: 'user', text: 'Why?', job: null });
  await store.comment('a', { by: 'codex', text: 'Because.', job: 'q1' });
  assert.deepEqual(
    store.find('a')?.comments.map(({ by, text }) => [by, text]),
    [
      ['user', 'Why?'],
      ['codex', 'Because.'],
    ],
  );
});

test('a finding whose text was changed, and that its reviewer does not report again, counts as fixed', async (context) => {
  const { store } = open(context, createTempFolder().path);
  const anchor = { text: ['return a - b;'], before: [], after: [], version: null };
  await store.record(review('j1', [finding('a', { anchor }), finding('b', { anchor, startLine: 90 })]));
  const moved = { id: 'a', file: 'a.ts', startLine: 4, endLine: 4 };
  await store.move([{ ...moved, anchor: { ...anchor, text: ['return a + b;'] } }]);
  assert.deepEqual([store.find('a')?.startLine, store.find('a')?.edited], [4, true]);
  await store.record(review('j2', []));
  assert.equal(store.find('a')?.state, 'fixed');
  assert.equal(store.find('a')?.proof, 'claimed');
  assert.match(store.find('a')?.reason ?? '', /text was changed/);
  assert.equal(store.find('b')?.state, 'open');
});

test('a finding whose text was changed and changed back is not reported, which fixes nothing', async (context) => {
  const { store } = open(context, createTempFolder().path);
  const anchor = { text: ['return a - b;'], before: [], after: [], version: null };
  await store.record(review('j1', [finding('a', { anchor })]));
  const move = (text: string) =>
    store.move([{ id: 'a', file: 'a.ts', startLine: 4, endLine: 4, anchor: { ...anchor, text: [text] } }]);
  await move('return a + b;');
  await move('  return a - b;');
  assert.equal(store.find('a')?.edited, false);
  await store.record(review('j2', []));
  assert.deepEqual([store.find('a')?.state, store.find('a')?.mark], ['open', 'not reported']);
});

test('the same finding in other words, on other lines, keeps its id', async (context) => {
  const { store } = open(context, createTempFolder().path);
  const anchor = { text: ['const total = items.reduce(add);'], before: [], after: [], version: null };
  const first = finding('first', { title: 'Empty lists make reduce throw', anchor, startLine: 10 });
  await store.record(review('j1', [first]));
  const again = finding('other', { title: 'reduce() throws on an empty list', anchor, startLine: 40 });
  const { findings } = await store.record(review('j2', [again]));
  assert.equal(findings[0]?.id, 'first');
  assert.deepEqual(ids(store), ['first']);
  assert.equal(store.find('first')?.title, again.title);
  assert.equal(store.find('first')?.startLine, 40);
});

test('what another host writes arrives by itself', async (context) => {
  const home = createTempFolder().path;
  const { store } = open(context, home);
  await store.show([repository]);
  const { store: other } = open(context, home);
  await other.record(review('j1', [finding('a')]));
  await waitFor('the finding of the other host', () => ids(store).includes('a'));
  await store.dismiss(['a'], 'No.');
  await waitFor('the dismissal', () => other.find('a')?.state === 'dismissed');
});

test('hosts that write at once lose nothing', async (context) => {
  const home = createTempFolder().path;
  const stores = [1, 2, 3, 4].map(() => open(context, home).store);
  await Promise.all(
    stores.flatMap((store, host) =>
      Array.from({ length: 25 }, (_, index) =>
        store.record(review(`j${host}`, [finding(`f${host}-${index}`, { startLine: 20 * index + 1 })])),
      ),
    ),
  );
  const { store } = open(context, home);
  await store.show([repository]);
  assert.equal(new Set(ids(store)).size, 100);
});

test('cleared stays cleared; other repositories are not shown', async (context) => {
  const home = createTempFolder().path;
  const { store } = open(context, home);
  await store.record(review('j', [finding('a')]));
  await store.clear();
  assert.deepEqual(ids(store), []);
  const { store: next } = open(context, home);
  await next.show([repository]);
  assert.deepEqual(ids(next), []);
  await next.record(review('j', [finding('a')]));
  await next.show(['/another']);
  assert.deepEqual(ids(next), []);
});

test('repositories below a folder are shown once they have had a review', async (context) => {
  const home = createTempFolder().path;
  const { store } = open(context, home);
  await store.record(review('j', [finding('inner')], { repository: '/work/outer/deep/er/inner' }));
  await store.record(review('j', [finding('elsewhere')], { repository: '/elsewhere' }));
  const { store: next } = open(context, home);
  await next.show(['/work/outer'], ['/work/outer']);
  assert.deepEqual(ids(next), ['inner']);
});

test('a ledger is private, and asking about a repository without one makes none', async (context) => {
  const home = createTempFolder().path;
  const { store } = open(context, home);
  await store.record(review('j', [finding('a')]));
  const [file = ''] = readdirSync(ledgerFolder(home));
  assert.equal(statSync(path.join(ledgerFolder(home), file)).mode & 0o777, 0o600);
  assert.deepEqual(await store.of('/another'), []);
  assert.equal(readdirSync(path.join(home, 'repositories')).length, 1);
});

test('a ledger cut off at any byte keeps what is whole, and takes nothing of other hosts with it', async (context) => {
  const home = createTempFolder().path;
  const { store } = open(context, home);
  await store.record(review('j1', [finding('a')]));
  await store.dismiss(['a'], 'No.');
  const [name = ''] = readdirSync(ledgerFolder(home));
  const { store: other } = open(context, home);
  await other.record(review('j2', [finding('b', { startLine: 50 })]));
  const file = path.join(ledgerFolder(home), name);
  const whole = readFileSync(file);
  const firstEnd = whole.indexOf('\n', whole.indexOf('"reviewed"'));
  for (let size = 0; size <= whole.length; size += 1) {
    writeFileSync(file, whole.subarray(0, size));
    const { store: next } = createStore(home);
    await next.show([repository]);
    const wanted = size > firstEnd ? ['a', 'b'] : ['b'];
    assert.deepEqual(ids(next), wanted, `cut at ${size}`);
    next.dispose();
  }
});

test('a damaged line is left out and said; what a later version wrote is kept', async (context) => {
  const home = createTempFolder().path;
  const { store } = open(context, home);
  await store.record(review('j', [finding('a')]));
  const [name = ''] = readdirSync(ledgerFolder(home));
  const later = '{"type":"voted","event":"e1","at":"2030-01-01T00:00:00.000Z"}';
  appendFileSync(path.join(ledgerFolder(home), name), `{"type":"reviewed","at":"20\n${later}\n`);
  const { store: next, warnings } = open(context, home);
  await next.show([repository]);
  assert.deepEqual(ids(next), ['a']);
  assert.equal(warnings.length, 1);
});

test('files of hosts that have gone are merged; nothing that they held is lost', async (context) => {
  const home = createTempFolder().path;
  const gone = { pid: 2 ** 22 + 1, startTime: 'long ago' };
  const recorded: string[] = [];
  for (let host = 0; host < 8; host += 1) {
    const { store } = createStore(home, { owner: gone });
    const id = `f${host}`;
    recorded.push(id);
    await store.record(review('j', [finding(id, { startLine: 20 * host + 1 })]));
    store.dispose();
  }
  const [damaged = ''] = readdirSync(ledgerFolder(home));
  const later = '{"type":"voted","event":"e1","at":"2030-01-01T00:00:00.000Z"}';
  appendFileSync(path.join(ledgerFolder(home), damaged), `not JSON\n${later}\n`);
  const { store: before } = open(context, home, { owner: gone });
  const wanted = await before.of(repository);
  const { store } = open(context, home);
  await store.show([repository]);
  assert.deepEqual(ids(store).sort(), recorded.sort());
  assert.deepEqual(store.all(), wanted);
  const left = readdirSync(ledgerFolder(home));
  const [ledger = '', ...more] = left.filter((name) => name.endsWith('.jsonl'));
  assert.deepEqual(more, []);
  assert.match(readFileSync(path.join(ledgerFolder(home), ledger), 'utf8'), /"voted"/);
  assert.equal(readFileSync(path.join(ledgerFolder(home), `${damaged}.damaged`), 'utf8'), 'not JSON\n');
});

test('a first line that a full disk cut off takes nothing with it, nor the owner', async (context) => {
  const home = createTempFolder().path;
  const { store } = open(context, home);
  await store.record(review('j', [finding('a')]));
  const [name = ''] = readdirSync(ledgerFolder(home));
  const written = readFileSync(path.join(ledgerFolder(home), name));
  const { owner, events, damaged } = parseLines(Buffer.concat([Buffer.from('{"format":1,"own'), written]));
  assert.equal(owner?.pid, process.pid, 'else the file would never be merged');
  assert.deepEqual([events.length, damaged.length], [1, 1]);
});

test('a finding that a tool and a reviewer raise stays both', async (context) => {
  const { store } = open(context, createTempFolder().path);
  const imported = (tool: string) =>
    finding('a', { reviewers: ['sarif'], tool, job: '', title: 'Unused variable' });
  await store.importFindings(repository, [imported('ESLint')]);
  await store.record(review('j1', [finding('a', { title: 'The variable is unused', job: 'j1' })]));
  const raisedBy = () => {
    const { reviewers, tool, job } = store.find('a') ?? {};
    return { reviewers, tool, job };
  };
  const both = { reviewers: ['sarif', 'codex'], tool: 'ESLint', job: 'j1' };
  assert.deepEqual(raisedBy(), both, 'the tool keeps its name');
  await store.importFindings(repository, [imported('ESLint')]);
  assert.deepEqual(raisedBy(), both, 'the review can still be asked');
  const known = store.find('a');
  assert.equal(known && voicesText(known), 'ESLint and Codex');
  assert.equal(
    voicesText({ reviewers: ['codex', 'sarif'], tool: 'Codex' }),
    'Codex',
    'what was exported is back',
  );
});

test('what a host that lives on has cleared is kept in mind where files are merged', async (context) => {
  const home = createTempFolder().path;
  const gone = { pid: 2 ** 22 + 1, startTime: 'long ago' };
  const { store: living } = open(context, home);
  const inHost = async (work: (store: FindingStore) => Promise<unknown>) => {
    const { store } = createStore(home, { owner: gone });
    await store.show([repository]);
    await work(store);
    store.dispose();
  };
  await inHost((store) => store.record(review('j1', [finding('a')])));
  await living.show([repository]);
  await living.clear();
  await inHost(async (store) => {
    await store.record(review('j2', [finding('a')]));
    await store.dismiss(['a'], 'Intended.');
  });
  for (let host = 0; host < 6; host += 1)
    await inHost((store) => store.record(review(`j${host + 3}`, [finding('a')])));
  const { store: before } = open(context, home, { owner: gone });
  const wanted = await before.of(repository);
  const { store } = open(context, home);
  await store.show([repository]);
  assert.deepEqual(readdirSync(ledgerFolder(home)).length, 2, 'the gone ones are merged');
  assert.deepEqual(states(store), { a: 'dismissed, still there' });
  assert.deepEqual(store.all(), wanted);
});

test('a ledger of version 0.1 is taken over: what it still showed', async (context) => {
  const home = createTempFolder().path;
  const { store } = open(context, home);
  await store.record(review('j', [finding('new', { startLine: 70 })]));
  const old = (job: string, id: string) => ({
    type: 'reviewed',
    at: '2026-01-01T00:00:00.000Z',
    job,
    reviewer: 'codex',
    findings: [{ ...finding(id), anchor: undefined, inChange: undefined, tool: undefined }],
  });
  const file = path.join(path.dirname(ledgerFolder(home)), 'findings.jsonl');
  writeFileSync(
    file,
    `${JSON.stringify(old('j1', 'replaced'))}\ncut off\n${JSON.stringify(old('j2', 'old'))}\n`,
  );
  const { store: next } = open(context, home);
  await next.show([repository]);
  assert.deepEqual(ids(next).sort(), ['new', 'old']);
  assert.match(readFileSync(`${file}.migrated`, 'utf8'), /replaced/);
});
