import { listedFinding } from '../../src/vscode/snapshot.ts';
import { bundlePage, FindingsPage, launchBrowser } from '../host/webviewPageHarness.ts';
import { known } from '../unit/findings/known.ts';
import { many, slices } from '../unit/webview/fixtures.ts';
import { median } from './sample.ts';

/** Of findings. */
const counts = [100, 1_000, 10_000] as const;

export interface PageTimes {
  /** From the message with the findings to the frame that shows the first of them, for 100, 1,000 and 10,000 of them. ms. */
  readonly paint: readonly number[];
  /** From text in the filter to the frame that shows what is left. ms. */
  readonly filter: readonly number[];
  /** What the extension host does for it: the slice of all findings, as JSON. ms. */
  readonly slice: readonly number[];
}

/** The findings view's page in a real browser, with ever more findings. */
export async function measurePage(rounds: number): Promise<PageTimes> {
  const bundle = await bundlePage();
  const browser = await launchBrowser();
  const times = counts.map(() => ({
    paint: [] as number[],
    filter: [] as number[],
    slice: [] as number[],
  }));
  try {
    for (let round = -1; round < rounds; round += 1) {
      for (const [index, count] of counts.entries()) {
        const view = await FindingsPage.open(browser, bundle);
        const measured = { slice: sliceTime(count), ...(await pageTimes(view, count)) };
        await view.close();
        if (round < 0) continue;
        for (const name of ['paint', 'filter', 'slice'] as const) times[index]?.[name].push(measured[name]);
      }
    }
  } finally {
    await browser.close();
  }
  return {
    paint: times.map(({ paint }) => median(paint)),
    filter: times.map(({ filter }) => median(filter)),
    slice: times.map(({ slice }) => median(slice)),
  };
}

function sliceTime(count: number): number {
  const findings = Array.from({ length: count }, (_, index) => known(`f${index}`));
  const started = performance.now();
  JSON.stringify(findings.map(listedFinding));
  return performance.now() - started;
}

async function pageTimes(view: FindingsPage, count: number): Promise<{ paint: number; filter: number }> {
  const messages = JSON.stringify(slices(many(count)));
  const paint = await view.page.evaluate(
    async ([json, mark]) => {
      const all = JSON.parse(json) as unknown[];
      const started = performance.now();
      for (const data of all) window.dispatchEvent(new MessageEvent('message', { data }));
      do await new Promise(requestAnimationFrame);
      while (!document.body.textContent.includes(mark));
      return performance.now() - started;
    },
    [messages, 'Finding 0'] as const,
  );
  const filter = await view.page.evaluate(
    async (text) => {
      const field = document.querySelector<HTMLInputElement>('vscode-text-field');
      if (!field) throw new Error('There is no filter.');
      const started = performance.now();
      field.value = text;
      field.dispatchEvent(new Event('input', { bubbles: true }));
      do await new Promise(requestAnimationFrame);
      while (document.body.textContent.includes('Finding 0'));
      return performance.now() - started;
    },
    `Finding ${count - 1}`,
  );
  return { paint, filter };
}
