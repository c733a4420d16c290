import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Comparison } from '../../src/protocol/comparePage.ts';
import { sample } from '../unit/webview/compareFixture.ts';
import { violations } from './axe.ts';
import type { FindingsPage, OpenOptions } from './webviewPageHarness.ts';
import { usePages } from './webviewPageSuite.ts';
import { themes } from './webviewPageThemes.ts';

/** The page that compares two reviews, in a real browser under the real policy. */

const { open } = usePages('compare');

async function openWith(shown: Comparison, options: OpenOptions = {}): Promise<FindingsPage> {
  const view = await open({ width: 1000, height: 800, ...options });
  await view.sendRaw([{ type: 'comparison', comparison: shown }]);
  return view;
}

async function shot(view: FindingsPage, name: string): Promise<void> {
  const folder = process.env['TANDEM_SHOTS'];
  if (folder !== undefined) await view.page.screenshot({ path: path.join(folder, `${name}.png`) });
}

const left = (view: FindingsPage) =>
  view.page
    .locator('article.match-both .voice-cell')
    .evaluateAll((cells) => cells.map((cell) => Math.round(cell.getBoundingClientRect().left)));

describe('the page that compares two reviews', () => {
  for (const theme of themes) {
    it(`axe finds nothing wrong, in ${theme}`, async () => {
      const view = await openWith(sample({}, { off: 'dismissed' }), { theme });
      assert.deepEqual(await violations(view), []);
      await shot(view, `compare-${theme}`);
      await view.page.getByRole('button', { name: 'More actions' }).first().click();
      assert.deepEqual(await violations(view), []);
      const running = { state: 'running', verdict: null, endedAt: null, activity: 'cat src/a.ts' } as const;
      await view.sendRaw([{ type: 'comparison', comparison: sample(running) }]);
      assert.deepEqual(await violations(view), []);
    });
  }

  it('two columns; in a narrow panel one above the other, and nothing is cut off', async () => {
    const wide = await left(await openWith(sample()));
    assert.ok((wide[0] ?? 0) < (wide[1] ?? 0), String(wide));
    const narrow = await openWith(sample(), { width: 320 });
    const [codex, claude] = await left(narrow);
    assert.equal(codex, claude);
    const overflow = await narrow.page
      .locator('.compare')
      .evaluate((page) => page.scrollWidth - page.clientWidth);
    assert.equal(overflow, 0);
    await shot(narrow, 'compare-narrow');
  });

  it('by keyboard: from finding to finding, the menu, and a decision; what goes leaves the keyboard at its finding', async () => {
    const view = await openWith(sample());
    const { keyboard } = view.page;
    await keyboard.press('Tab');
    await keyboard.press('F8');
    assert.equal(await view.focused(), 'Remove the lock');
    await keyboard.press('F8');
    await keyboard.press('F8');
    assert.equal(await view.focused(), 'alone');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    assert.deepEqual(await view.posted(), [{ type: 'open', id: 'alone', preserveFocus: false }]);
    await view.page.locator('.match-codex .more-actions').focus();
    await keyboard.press('Enter');
    assert.equal(await view.focused(), 'Fix with Codex');
    await keyboard.press('End');
    await keyboard.press('Enter');
    assert.deepEqual(await view.posted(), [{ type: 'act', action: 'export', ids: ['alone'] }]);
    assert.equal(await view.focused(), 'More actions');
    await view.page.locator('.match-codex').getByRole('button', { name: 'Dismiss…' }).focus();
    await view.sendRaw([{ type: 'comparison', comparison: sample({}, { alone: 'dismissed' }) }]);
    assert.equal(await view.focused(), 'alone', 'the button is gone, its finding is not');
    await view.page.getByRole('button', { name: 'Both stand' }).press('Enter');
    assert.deepEqual(await view.posted(), [{ type: 'decide', codex: 'off', claude: 'on', right: 'both' }]);
  });

  it('what a model wrote is text: no markup of its own, no links but to the web and to files', async () => {
    const shown = sample();
    const hostile = '<img src=x onerror=alert(1)> [run](command:x) [a](https://example.com/) `src/a.ts:3`';
    const rows = shown.rows.map(
      (row) => row.codex && { ...row, codex: { ...row.codex, title: hostile, body: hostile } },
    );
    const view = await openWith({ ...shown, title: hostile, rows: rows.filter((row) => row !== null) });
    assert.equal(await view.page.locator('img, [href^="command:"]').count(), 0);
    await view.page.locator('.voice-codex .markdown a[href]').first().click();
    await view.page.locator('.voice-codex .markdown a[data-file]').first().click();
    assert.deepEqual(await view.posted(), [
      { type: 'link', href: 'https://example.com/' },
      { type: 'file', repository: shown.repository, path: 'src/a.ts', line: 3 },
    ]);
  });

  it('a clock runs only while a review does', async () => {
    const view = await openWith(sample({ state: 'running', verdict: null, endedAt: null }));
    const timers = () => view.page.evaluate(() => window.timers);
    assert.equal(await timers(), 1);
    await view.sendRaw([{ type: 'comparison', comparison: sample() }]);
    assert.equal(await timers(), 0);
  });

  it('after a reload it says what it was about, and is where it was', async () => {
    const view = await openWith(sample(), { height: 300 });
    await view.page.locator('.compare').evaluate((page) => page.scrollTo(0, 200));
    await view.page.waitForFunction(() => sessionStorage.getItem('state')?.includes('"scroll":200'));
    await view.page.reload();
    await view.sendRaw([{ type: 'comparison', comparison: sample() }]);
    assert.equal(await view.page.locator('.compare').evaluate((page) => page.scrollTop), 200);
    const kept = await view.page.evaluate(() => sessionStorage.getItem('state'));
    assert.deepEqual(JSON.parse(kept ?? ''), { version: 1, run: 'run-1', scroll: 200 });
  });

  it('what it cannot read is said, and what follows is shown', async () => {
    const view = await openWith(sample());
    await view.sendRaw([{ type: 'comparison', comparison: { run: 5 } }]);
    await view.page.getByText('Reload the window').waitFor();
    await view.sendRaw([{ type: 'comparison', comparison: null }]);
    await view.page.getByText('Nothing is kept of these reviews any more.').waitFor();
    assert.equal(await view.page.getByText('Reload the window').count(), 0);
  });
});
