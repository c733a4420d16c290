import type { Locator, Page } from 'playwright-core';
import { waitFor } from '../engine/wait.ts';

/** A tree of Tandem's, the jobs view or the approvals view, as a user sees it. */
export class JobsPage {
  constructor(
    private readonly page: Page,
    private readonly name: 'Jobs' | 'Approvals' = 'Jobs',
  ) {}

  /** A row per section and job, as `label | description`. Only rows that fit into the view exist for the page. */
  async rows(): Promise<string[]> {
    return this.tree.locator('.monaco-list-row').evaluateAll((rows) =>
      rows.map((row) => {
        const label = row.querySelector('.label-name')?.textContent ?? '';
        return [label, row.querySelector('.label-description')?.textContent ?? ''].join(' | ');
      }),
    );
  }

  /** Waits for a row that the pattern fits. */
  async waitFor(row: RegExp, timeout = 30_000): Promise<void> {
    let seen: string[] = [];
    const look = async () => {
      seen = await this.rows();
      return seen.some((text) => row.test(text));
    };
    await waitFor(`${String(row)} in ${this.name}`, look, timeout).catch((error: unknown) => {
      throw new Error(`${this.name} has: ${seen.join('; ')}`, { cause: error });
    });
  }

  /** The number beside the view's name. */
  async description(): Promise<string> {
    return (await this.pane.locator('.pane-header .description').allTextContents()).join('');
  }

  row(label: string): Locator {
    return this.tree.locator('.monaco-list-row').filter({ hasText: label }).first();
  }

  /** Presses a button that a row shows under the mouse. */
  async press(label: string, action: string): Promise<void> {
    const row = this.row(label);
    await row.hover({ timeout: 30_000 });
    await row.locator(`.action-label[aria-label="${action}"]`).click({ timeout: 30_000 });
  }

  /** Takes an item of a row's context menu. */
  async choose(label: string, action: string): Promise<void> {
    await this.row(label).click({ button: 'right', timeout: 30_000 });
    const item = this.page.locator('.monaco-menu .action-item').filter({ hasText: action }).first();
    await item.hover({ timeout: 30_000 });
    // Enter is for the item that has the focus, which follows the mouse a little later.
    const focused = this.page.locator('.monaco-menu .action-item.focused').filter({ hasText: action });
    await focused.first().waitFor({ timeout: 30_000 });
    // A click right after a menu has opened is taken for the end of the one that opened it.
    await this.page.keyboard.press('Enter');
    await this.page.locator('.monaco-menu').waitFor({ state: 'detached', timeout: 30_000 });
  }

  /** The items of a row's context menu. */
  async menu(label: string): Promise<string[]> {
    await this.row(label).click({ button: 'right', timeout: 30_000 });
    await this.page.locator('.monaco-menu .action-label').first().waitFor({ timeout: 30_000 });
    const items = await this.page
      .locator('.monaco-menu .action-item:not(.disabled) .action-label')
      .allTextContents();
    await this.page.keyboard.press('Escape');
    return items.filter((item) => item !== '');
  }

  get pane(): Locator {
    const header = this.page.locator(`.pane-header[aria-label^="${this.name}"]`);
    return this.page.locator('.pane').filter({ has: header });
  }

  private get tree(): Locator {
    return this.pane.locator('.monaco-list');
  }
}
