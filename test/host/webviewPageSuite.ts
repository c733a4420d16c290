import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import type { Browser } from 'playwright-core';
import type { HostMessage } from '../../src/protocol/findingsPage.ts';
import type { ListedRun } from '../../src/protocol/pageSlices.ts';
import type { Snapshot } from '../../webview/run.ts';
import { detail, type AnyFinding, slices } from '../unit/webview/fixtures.ts';
import {
  bundlePage,
  FindingsPage,
  launchBrowser,
  type Bundle,
  type OpenOptions,
} from './webviewPageHarness.ts';

/** For the browser to do what it was told, in ms: far more than it takes, far less than a suite may hang. */
const patience = 10_000;

export interface Pages {
  readonly bundle: () => Bundle;
  /** Opens the page and takes its `ready`. */
  readonly open: (options?: OpenOptions) => Promise<FindingsPage>;
  /** The same, sends it its first slices, and answers for the details of these findings. */
  readonly openWith: (
    shown: Snapshot,
    options?: OpenOptions & { readonly runs?: readonly ListedRun[] },
  ) => Promise<FindingsPage>;
}

/** One browser for the tests of a file, with the findings view unless it is said otherwise. After each test its pages are closed, and must have had nothing to complain about. */
export function usePages(which: Parameters<typeof bundlePage>[0] = 'findings'): Pages {
  let running: { browser: Browser; bundle: Bundle } | undefined;
  const opened: FindingsPage[] = [];
  before(async () => {
    const bundle = await bundlePage(which);
    running = { browser: await launchBrowser(), bundle };
  });
  after(() => running?.browser.close());
  afterEach(async () => {
    const complaints = opened.flatMap((view) => view.complaints());
    await Promise.all(opened.splice(0).map((view) => view.close()));
    assert.deepEqual(complaints, [], 'the page has no errors, no output and no policy violations');
  });
  const started = (): { browser: Browser; bundle: Bundle } => {
    assert.ok(running, 'the browser runs while tests do');
    return running;
  };
  const open = async (options: OpenOptions = {}): Promise<FindingsPage> => {
    const { browser, bundle } = started();
    const view = await FindingsPage.open(browser, bundle, options);
    opened.push(view);
    view.page.setDefaultTimeout(patience);
    assert.deepEqual(await view.posted(), [{ type: 'ready' }]);
    return view;
  };
  return {
    bundle: () => started().bundle,
    open,
    openWith: async (shown, { runs = [], ...options } = {}) => {
      const view = await open(options);
      await view.answer(...detailsOf(shown));
      await view.send(...slices(shown), { type: 'runs', runs: [...runs] });
      return view;
    },
  };
}

/** The details of those findings of a fixture that have any. */
function detailsOf({ findings }: Snapshot): Extract<HostMessage, { type: 'detail' }>[] {
  return findings
    .filter((finding): finding is AnyFinding => 'body' in finding)
    .map((finding) => ({ type: 'detail', id: finding.id, detail: detail(finding) }));
}
