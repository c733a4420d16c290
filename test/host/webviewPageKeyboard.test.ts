import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { finding, findings, job, many, slices, states } from '../unit/webview/fixtures.ts';
import type { FindingsPage } from './webviewPageHarness.ts';
import { usePages } from './webviewPageSuite.ts';
import { themes } from './webviewPageThemes.ts';

/** The findings view's page in a real browser: the keyboard's way through it, and what stays when the host's state changes. */

const { openWith } = usePages();

describe('by keyboard', () => {
  it('the whole way: filter, list, editor, details and back', async () => {
    const view = await openWith(states.findings);
    const { keyboard } = view.page;
    await view.page.getByRole('textbox', { name: 'Filter findings' }).focus();
    await keyboard.type('card');
    assert.ok(await view.page.getByText('3 hidden by your filter', { exact: true }).isVisible());
    await keyboard.press('ArrowDown');
    assert.equal(await view.focused(), 'charge.ts src/payments 2 findings');
    await keyboard.press('ArrowDown');
    assert.equal(await view.focused(), 'P0 Never log the full card number line 12 Codex');
    await keyboard.press('ArrowDown');
    assert.deepEqual(await view.posted(), [
      { type: 'open', id: 'f2', preserveFocus: true },
      { type: 'open', id: 'f1', preserveFocus: true },
    ]);
    await keyboard.press('Enter');
    assert.deepEqual(await view.posted(), [{ type: 'open', id: 'f1', preserveFocus: false }]);
    await keyboard.press('Escape');
    assert.equal(await view.page.getByRole('treeitem').count(), 9, 'Escape clears the filter');
    for (const stop of [
      'Close details',
      'src/payments/charge.ts:42-47',
      'Fix with Codex',
      'Ask the Other Agent',
      'Dismiss…',
      'Resolve',
      'Copy as Prompt',
      'More actions',
    ]) {
      await keyboard.press('Tab');
      assert.equal(await view.focused(), stop);
    }
    await keyboard.press('Tab');
    assert.equal(await view.focused(), 'idempotent requests');
    await keyboard.press('Enter');
    assert.deepEqual(await view.posted(), [{ type: 'link', href: 'https://example.com/docs/idempotency' }]);
    await keyboard.press('Escape');
    assert.equal(
      await view.focused(),
      'P1 Charge the card only once when the request is retried line 42 Codex',
    );
  });

  it('groups are closed, opened and left', async () => {
    const view = await openWith(states.findings);
    const { keyboard } = view.page;
    const group = view.page.getByRole('treeitem', { name: 'charge.ts src/payments' });
    await group.focus();
    await keyboard.press('ArrowLeft');
    assert.equal(await group.getAttribute('aria-expanded'), 'false');
    assert.equal(await view.page.getByRole('treeitem').count(), 7);
    await keyboard.press('ArrowRight');
    await keyboard.press('ArrowRight');
    assert.equal(await view.focused(), 'P0 Never log the full card number line 12 Codex');
    await keyboard.press('ArrowLeft');
    assert.equal(await view.focused(), 'charge.ts src/payments 2 findings');
    await keyboard.press('End');
    assert.equal(await view.focused(), 'P3 Unused import line 1 Codex file no longer exists');
    await keyboard.press('Home');
    assert.equal(await view.focused(), 'charge.ts src/payments 2 findings');
  });

  it('several are chosen, dismissed, and let go', async () => {
    const view = await openWith(states.findings);
    const { page } = view;
    const { keyboard } = page;
    await page.getByRole('treeitem', { name: 'P0 Never log' }).focus();
    await keyboard.press('Home');
    await keyboard.press('ArrowDown');
    await keyboard.press('Shift+ArrowDown');
    assert.equal(await page.getByRole('treeitem', { selected: true }).count(), 2);
    await view.posted();
    await keyboard.press('Delete');
    assert.deepEqual(await view.posted(), [{ type: 'act', action: 'dismiss', ids: ['f2', 'f1'] }]);
    await keyboard.press('Escape');
    assert.equal(await page.getByRole('treeitem', { selected: true }).count(), 1);
    await keyboard.press('Control+a');
    assert.equal(await page.getByRole('treeitem', { selected: true }).count(), 5);
  });

  for (const key of ['Shift+F10', 'ContextMenu']) {
    it(`${key} opens a menu of all that can be done, and Escape closes it`, async () => {
      const view = await openWith(states.findings);
      const { page } = view;
      const { keyboard } = page;
      await page.getByText('Close the file handle').click();
      await view.posted();
      await keyboard.press(key);
      const menu = page.getByRole('menu', { name: 'Actions for the finding' });
      assert.deepEqual(await menu.getByRole('menuitem').allInnerTexts(), [
        'Fix with Codex',
        'Fix with Claude Code…',
        'Ask the Other Agent',
        'Let Both Fix It…',
        'Check Whether It Is Fixed',
        'Dismiss…\nDelete',
        'Dismiss in This File…',
        'Resolve',
        'Copy as Prompt',
        'Copy as Markdown',
        'Explain',
        'Look for More',
        'Open Reviewed Diff',
        'Export…',
      ]);
      assert.equal(await view.focused(), 'Fix with Codex');
      await keyboard.press('End');
      await keyboard.press('ArrowUp');
      await keyboard.press('Enter');
      assert.deepEqual(await view.posted(), [{ type: 'act', action: 'openReviewed', ids: ['f3'] }]);
      assert.equal(await menu.count(), 0);
      assert.match(await view.focused(), /^P2 Close the file handle/);
      await keyboard.press(key);
      await keyboard.press('Escape');
      assert.equal(await menu.count(), 0);
      assert.match(await view.focused(), /^P2 Close the file handle/);
      assert.deepEqual(await view.posted(), []);
    });
  }

  it('the details’ menu gives the keyboard back to its button', async () => {
    const view = await openWith(states.findings);
    await view.page.getByText('Close the file handle').click();
    await view.page.getByRole('button', { name: 'More actions' }).focus();
    await view.page.keyboard.press('Enter');
    assert.equal(await view.focused(), 'Fix with Codex');
    await view.page.keyboard.press('Escape');
    assert.equal(await view.focused(), 'More actions');
  });

  it('F8 goes through the findings from anywhere in the view', async () => {
    const view = await openWith(states.findings);
    await view.page.getByRole('button', { name: 'Review Again' }).focus();
    await view.page.keyboard.press('F8');
    assert.equal(await view.focused(), 'P0 Never log the full card number line 12 Codex');
    await view.page.keyboard.press('Shift+F8');
    assert.equal(await view.focused(), 'P3 Unused import line 1 Codex file no longer exists');
    assert.deepEqual(await view.posted(), [{ type: 'open', id: 'f2', preserveFocus: true }]);
  });

  it('Ctrl+F leads to the filter', async () => {
    const view = await openWith(states.findings);
    await view.page.getByRole('treeitem').first().focus();
    await view.page.keyboard.press('Control+f');
    assert.equal(await view.focused(), 'Filter findings');
  });

  it('a key that is held down opens only the place where it is let go', async () => {
    const view = await openWith(many(30));
    await view.page.getByRole('treeitem').nth(1).focus();
    await view.page.keyboard.press('Home');
    await view.posted();
    for (let step = 0; step < 6; step++) await view.page.keyboard.down('ArrowDown');
    const during = await view.posted();
    await view.page.keyboard.up('ArrowDown');
    assert.deepEqual(during, [{ type: 'open', id: 'm0', preserveFocus: true }]);
    assert.deepEqual(await view.posted(), [{ type: 'open', id: 'm4', preserveFocus: true }]);
  });

  it('one Tab stop leads into the list, and every stop shows that it has the keyboard', async () => {
    for (const theme of themes) {
      const view = await openWith(states.findings, { theme });
      await view.page.getByText('Charge the card only once').click();
      await view.page.getByRole('button', { name: 'Review Again' }).focus();
      const stops: string[] = [];
      while (stops.length < 30) {
        await view.page.keyboard.press('Tab');
        const stop = await view.focused();
        if (stop === '' || stops.includes(stop)) break;
        stops.push(stop);
        assert.ok(await showsFocus(view), `${stop} in ${theme}`);
      }
      assert.deepEqual(stops, [
        'Show Raw Answer',
        'Clear all findings',
        'Filter findings',
        'More filters, grouping and order',
        ...['P0 1 finding', 'P1 1 finding', 'P2 2 findings', 'P3 1 finding'],
        'P1 Charge the card only once when the request is retried line 42 Codex',
        'Close details',
        'src/payments/charge.ts:42-47',
        ...['Fix with Codex', 'Ask the Other Agent', 'Dismiss…', 'Resolve', 'Copy as Prompt', 'More actions'],
        'idempotent requests',
      ]);
    }
  });
});

