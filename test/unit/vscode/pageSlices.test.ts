import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod/mini';
import {
  type HostMessage,
  hostMessageSchema,
  pageMessageSchema,
} from '../../../src/protocol/findingsPage.ts';
import { PageSlices } from '../../../src/vscode/pageSlices.ts';
import { findingDetail, listedFinding, listedRun, runDetail } from '../../../src/vscode/snapshot.ts';
import { finding, job } from '../webview/fixtures.ts';

/** A host whose slices are what the test sets. */
function create() {
  const state = { open: 'a', places: 0, isBroken: false };
  const sent: HostMessage[] = [];
  const errors: unknown[] = [];
  let told: () => void = () => undefined;
  const slices = new PageSlices(
    {
      findings: () => {
        if (state.isBroken) throw new Error('no findings today');
        return { type: 'findings', findings: [listedFinding(finding({ id: state.open }))] };
      },
      places: () => ({
        type: 'places',
        places:
          state.places === 0
            ? {}
            : { a: { place: 'anchored', file: 'a.ts', startLine: state.places, endLine: state.places } },
      }),
      activeFile: () => ({ type: 'activeFile', file: null }),
      runs: () => ({ type: 'runs', runs: [] }),
      run: () => ({
        type: 'run',
        run: { job: null, summary: '', former: false, demo: false, trusted: true, unmarked: 0 },
      }),
    },
    (message) => {
      sent.push(message);
      told();
    },
    (error) => errors.push(error),
  );
  const next = () =>
    new Promise<void>((resolve) => {
      told = resolve;
    });
  const taken = () => sent.splice(0).map(({ type }) => type);
  return { state, slices, taken, next, errors };
}

describe('what the page is sent', () => {
  it('is every slice when it has loaded, the findings before the review that found them', () => {
    const { slices, taken } = create();
    slices.start();
    assert.deepEqual(taken(), ['findings', 'places', 'activeFile', 'runs', 'run']);
    slices.dispose();
  });

  it('is then only what has changed', async () => {
    const { slices, taken, next, state } = create();
    slices.start();
    taken();
    state.places = 7;
    const sent = next();
    slices.changed('run', 'places', 'findings');
    await sent;
    assert.deepEqual(taken(), ['places']);
    slices.dispose();
  });

  it('is the other slices where one cannot be made, which is told and comes once it can', async () => {
    const { slices, taken, next, state, errors } = create();
    state.isBroken = true;
    slices.start();
    assert.deepEqual(taken(), ['places', 'activeFile', 'runs', 'run']);
    assert.deepEqual(errors, [new Error('no findings today')]);
    state.isBroken = false;
    const sent = next();
    slices.changed('findings');
    await sent;
    assert.deepEqual(taken(), ['findings']);
    slices.dispose();
  });

  it('is nothing while it is hidden, and everything when it is back', () => {
    const { slices, taken, state } = create();
    slices.start();
    slices.stop();
    taken();
    state.open = 'b';
    slices.changed('findings');
    assert.deepEqual(taken(), []);
    slices.start();
    assert.equal(taken().length, 5);
    slices.dispose();
  });
});

describe('a listed finding', () => {
  const whole = finding({
    title: 't'.repeat(1000),
    body: 'b'.repeat(100_000),
    anchor: { text: ['x'], before: [], after: [], version: null },
    history: [{ at: '2026-11-22T15:32:12Z', what: 'found', by: 'codex', text: '', job: null }],
  });

  it('is small, whatever the finding is', () => {
    const json = JSON.stringify(listedFinding(whole));
    assert.ok(json.length < 2000, `${json.length} characters`);
    for (const name of ['anchor', 'history', 'comments', 'body'])
      assert.ok(!(name in listedFinding(whole)), name);
  });

  it('is what the page reads', () => {
    const message = { type: 'findings', findings: [listedFinding(whole)] };
    assert.deepEqual(z.parse(hostMessageSchema, message), message);
  });
});

describe('details', () => {
  const look = (file: string) => ({ command: `cat ${file}`, succeeded: true, files: [file] });
  const result = {
    verdict: 'findings' as const,
    summary: '',
    findings: [finding()],
    nextSteps: [],
    changes: [],
    news: null,
    rawText: 'r'.repeat(100_000),
    evidence: {
      looks: [look('src/payments/charge.ts'), look('src/other.ts')],
      files: [],
      hunks: 3,
      notLookedAt: [],
      notLookedAtCount: 0,
    },
  };

  it('name only the commands that concern the finding’s file, and say where nothing was recorded', () => {
    assert.deepEqual(findingDetail(finding(), result).looks, [look('src/payments/charge.ts')]);
    assert.equal(findingDetail(finding(), { ...result, evidence: null }).looks, null);
    assert.equal(findingDetail(finding(), null).looks, null);
  });

  it('of a review cut its answer and say so', () => {
    const told = runDetail(job(), result);
    assert.ok(told.rawText.length < 50_000 && told.rawTextIsCut);
    assert.equal(runDetail(job(), { ...result, rawText: 'short' }).rawTextIsCut, false);
    const message = { type: 'runDetail', id: 'x', detail: told };
    assert.deepEqual(z.parse(hostMessageSchema, message).type, 'runDetail');
  });

  it('of a review leave out in the list what changes with every step of it', () => {
    assert.ok(!('activity' in listedRun(job({ activity: 'rg x' }))));
  });
});

describe('what the page may ask for', () => {
  const refused: readonly unknown[] = [
    { type: 'act', action: 'delete', ids: ['a'] },
    { type: 'act', action: 'dismiss', ids: 'a' },
    { type: 'act', action: 'dismiss', ids: [{}] },
    { type: 'command', command: 'workbench.action.terminal.new' },
    { type: 'file', repository: '/work/shop', path: 'a.ts', line: '12' },
    { type: 'file', repository: '/work/shop', path: 'a.ts', line: 1.5 },
    { type: 'raw' },
    { type: 'run', id: 'x' },
  ];
  for (const message of refused)
    it(`is not ${JSON.stringify(message)}`, () => {
      assert.equal(z.safeParse(pageMessageSchema, message).success, false);
    });
});
