import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  detail,
  finding,
  job,
  many,
  repository,
  run,
  runDetail,
  runId,
  snapshot,
  states,
} from '../unit/webview/fixtures.ts';
import { usePages } from './webviewPageSuite.ts';

/** The findings view's page in a real browser: finding one's way in many findings, acting on them, and reading about them. */

const { openWith } = usePages();

const mixed = snapshot({
  job: job(),
  findings: [
    finding({
      id: 'new',
      title: 'New one',
      file: 'src/a.ts',
      mark: 'new',
      firstSeenAt: '2026-11-22T15:00:00Z',
    }),
    finding({
      id: 'old',
      title: 'Old one',
      file: 'src/a.ts',
      priority: 'P0',
      firstSeenAt: '2026-11-21T15:00:00Z',
    }),
    finding({
      id: 'both',
      title: 'Of both',
      file: 'src/b.ts',
      priority: 'P2',
      reviewers: ['codex', 'claude'],
      firstSeenAt: '2026-11-20T15:00:00Z',
    }),
    finding({ id: 'gone', title: 'Dismissed one', file: 'src/a.ts', state: 'dismissed' }),
    finding({ id: 'done', title: 'Claimed one', file: 'src/b.ts', state: 'fixed', proof: 'claimed' }),
  ],
});

describe('the filter and the order', () => {
  it('states, reviewers, this file and new are filters on request', async () => {
    const view = await openWith(mixed);
    const rows = view.page.locator('.row.finding');
    assert.equal(await rows.count(), 3, 'what is fixed or dismissed is not there at first');
    await view.page.getByRole('button', { name: 'More filters, grouping and order' }).click();
    await view.page.getByRole('button', { name: 'Dismissed 1 finding' }).click();
    assert.ok(await view.page.getByText('Dismissed one').isVisible());
    await view.page.getByRole('button', { name: 'New', exact: true }).click();
    assert.deepEqual(await rows.locator('.title').allTextContents(), ['New one']);
    await view.page.getByRole('button', { name: 'New', exact: true }).click();
    await view.send({ type: 'activeFile', file: { repository, file: 'src/b.ts' } });
    await view.page.getByRole('button', { name: 'This file', exact: true }).click();
    assert.deepEqual(await rows.locator('.title').allTextContents(), ['Of both']);
    await view.page.getByRole('button', { name: 'This file', exact: true }).click();
    await view.page.getByLabel('Raised by').selectOption('Both reviewers');
    assert.deepEqual(await rows.locator('.title').allTextContents(), ['Of both']);
    assert.ok(await view.page.getByText('3 hidden by your filter', { exact: true }).isVisible());
  });

  it('groups and sorts as one likes', async () => {
    const view = await openWith(mixed, { runs: [run()] });
    await view.page.getByRole('button', { name: 'More filters, grouping and order' }).click();
    const groups = view.page.locator('.row.group .name');
    for (const [by, names] of [
      ['Priority', ['P0', 'P1', 'P2']],
      ['Reviewer', ['Codex', 'Codex and Claude']],
      ['Review', ['uncommitted changes (3 files)']],
      ['File', ['a.ts', 'b.ts']],
    ] as const) {
      await view.page.getByLabel('Group by').selectOption(by);
      assert.deepEqual(await groups.allTextContents(), [...names]);
    }
    await view.page.getByLabel('Sort by').selectOption('Newest first');
    assert.deepEqual(await view.page.locator('.row.finding .title').allTextContents(), [
      'New one',
      'Old one',
      'Of both',
    ]);
  });

  it('says what is kept out of the Problems panel', async () => {
    const view = await openWith({ ...mixed, unmarked: 4 });
    assert.ok(await view.page.getByText('4 kept out of the Problems panel by your settings').isVisible());
  });
});

