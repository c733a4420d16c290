import type { Locator, Page } from 'playwright-core';
import { exactly } from './quickInput.ts';
import { waitFor } from './wait.ts';

export interface Notification {
  readonly message: string;
  readonly buttons: readonly string[];
}

/** The notifications on the screen: toasts, or the notification centre when it is open. */
export class Notifications {
  constructor(private readonly page: Page) {}

  /** Newest first. */
  async list(): Promise<Notification[]> {
    return this.items.evaluateAll((items) =>
      items.map((item) => ({
        message: item.querySelector('.notification-list-item-message')?.textContent ?? '',
        buttons: [...item.querySelectorAll('.notification-list-item-buttons-container .monaco-button')].map(
          (button) => button.textContent,
        ),
      })),
    );
  }

  /** Waits for a notification that holds `text`. A toast without buttons goes away by itself after some seconds. */
  async waitFor(text: string, timeout = 30_000): Promise<Notification> {
    const look = async (): Promise<Notification | undefined> =>
      (await this.list()).find(({ message }) => message.includes(text));
    return waitFor(`a notification with "${text}"`, look, timeout);
  }

  /** Presses a button of the notification that holds `text`. */
  async press(text: string, button: string, timeout = 30_000): Promise<void> {
    const item = this.items.filter({ hasText: text }).first();
    await item
      .locator('.monaco-button')
      .filter({ hasText: exactly(button) })
      .click({ timeout });
  }

  private get items(): Locator {
    return this.page.locator('.notification-list-item:visible');
  }
}
