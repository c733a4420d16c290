import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  detail,
  finding,
  job,
  many,
  run,
  runDetail,
  runId,
  slices,
  snapshot,
  states,
} from '../unit/webview/fixtures.ts';
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
          await view.send(...slices(shown));
          const overflow = await view.page.evaluate(
            () => document.documentElement.scrollWidth - window.innerWidth,
          );
          assert.ok(overflow <= 0, `${name} is ${overflow} pixels too wide at ${width}`);
        }
      }
    });
  }

  it('in a low view begins the detail right below few rows, and below a list that scrolls where there are many', async () => {
    for (const [count, expected] of [
      [3, 88],
      [300, 224],
    ] as const) {
      const view = await openWith(many(count), { width: 300, height: 320 });
      await view.page.locator('[role=treeitem]', { hasText: 'Finding 0' }).click();
      const list = await view.page.locator('.list').boundingBox();
      const shown = await view.page.locator('.detail').boundingBox();
      assert.ok(list && shown);
      assert.equal(list.height, expected);
      assert.ok(Math.abs(shown.y - list.y - list.height) <= 1, `${shown.y} under ${list.y + list.height}`);
    }
  });

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
    await view.send(...slices(states.running));
    assert.equal(await timers(), 1);
    await view.send(...slices(states.findings));
    assert.equal(await timers(), 0);
  });

  it('lets the clock of a running review tick', async () => {
    const view = await open();
    await view.page.clock.install({ time: new Date('2026-11-22T15:32:23Z') });
    await view.send(...slices(states.running));
    await view.page.getByText('1:23', { exact: true }).waitFor();
    await view.page.clock.runFor(2000);
    await view.page.getByText('1:25', { exact: true }).waitFor();
  });

  it('says so when it does not understand the host, and goes on', async () => {
    const view = await openWith(states.findings);
    await view.sendRaw([{ type: 'findings', findings: 'none' }]);
    await view.page.getByRole('alert').filter({ hasText: 'Reload the window' }).waitFor();
    assert.equal(await view.page.getByRole('treeitem').count(), 9);
    await view.send(...slices(states.findings));
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
      assert.ok(await view.page.getByText('Findings of earlier reviews').isVisible());
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
      /P1[\s\S]*Charge the card only once when the request is retried[\s\S]*92%\sconfidence · Codex[\s\S]*may be charged twice/,
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
    assert.ok(await view.page.getByText('2 hidden by your filter', { exact: true }).isVisible());
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

describe('hostile text in every field', () => {
  const evil = '<img src=x onerror="window.hacked = 5">\u202ekcab\u001b[31m';
  const hostile = finding({
    id: 'h',
    title: evil,
    body: evil,
    recommendation: evil,
    file: evil,
    reason: evil,
    tool: evil,
    reviewers: ['sarif'],
    repository: `/${evil}`,
    history: [{ at: evil, what: 'found', by: 'sarif', text: evil, job: evil }],
    comments: [{ at: evil, by: 'codex', text: evil, job: evil }],
  });
  const ran = run({
    title: evil,
    model: evil,
    provider: evil,
    effort: evil,
    failure: { message: evil, advice: evil },
    tokens: 1,
  });

  it('is text, and shows what it hides', async () => {
    const view = await openWith(
      snapshot({ findings: [hostile], job: job({ title: evil, activity: evil }), summary: evil }),
      {
        runs: [ran],
      },
    );
    await view.answer(
      {
        type: 'detail',
        id: 'h',
        detail: detail(hostile, { looks: [{ command: evil, succeeded: true, files: [] }] }),
      },
      {
        type: 'runDetail',
        id: runId,
        detail: runDetail({
          summary: evil,
          notes: [evil],
          findings: [hostile],
          evidence: {
            hunks: 1,
            notLookedAt: [{ file: evil, startLine: 1, endLine: 1 }],
            notLookedAtCount: 1,
          },
          rawText: evil,
        }),
      },
    );
    const check = async (part: string): Promise<void> => {
      assert.equal(await view.page.locator('#app :is(img, script, iframe, b)').count(), 0, part);
      const text = await view.page.locator('#app').innerText();
      assert.ok(!text.includes('\u202e') && !text.includes('\u001b'), part);
      assert.match(text, /\[U\+202E\]kcab␛/, part);
    };
    await view.send({ type: 'reveal', id: 'h' });
    await check('the details of the finding');
    for (const by of ['Priority', 'Reviewer', 'Review']) {
      if (by === 'Priority')
        await view.page.getByRole('button', { name: 'More filters, grouping and order' }).click();
      await view.page.getByLabel('Group by').selectOption(by);
      await check(`grouped by ${by}`);
    }
    await view.page.getByRole('tab', { name: 'Reviews 1' }).click();
    await view.page.getByRole('option').click();
    await view.page.getByRole('button', { name: 'Raw answer' }).click();
    await check('the details of the review');
    await view.posted();
    await view.page.locator('.hunks button').click();
    assert.deepEqual(await view.posted(), [], 'what is no path of a repository is not even asked for');
    assert.equal(await view.page.evaluate(() => 'hacked' in window), false);
  });

  it('of a million letters breaks nothing', async () => {
    const huge = finding({
      id: 'h',
      title: 'x'.repeat(300),
      body: 'y'.repeat(1_000_000),
      file: 'z'.repeat(2000),
    });
    const view = await openWith(snapshot({ findings: [huge], job: job() }));
    await view.send({ type: 'reveal', id: 'h' });
    const wide = await view.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(wide <= 0);
    assert.equal(await view.page.getByRole('treeitem').count(), 2);
  });
});
