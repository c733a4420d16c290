import type { Locator, Page } from 'playwright-core';
import { waitFor } from './wait.ts';

/** An attribute of our own on terminals that were there before. */
const seenMark = 'data-tandem-seen';

/**
 * The integrated terminals that can be seen, numbered from 0 in the page's order: those in editors, then the panel's panes.
 * Reading needs the setting `terminal.integrated.gpuAcceleration: off`, which the quiet settings hold.
 */
export class Terminals {
  constructor(private readonly page: Page) {}

  /** How many can be seen. */
  async count(): Promise<number> {
    return this.visible.count();
  }

  /** Calls `open` and waits for the prompt of the terminal that it brings; gives the new one's number. */
  async added(open: () => Promise<void>, timeout: number): Promise<number> {
    await this.visible.evaluateAll((terminals, mark) => {
      for (const terminal of terminals) terminal.setAttribute(mark, '');
    }, seenMark);
    await open();
    const look = async (): Promise<number | undefined> => {
      const states = await this.visible.evaluateAll(
        (terminals, mark) => terminals.map((terminal) => terminal.hasAttribute(mark)),
        seenMark,
      );
      const index = states.indexOf(false);
      return index >= 0 && (await this.text(index)) !== '' ? index : undefined;
    };
    return waitFor('a prompt in the new terminal', look, timeout);
  }

  /** What the terminal shows: its visible rows, without trailing blanks. */
  async text(index = 0): Promise<string> {
    const rows = await this.visible
      .nth(index)
      .locator('.xterm-rows > div')
      .evaluateAll((elements) => elements.map((row) => row.textContent));
    return rows
      .map((row) => row.replaceAll('\u00a0', ' ').trimEnd())
      .join('\n')
      .trimEnd();
  }

  /** Waits until the terminal shows `expected`, and returns its text. */
  async waitForText(expected: string | RegExp, timeout = 30_000, index = 0): Promise<string> {
    let shown = '';
    const look = async (): Promise<string | false> => {
      shown = await this.text(index);
      return (typeof expected === 'string' ? shown.includes(expected) : expected.test(shown)) && shown;
    };
    try {
      return await waitFor(`${String(expected)} in terminal ${index}`, look, timeout);
    } catch (error) {
      throw new Error(`Terminal ${index} doesn't show ${String(expected)}, but:\n${shown}`, { cause: error });
    }
  }

  /** Types text key by key; works in full-screen programs too. Enter is a key of its own: {@link press}. */
  async type(text: string, index = 0): Promise<void> {
    await this.focus(index);
    await this.page.keyboard.type(text, { delay: 5 });
  }

  /** Presses a key by playwright's name: `Enter`, `ArrowUp`, `Escape`, `Control+C`, `Shift+Tab`. */
  async press(key: string, index = 0): Promise<void> {
    await this.focus(index);
    await this.page.keyboard.press(key);
  }

  private get visible(): Locator {
    return this.page.locator('.terminal-wrapper .xterm:visible');
  }

  private async focus(index: number): Promise<void> {
    await this.visible.nth(index).locator('textarea.xterm-helper-textarea').focus({ timeout: 30_000 });
  }
}