describe('several findings', () => {
  it('are chosen by mouse and acted on together', async () => {
    const view = await openWith(states.findings);
    const { page } = view;
    await page.getByText('Never log the full card number').click();
    await page.getByText('Close the file handle').click({ modifiers: ['ControlOrMeta'] });
    assert.equal(await page.getByRole('treeitem', { selected: true }).count(), 2);
    await view.posted();
    const toolbar = page.getByRole('toolbar', { name: 'Selected findings' });
    assert.ok(await toolbar.getByText('2 selected').isVisible());
    await toolbar.getByRole('button', { name: 'Dismiss…' }).click();
    assert.deepEqual(await view.posted(), [{ type: 'act', action: 'dismiss', ids: ['f2', 'f3'] }]);
    await page.getByText('Unused import').click({ modifiers: ['Shift'] });
    await toolbar.getByRole('button', { name: 'Export…' }).click();
    assert.deepEqual(await view.posted(), [{ type: 'act', action: 'export', ids: ['f3', 'f5', 'f4'] }]);
    assert.equal(await page.getByRole('status').textContent(), '3 selected');
  });

  it('leave the choice with the filter that hides them', async () => {
    const view = await openWith(states.findings);
    await view.page.getByRole('treeitem').first().focus();
    await view.page.keyboard.press('Control+a');
    assert.ok(await view.page.getByText('5 selected').first().isVisible());
    await view.page.getByRole('textbox', { name: 'Filter findings' }).fill('card');
    const toolbar = view.page.getByRole('toolbar', { name: 'Selected findings' });
    await toolbar.getByRole('button', { name: 'Resolve' }).click();
    assert.deepEqual(await view.posted(), [{ type: 'act', action: 'resolve', ids: ['f2', 'f1'] }]);
  });

  it('a right click opens their menu, or that of the finding under it', async () => {
    const view = await openWith(states.findings);
    const { page } = view;
    await page.getByText('Never log the full card number').click();
    await page.getByText('Close the file handle').click({ modifiers: ['ControlOrMeta'] });
    await page.getByText('Close the file handle').first().click({ button: 'right' });
    assert.ok(await page.getByRole('menu', { name: 'Actions for 2 findings' }).isVisible());
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('menu').count(), 0);
    await page.getByText('Unused import').first().click({ button: 'right' });
    await view.posted();
    await page.getByRole('menuitem', { name: 'Copy as Markdown' }).click();
    assert.deepEqual(await view.posted(), [{ type: 'act', action: 'copyMarkdown', ids: ['f4'] }]);
  });
});

describe('ten thousand findings', () => {
  it('are a tree of which only what is in view is there', async () => {
    const view = await openWith(many(10_000), { height: 700 });
    const { page } = view;
    const rows = page.getByRole('treeitem');
    const list = page.getByRole('tree');
    const height = await list.evaluate((element) => element.scrollHeight);
    assert.equal(height, (10_000 + Math.ceil(10_000 / 3)) * 22);
    for (const part of [0, 0.3, 0.77, 1]) {
      await list.evaluate((element, to) => {
        element.scrollTop = to * element.scrollHeight;
      }, part);
      await page.waitForFunction(() => {
        const element = document.querySelector('.list');
        const box = element?.getBoundingClientRect();
        const middle = box && document.elementFromPoint(box.left + 40, box.top + box.height / 2);
        return Boolean(middle?.closest('.row'));
      });
      assert.ok((await rows.count()) < 100, `${await rows.count()} rows`);
      assert.equal(await list.evaluate((element) => element.scrollHeight), height);
    }
  });

  it('tell a screen reader their true number and place', async () => {
    const view = await openWith(many(10_000));
    await view.page.getByRole('treeitem').first().focus();
    await view.page.keyboard.press('End');
    const focused = view.page.locator('.row:focus');
    assert.equal(await view.focused(), 'P1 Finding 2999 line 3000 Codex', 'names are sorted as text');
    assert.equal(await focused.getAttribute('aria-level'), '2');
    assert.equal(await focused.getAttribute('aria-posinset'), '3');
    assert.equal(await focused.getAttribute('aria-setsize'), '3');
    const group = view.page.locator('.row.group').last();
    assert.equal(await group.getAttribute('aria-setsize'), '3334');
  });

  it('keep the keyboard where it is while they are scrolled', async () => {
    const view = await openWith(many(10_000));
    const { page } = view;
    await page.getByRole('treeitem', { name: 'Finding 1 ' }).click();
    const list = page.getByRole('tree');
    await list.evaluate((element) => {
      element.scrollTop = 100_000;
    });
    await page.waitForFunction(() => document.querySelectorAll('.gap').length === 3);
    assert.equal(await view.focused(), 'P1 Finding 1 line 2 Codex');
    await page.keyboard.press('ArrowDown');
    assert.equal(await view.focused(), 'P1 Finding 2 line 3 Codex');
    assert.ok((await list.evaluate((element) => element.scrollTop)) < 100);
  });
});

