import type { Locator, Page } from 'playwright-core';
import { waitFor } from './wait.ts';

/** How long one look at the list may take before it is opened anew, in ms. */
const lookTime = 3_000;

/** The box at the top of the window: command palette, quick open, quick picks and input boxes. */
export class QuickInput {
  constructor(private readonly page: Page) {}

  /** Opens the box with `key`, types `text` and takes the item `label`; starts again until the item is there. */
  async choose(key: string, text: string, label: string, timeout: number): Promise<void> {
    const attempt = async (): Promise<boolean> => {
      try {
        await this.page.keyboard.press(key);
        await this.input(this.widget).fill(text, { timeout: lookTime });
        await this.row(label).click({ timeout: lookTime });
        return true;
      } catch (error) {
        await this.page.keyboard.press('Escape');
        // A closing dialog can leave the focus outside the workbench, where no key reaches it.
        await this.page.evaluate(() => {
          const outside = document.activeElement === null || document.activeElement === document.body;
          if (outside) document.querySelector<HTMLElement>('.part.statusbar')?.focus();
        });
        throw error;
      }
    };
    await waitFor(`"${label}" in the list for "${text}"`, attempt, timeout);
  }

  /** Takes an item of the quick pick that is open or about to open, by its label. */
  async pick(label: string | RegExp, timeout = 30_000): Promise<void> {
    await this.row(label).click({ timeout });
  }

  /** The labels that the open quick pick shows; empty when none is open. Only rows that fit into the list exist for the page. */
  async items(): Promise<string[]> {
    const labels = await this.widget.locator('.monaco-list-row .label-name').allTextContents();
    return labels.map((label) => label.trim());
  }

  /** Answers the input box that shows `prompt` (in its title, text or placeholder). */
  async answer(prompt: string, text: string, timeout = 30_000): Promise<void> {
    const shown = this.widget
      .filter({ hasText: prompt })
      .or(this.widget.filter({ has: this.page.getByPlaceholder(prompt) }));
    await this.input(shown).fill(text, { timeout });
    await this.input(shown).press('Enter', { timeout });
  }

  private get widget(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  private input(widget: Locator): Locator {
    return widget.locator('.quick-input-box input');
  }

  private row(label: string | RegExp): Locator {
    const name = this.page
      .locator('.label-name')
      .filter({ hasText: typeof label === 'string' ? exactly(label) : label });
    return this.widget.locator('.monaco-list-row').filter({ has: name }).first();
  }
}

/** Matches a text that is this one but for blanks around it (an icon leaves one). */
export function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}