/** Whether the element with the keyboard is framed in the theme's focus colour; the toolkit's are so in their shadow. */
async function showsFocus(view: FindingsPage): Promise<boolean> {
  return view.page.evaluate(() => {
    const probe = document.createElement('i');
    document.body.append(probe);
    const colours = [
      '--vscode-focusBorder',
      '--vscode-list-focusOutline',
      '--vscode-list-focusAndSelectionOutline',
    ].map((name) => {
      probe.style.setProperty('color', `var(${name})`);
      return getComputedStyle(probe).color;
    });
    probe.remove();
    const outer = document.activeElement;
    const parts = [outer, ...(outer?.shadowRoot?.querySelectorAll('*') ?? [])].filter(
      (part) => part !== null,
    );
    return parts.some((part) => {
      const { outlineStyle, outlineColor, borderTopStyle, borderTopColor } = getComputedStyle(part);
      return (
        (outlineStyle === 'solid' && colours.includes(outlineColor)) ||
        (borderTopStyle === 'solid' && colours.includes(borderTopColor))
      );
    });
  });
}

describe('a new snapshot', () => {
  it('leaves keyboard, selection and scroll position where they are', async () => {
    const view = await openWith(many(60), { height: 480 });
    const row = view.page.getByRole('treeitem', { name: 'Finding 40 ' });
    await row.click();
    const list = view.page.getByRole('tree');
    const scrolled = await list.evaluate((element) => element.scrollTop);
    assert.ok(scrolled > 0);
    await row.evaluate((element) => element.setAttribute('data-mark', ''));
    const next = many(60);
    const running = {
      ...next,
      job: job({ state: 'running', phase: 'reading', verdict: null, endedAt: null }),
      former: true,
    };
    await view.send(
      ...slices(running),
      ...slices({ ...next, findings: [...next.findings, finding({ id: 'new', file: 'zzz.ts' })] }),
    );
    assert.equal(await list.evaluate((element) => element.scrollTop), scrolled);
    assert.equal(await view.focused(), 'P1 Finding 40 line 41 Codex');
    assert.equal(await row.getAttribute('aria-selected'), 'true');
    assert.equal(await row.and(view.page.locator('[data-mark]')).count(), 1, 'it is the same element');
  });

  it('keeps the keyboard in the list when its row goes', async () => {
    const view = await openWith(states.findings);
    await view.page.getByText('Close the file handle').click();
    await view.send({ type: 'findings', findings: findings.filter(({ id }) => id !== 'f3') });
    assert.equal(await view.page.evaluate(() => document.activeElement?.getAttribute('role')), 'treeitem');
  });

  it('keeps the keyboard at the review when its button goes', async () => {
    const view = await openWith(states.runningFirst);
    await view.page.getByRole('button', { name: 'Cancel' }).focus();
    await view.send(...slices(states.cancelling));
    assert.equal(await view.focused(), 'Review');
  });

  it('does not take what is being typed into the filter', async () => {
    const view = await openWith(states.findings);
    const field = view.page.getByRole('textbox', { name: 'Filter findings' });
    await field.pressSequentially('ca');
    await view.send(...slices(states.findings));
    await field.pressSequentially('rd');
    assert.equal(await field.inputValue(), 'card');
    assert.equal(await view.page.getByRole('treeitem').count(), 3);
  });

  it('tells a screen reader how the review ended', async () => {
    const view = await openWith(states.running);
    const status = view.page.getByRole('status');
    assert.equal(await status.textContent(), '');
    await view.send(...slices(states.findings));
    assert.equal(await status.textContent(), 'Review finished: 5 findings');
  });
});