describe('the details', () => {
  const long = finding({
    id: 'd',
    title: 'All of it',
    body: 'See src/payments/retry.ts:12 and [the test](test/retry.test.ts#L3).',
    recommendation: 'Create the key **once**.',
    state: 'dismissed',
    reason: 'Not in production',
    by: 'user',
    history: [
      { at: '2026-11-21T10:00:00Z', what: 'found', by: 'codex', text: '', job: runId },
      { at: '2026-11-22T10:00:00Z', what: 'dismissed', by: 'user', text: 'Not in production', job: null },
    ],
    comments: [{ at: '2026-11-21T11:00:00Z', by: 'claude', text: 'It **is** reachable.', job: null }],
  });
  const looks = [
    { command: 'sed -n 1,80p src/payments/charge.ts', succeeded: true, files: ['src/payments/charge.ts'] },
    { command: 'rg charge', succeeded: false, files: ['src/payments/charge.ts'] },
  ];

  it('are asked for when they are looked at, and are all there is to know', async () => {
    const view = await openWith(snapshot({ findings: [long], job: job() }));
    await view.answer({ type: 'detail', id: 'd', detail: detail(long, { looks }) });
    await view.send({ type: 'reveal', id: 'd' });
    assert.deepEqual(await view.requested(), ['detail:d']);
    const text = await view.page.getByRole('region', { name: 'Details of the finding' }).innerText();
    for (const part of [
      'All of it',
      'Dismissed',
      'You: Not in production',
      'Create the key once.',
      'sed -n 1,80p src/payments/charge.ts',
      'It is reachable.',
      'Nov 22, 10:00',
      'Dismissed (You): Not in production',
    ])
      assert.ok(text.includes(part), `${part} is missing in ${text}`);
    await view.page.getByRole('button', { name: 'Reopen' }).click();
    assert.deepEqual(await view.posted(), [{ type: 'act', action: 'reopen', ids: ['d'] }]);
  });

  it('link to files of the repository, by mouse and by keyboard', async () => {
    const view = await openWith(snapshot({ findings: [{ ...long, state: 'open' }], job: job() }));
    await view.send({ type: 'reveal', id: 'd' });
    await view.page.getByRole('link', { name: 'the test' }).click();
    assert.deepEqual(await view.posted(), [
      { type: 'file', repository, path: 'test/retry.test.ts', line: 3 },
    ]);
    await view.page.getByRole('link', { name: 'src/payments/retry.ts:12' }).focus();
    await view.page.keyboard.press('Enter');
    assert.deepEqual(await view.posted(), [
      { type: 'file', repository, path: 'src/payments/retry.ts', line: 12 },
    ]);
  });
});

describe('the reviews', () => {
  const kept = [
    run({
      id: 'r3',
      state: 'running',
      verdict: null,
      endedAt: null,
      structure: null,
      title: 'staged changes',
    }),
    run({ tokens: 45_200 }),
    run({ id: 'r1', state: 'inconclusive', verdict: 'inconclusive', structure: 'raw' }),
  ];
  const told = runDetail({
    summary: 'One retry can charge **twice**.',
    notes: ['2 files were left out.'],
    findings: [...states.findings.findings.slice(0, 1), finding({ id: 'gone', title: 'Cleared since' })],
    evidence: {
      hunks: 14,
      notLookedAt: [{ file: 'src/export.ts', startLine: 5, endLine: 9 }],
      notLookedAtCount: 2,
    },
    rawText: '{"findings": []}',
  });

  it('are kept, each with what it took, and can be opened again', async () => {
    const view = await openWith(states.findings, { runs: kept });
    const { page } = view;
    await view.answer({ type: 'runDetail', id: runId, detail: told });
    await page.getByRole('tab', { name: 'Reviews 3' }).click();
    const rows = await page.getByRole('option').allInnerTexts();
    assert.match(
      rows[1] ?? '',
      /5 findings, 1 of them P0 · Codex · gpt-5.5-codex · openai · high effort · structured · 1 min 12 s · 45k tokens/,
    );
    assert.match(rows[2] ?? '', /No verdict/);
    await page.getByRole('option').nth(1).click();
    const details = page.getByRole('region', { name: 'Details of the review' });
    const text = await details.innerText();
    for (const part of [
      'One retry can charge twice.',
      '2 files were left out.',
      'The reviewer looked at 12 of 14 changed places.',
      'Not looked at',
      'and 1 more',
      'no longer listed',
    ])
      assert.ok(text.includes(part), `${part} is missing in ${text}`);
    await details.getByRole('button', { name: 'src/export.ts:5-9' }).click();
    await details.getByRole('button', { name: 'Open in an Editor' }).click();
    assert.deepEqual(await view.posted(), [
      { type: 'file', repository, path: 'src/export.ts', line: 5 },
      { type: 'raw', run: runId },
    ]);
    await details.getByRole('button', { name: 'Raw answer', expanded: false }).click();
    assert.ok(await details.getByText('{"findings": []}').isVisible());
    await details.getByRole('button', { name: 'Charge the card only once' }).click();
    assert.ok(await page.getByRole('region', { name: 'Details of the finding' }).isVisible());
  });

  it('are walked through by keyboard', async () => {
    const view = await openWith(states.findings, { runs: kept });
    const { page } = view;
    await page.getByRole('tab', { name: /^Findings/ }).focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await view.focused(), 'Reviews 3');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.getByRole('option', { selected: true }).getAttribute('data-run'), runId);
    assert.deepEqual(await view.requested(), [`runDetail:${runId}`]);
    await page.keyboard.press('End');
    assert.equal(await page.locator('.run-row:focus').getAttribute('data-run'), 'r1');
    await view.send({ type: 'runDetail', id: 'r1', detail: null });
    assert.ok(await page.getByText('Nothing is kept of what this review answered.').isVisible());
  });
});
