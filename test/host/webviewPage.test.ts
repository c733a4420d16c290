import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { finding, job, snapshot, states } from '../unit/webview/fixtures.ts';
import { usePages } from './webviewPageSuite.ts';
import { themes } from './webviewPageThemes.ts';

/** The findings view's page in a real browser: what it shows, what a click does, what a hostile text can not do. */

const { bundle, open, openWith } = usePages();

describe('the page', () => {
  it('stays small', () => {
    const { script } = bundle();
    assert.ok(script.length < 300_000, `${script.length} bytes`);
  });

  for (const theme of themes) {
    it(`fits every state into a view of 250 pixels and into a wide one, in ${theme}`, async () => {
      for (const width of [250, 900]) {
        const view = await open({ theme, width });
        for (const [name, shown] of Object.entries(states)) {
          await view.send({ type: 'snapshot', snapshot: shown });
          const overflow = await view.page.evaluate(
            () => document.documentElement.scrollWidth - window.innerWidth,
          );
          assert.ok(overflow <= 0, `${name} is ${overflow} pixels too wide at ${width}`);
        }
      }
    });
  }

  it('takes over another theme of VS Code while it is open', async () => {
    const view = await openWith(states.empty);
    await view.page.evaluate(() => {
      document.documentElement.style.setProperty('--vscode-button-background', '#123456');
      document.body.className = 'vscode-light';
    });
    await view.page.waitForFunction(() => {
      const element = document.querySelector('vscode-button');
      return element !== null && getComputedStyle(element).backgroundColor === 'rgb(18, 52, 86)';
    });
  });

  it('shows which of several buttons is the first to be thought of', async () => {
    const view = await openWith(states.failed);
    const colours = await view.page
      .locator('vscode-button')
      .evaluateAll((all) => all.map((one) => getComputedStyle(one).backgroundColor));
    assert.deepEqual(colours, ['rgb(0, 120, 212)', 'rgba(0, 0, 0, 0)']);
  });

  it('has a timer only while a review runs', async () => {
    const view = await openWith(states.findings);
    const timers = (): Promise<number> => view.page.evaluate(() => window.timers);
    assert.equal(await timers(), 0);
    await view.send({ type: 'snapshot', snapshot: states.running });
    assert.equal(await timers(), 1);
    await view.send({ type: 'snapshot', snapshot: states.findings });
    assert.equal(await timers(), 0);
  });

  it('lets the clock of a running review tick', async () => {
    const view = await open();
    await view.page.clock.install({ time: new Date('2026-11-22T15:32:23Z') });
    await view.send({ type: 'snapshot', snapshot: states.running });
    await view.page.getByText('1:23', { exact: true }).waitFor();
    await view.page.clock.runFor(2000);
    await view.page.getByText('1:25', { exact: true }).waitFor();
  });

  it('says so when it does not understand the host, and goes on', async () => {
    const view = await openWith(states.findings);
    await view.sendRaw([{ type: 'snapshot', snapshot: { findings: 'none' } }]);
    await view.page.getByRole('alert').filter({ hasText: 'Reload the window' }).waitFor();
    assert.equal(await view.page.getByRole('treeitem').count(), 9);
    await view.send({ type: 'snapshot', snapshot: states.findings });
    assert.equal(await view.page.getByRole('alert').count(), 0);
  });
});

describe('what a user can do in each state', () => {
  const buttons: readonly (readonly [keyof typeof states, string, string])[] = [
    ['empty', 'Review Changes', 'review'],
    ['untrusted', 'Manage Workspace Trust', 'manageTrust'],
    ['running', 'Cancel', 'cancel'],
    ['failed', 'Try Again', 'review'],
    ['failed', 'Show Log', 'showLog'],
    ['failed', 'Restart Codex', 'restart'],
    ['inconclusive', 'Show Raw Answer', 'showRaw'],
    ['findings', 'Review Again', 'review'],
    ['findings', 'Clear all findings', 'clear'],
  ];
  for (const [state, name, command] of buttons) {
    it(`${state}: ${name}, by mouse and by keyboard`, async () => {
      const view = await openWith(states[state]);
      const button = view.page.getByRole('button', { name, exact: true });
      await button.click();
      assert.deepEqual(await view.posted(), [{ type: 'command', command }]);
      await button.focus();
      await view.page.keyboard.press('Enter');
      assert.deepEqual(await view.posted(), [{ type: 'command', command }]);
    });
  }

  it('a demo is always called one', async () => {
    for (const shown of [states.empty, states.running, states.findings]) {
      const view = await openWith({ ...shown, demo: true });
      assert.ok(
        await view.page.getByText('Demo model: answers come from fixed rules, not from a model').isVisible(),
      );
    }
  });

  it('former findings stay on the screen and are called so', async () => {
    for (const name of ['running', 'failed', 'interrupted'] as const) {
      const view = await openWith(states[name]);
      assert.ok(await view.page.getByText('Findings of the previous review').isVisible());
      assert.ok(await view.page.getByText('Never log the full card number').isVisible());
    }
  });

  it('the summary of a review with findings is opened on request', async () => {
    const view = await openWith(states.findings);
    const text = view.page.getByText('one retry can charge a customer twice');
    assert.equal(await text.count(), 0);
    await view.page.getByRole('button', { name: 'Summary', expanded: false }).click();
    assert.ok(await text.isVisible());
    assert.equal(await view.page.getByRole('button', { name: 'Summary', expanded: true }).count(), 1);
  });
});

