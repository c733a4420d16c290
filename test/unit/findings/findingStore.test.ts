import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { FindingStore } from '../../../src/findings/findingStore.ts';
import type { Finding, ReviewerId } from '../../../src/protocol/finding.ts';
import type { JobKind } from '../../../src/protocol/job.ts';
import { createTempFolder } from '../../support/temp.ts';

const repository = '/repository';

function finding(id: string): Finding {
  return {
    id,
    title: id,
    body: '',
    recommendation: '',
    priority: 'P2',
    confidence: null,
    file: 'a.ts',
    startLine: 1,
    endLine: 1,
    place: 'anchored',
    anchor: null,
    inChange: null,
    tool: '',
    reviewers: ['codex'],
    repository,
    job: 'j',
  };
}

function createStore(home: string) {
  const warnings: string[] = [];
  const quiet = () => undefined;
  const logger = {
    trace: quiet,
    debug: quiet,
    info: quiet,
    warn: (text: string) => void warnings.push(text),
    error: quiet,
  };
  return { store: new FindingStore(home, logger), warnings };
}

function review(id: string, reviewer: ReviewerId = 'codex', kind: JobKind = 'review') {
  return { repository, id, reviewer, kind };
}

const ids = (store: FindingStore) => store.all().map(({ id }) => id);

test('a review replaces what its reviewer had found; another reviewer’s findings stay; all is back after a restart', async () => {
  const home = createTempFolder().path;
  const { store } = createStore(home);
  let changes = 0;
  store.onDidChange(() => (changes += 1));
  await store.record(review('j1', 'codex'), [finding('a'), finding('b')]);
  await store.record(review('j2', 'claude'), [finding('c')]);
  await store.record(review('j3', 'codex'), [finding('d')]);
  assert.deepEqual(ids(store).sort(), ['c', 'd']);
  assert.equal(changes, 3);
  const { store: next } = createStore(home);
  await next.show([repository]);
  assert.deepEqual(next.all(), store.all());
});

test('cleared stays cleared; other repositories are not shown', async () => {
  const home = createTempFolder().path;
  const { store } = createStore(home);
  await store.record(review('j', 'codex'), [finding('a')]);
  await store.clear();
  assert.deepEqual(ids(store), []);
  const { store: next } = createStore(home);
  await next.show([repository]);
  assert.deepEqual(ids(next), []);
  await next.record(review('j', 'codex'), [finding('a')]);
  await next.show(['/another']);
  assert.deepEqual(ids(next), []);
});

test('repositories below a folder are shown once they have had a review', async () => {
  const home = createTempFolder().path;
  const { store } = createStore(home);
  await store.record({ ...review('j'), repository: '/work/outer/deep/er/inner' }, [finding('inner')]);
  await store.record({ ...review('j'), repository: '/elsewhere' }, [finding('elsewhere')]);
  const { store: next } = createStore(home);
  await next.show(['/work/outer'], ['/work/outer']);
  assert.deepEqual(ids(next), ['inner']);
});

test('a damaged line is left out and said; the file is private', async () => {
  const home = createTempFolder().path;
  const { store } = createStore(home);
  await store.record(review('j', 'codex'), [finding('a')]);
  const [folder = ''] = readdirSync(path.join(home, 'repositories'));
  const file = path.join(home, 'repositories', folder, 'findings.jsonl');
  appendFileSync(file, '{"type":"reviewed","at":"20\n');
  const { store: next, warnings } = createStore(home);
  await next.show([repository]);
  assert.deepEqual(ids(next), ['a']);
  assert.equal(warnings.length, 1);
  assert.match(readFileSync(file, 'utf8'), /"20\n$/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('each kind of review replaces only its own findings; what two of them report is there once', async () => {
  const { store } = createStore(createTempFolder().path);
  await store.record(review('j1'), [finding('a'), finding('b')]);
  await store.record(review('j2', 'codex', 'adversarial-review'), [finding('b'), finding('c')]);
  assert.deepEqual(ids(store), ['a', 'b', 'c']);
  await store.record(review('j3'), []);
  assert.deepEqual(ids(store), ['b', 'c']);
  assert.deepEqual(
    (await store.of(repository)).map(({ id }) => id),
    ['b', 'c'],
  );
  assert.deepEqual(await store.of('/another'), []);
});