describe('a reload', () => {
  it('brings back filter, closed groups, selection and scroll position', async () => {
    const view = await openWith(many(60), { height: 480 });
    await view.page.getByRole('button', { name: /^P0/ }).click();
    await view.page.getByRole('treeitem', { name: 'file0.ts' }).click();
    await view.page.getByRole('treeitem', { name: 'Finding 40 ' }).click();
    const list = view.page.getByRole('tree');
    const scrolled = await list.evaluate((element) => element.scrollTop);
    await view.page.waitForFunction(
      (top) => (JSON.parse(sessionStorage.getItem('state') ?? '{}') as { scroll?: number }).scroll === top,
      scrolled,
    );
    await view.page.reload();
    assert.deepEqual(await view.posted(), [{ type: 'ready' }]);
    await view.send(...slices(many(60)));
    assert.equal(await list.evaluate((element) => element.scrollTop), scrolled);
    assert.equal(await view.page.getByRole('button', { name: /^P0/ }).getAttribute('aria-pressed'), 'false');
    assert.equal(
      await view.page.getByRole('treeitem', { name: 'file0.ts' }).getAttribute('aria-expanded'),
      'false',
    );
    const selected = view.page.getByRole('treeitem', { selected: true, name: 'P1 Finding 40 line 41 Codex' });
    assert.equal(await selected.count(), 1);
    assert.ok(await view.page.getByRole('region', { name: 'Details of the finding' }).isVisible());
    assert.deepEqual(await view.posted(), [], 'nothing is opened by itself');
  });
});

describe('reveal', () => {
  it('shows the finding, whatever hid it', async () => {
    const view = await openWith(many(60), { height: 480 });
    await view.page.getByRole('textbox', { name: 'Filter findings' }).fill('file3.ts');
    await view.send({ type: 'reveal', id: 'm50' });
    const row = view.page.getByRole('treeitem', { selected: true, name: 'P1 Finding 50 line 51 Codex' });
    const visible = await row.evaluate((element) => {
      const box = element.getBoundingClientRect();
      const frame = element.parentElement?.getBoundingClientRect();
      return frame !== undefined && box.top > frame.top - 1 && box.bottom < frame.bottom + 1;
    });
    assert.ok(visible);
    assert.equal(await view.page.getByRole('textbox', { name: 'Filter findings' }).inputValue(), '');
    assert.deepEqual(await view.posted(), [], 'the host asked: it opens what it wants opened');
  });
});