describe('by mouse', () => {
  it('a click opens a finding in the editor and shows its details', async () => {
    const view = await openWith(states.findings);
    await view.page.getByText('Charge the card only once').click();
    assert.deepEqual(await view.posted(), [{ type: 'open', id: 'f1', preserveFocus: false }]);
    const details = view.page.getByRole('region', { name: 'Details of the finding' });
    assert.match(
      await details.innerText(),
      /P1[\s\S]*Charge the card only once when the request is retried[\s\S]*92%\sconfidence · Codex/,
    );
    await details.getByRole('button', { name: 'src/payments/charge.ts:42-47' }).click();
    assert.deepEqual(await view.posted(), [{ type: 'open', id: 'f1', preserveFocus: false }]);
  });

  it('a place that can not be opened is text, and the reason is given', async () => {
    const view = await openWith(states.findings);
    for (const [title, place] of [
      ['Unused import', 'src/legacy/old-importer.ts:1 (file no longer exists)'],
      ['System header is patched in place', '/usr/include/zlib.h:90-95 (outside the repository)'],
    ] as const) {
      await view.page.getByText(title).first().click();
      assert.ok(await view.page.getByText(place).isVisible());
      assert.equal(await view.page.getByRole('button', { name: place }).count(), 0);
    }
    assert.deepEqual(await view.posted(), []);
  });

  it('priorities are switched off and on, and the page says what is hidden', async () => {
    const view = await openWith(states.findings);
    await view.page.getByRole('button', { name: 'P2 2 findings' }).click();
    assert.ok(await view.page.getByText('3 of 5 findings shown').first().isVisible());
    assert.equal(await view.page.getByRole('button', { name: 'P2 2 findings', pressed: false }).count(), 1);
    assert.equal(await view.page.getByText('Close the file handle').count(), 0);
    await view.page.getByRole('button', { name: 'Clear filter' }).click();
    assert.ok(await view.page.getByText('Close the file handle').isVisible());
    assert.equal(await view.focused(), 'Filter findings', 'the keyboard is not lost with the button');
  });

  it('says so when the filter leaves nothing', async () => {
    const view = await openWith(states.findings);
    await view.page.getByRole('textbox', { name: 'Filter findings' }).fill('no such thing');
    assert.ok(await view.page.getByText('No finding matches the filter.').isVisible());
    assert.equal(await view.page.getByRole('tree').count(), 0);
  });
});

describe('a hostile finding', () => {
  const body = [
    '<script>window.hacked = 1</script><img src="x.png" onerror="window.hacked = 2">',
    '![x](https://evil.example/y.png)',
    '[run](command:workbench.action.terminal.new) [js](javascript:window.hacked=3) [file](file:///etc/passwd)',
    '[real](https://example.com/a)',
  ].join('\n\n');
  const hostile = finding({ title: '<img src=x onerror="window.hacked = 4">', body, file: '<b>x</b>.ts' });
  const shown = snapshot({ job: job({ activity: '<b>x</b>' }), findings: [hostile], summary: body });

  it('is text: nothing runs, nothing is loaded, only its http links are links', async () => {
    const view = await openWith(shown);
    await view.page.getByRole('button', { name: 'Summary' }).click();
    await view.page.getByRole('treeitem').nth(1).click();
    await view.posted();
    assert.equal(await view.page.locator('#app :is(img, script, iframe, b)').count(), 0);
    assert.equal(await view.page.evaluate(() => 'hacked' in window), false);
    const links = view.page.locator('#app a');
    assert.deepEqual(await links.evaluateAll((all) => all.map((link) => link.getAttribute('href'))), [
      'https://example.com/a',
      'https://example.com/a',
    ]);
    await links.last().click();
    assert.deepEqual(await view.posted(), [{ type: 'link', href: 'https://example.com/a' }]);
    assert.equal(new URL(view.page.url()).pathname, '/', 'the page itself stays');
  });
});
