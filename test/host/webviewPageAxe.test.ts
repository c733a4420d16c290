import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  detail,
  finding,
  findings,
  job,
  many,
  run,
  runDetail,
  runId,
  snapshot,
  states,
} from '../unit/webview/fixtures.ts';
import { violations } from './axe.ts';
import { usePages } from './webviewPageSuite.ts';
import { themes } from './webviewPageThemes.ts';

/** The findings view's page as axe sees it: names, roles, relations, contrast, in every theme. */

const { openWith } = usePages();

const all = snapshot({
  ...states.findings,
  findings: [
    finding({ mark: 'new', inChange: false }),
    ...findings.slice(1),
    finding({ id: 'd', title: 'Dismissed one', state: 'dismissed', file: 'src/z.ts' }),
    finding({ id: 's', title: 'Stale one', place: 'stale', file: 'src/z.ts', edited: true }),
    finding({ id: 'c', title: 'Claimed one', state: 'fixed', proof: 'claimed', file: 'src/z.ts' }),
  ],
});
const runs = [run({ tokens: 45_200 }), run({ id: 'r1', state: 'failed', verdict: 'failed' })];

describe('axe finds nothing wrong', () => {
  for (const theme of themes) {
    it(`with the list, all filters, details, the choice of several and the menu, in ${theme}`, async () => {
      const view = await openWith(all, { theme, runs });
      const { page } = view;
      const told = { ...finding(), recommendation: 'Do **it**.', reason: 'Because.' };
      await view.answer({
        type: 'detail',
        id: 'f1',
        detail: detail(told, {
          looks: [{ command: 'rg charge', succeeded: true, files: [] }],
          history: [{ at: '2026-11-21T10:00:00Z', what: 'found', by: 'codex', text: '', job: null }],
          comments: [{ at: '2026-11-21T10:00:00Z', by: 'claude', text: 'See `src/a.ts:12`.', job: null }],
        }),
      });
      await page.getByRole('button', { name: 'More filters, grouping and order' }).click();
      await page.getByRole('button', { name: 'Dismissed 1 finding' }).click();
      await page.getByRole('button', { name: 'Fixed 1 finding' }).click();
      await page.getByText('Never log the full card number').click();
      await page
        .getByText('Charge the card only once')
        .first()
        .click({ modifiers: ['ControlOrMeta'] });
      await view.send({ type: 'reveal', id: 'f1' });
      await page.getByText('Evidence').waitFor();
      await page
        .getByText('Never log the full card number')
        .first()
        .click({ modifiers: ['ControlOrMeta'] });
      assert.deepEqual(await violations(view), []);
      await page.keyboard.press('Shift+F10');
      assert.deepEqual(await violations(view), []);
    });

    it(`with the reviews and their details, in ${theme}`, async () => {
      const view = await openWith(all, { theme, runs });
      await view.answer({
        type: 'runDetail',
        id: runId,
        detail: runDetail({
          summary: 'One.',
          notes: ['Two.'],
          findings: [finding(), finding({ id: 'gone' })],
          evidence: {
            hunks: 3,
            notLookedAt: [{ file: 'src/export.ts', startLine: 5, endLine: 9 }],
            notLookedAtCount: 2,
          },
          rawText: '{}',
        }),
      });
      await view.page.getByRole('tab', { name: 'Reviews 2' }).click();
      await view.page.getByRole('option').first().click();
      await view.page.getByRole('button', { name: 'Raw answer' }).click();
      assert.deepEqual(await violations(view), []);
    });
  }

  for (const [name, shown] of Object.entries(states)) {
    it(`in the state ${name}`, async () => {
      assert.deepEqual(await violations(await openWith(shown)), []);
    });
  }

  it('in ten thousand findings', async () => {
    const view = await openWith(many(10_000));
    await view.page.getByRole('treeitem').first().focus();
    await view.page.keyboard.press('End');
    assert.deepEqual(await violations(view), []);
  });
});

describe('axe', () => {
  it('would notice', async () => {
    const view = await openWith(snapshot({ job: job(), findings: [...findings] }));
    await view.page.evaluate(() => document.querySelector('[role=treeitem]')?.setAttribute('role', 'none'));
    await view.page.evaluate(() => document.querySelector('.more-filters')?.removeAttribute('aria-label'));
    await view.page.evaluate(() => document.querySelector('.more-filters')?.removeAttribute('title'));
    assert.ok((await violations(view)).some((one) => one.startsWith('button-name')));
  });
});
