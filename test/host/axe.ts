import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { FindingsPage } from './webviewPageHarness.ts';

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Every rule that axe has switched on, and nothing left out. */
export async function violations(view: Pick<FindingsPage, 'page'>): Promise<string[]> {
  // Through the debugger, so that the page's own policy stays as it is.
  await view.page.evaluate(source);
  const found = await view.page.evaluate(() => {
    const { axe } = window as unknown as { axe: { run: () => Promise<AxeResults> } };
    return axe.run();
  });
  assert.ok(found.passes.length > 10, 'axe has looked at something');
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ target, any }) => `${id}: ${target.join(' ')} ${any.map(({ message }) => message).join('; ')}`,
    ),
  );
}
