import { basename } from 'node:path';
import { chromium, type Browser, type FrameLocator, type Page } from 'playwright-core';
import { Notifications } from './notifications.ts';
import { exactly, QuickInput } from './quickInput.ts';
import type { EngineServer, Payload } from './serve.ts';
import { Terminals } from './terminals.ts';

export interface WindowOptions {
  /** From `ensureBrowser`. */
  readonly browser: string;
  readonly server: Pick<EngineServer, 'url'>;
  /** The folder to open; absolute. */
  readonly folder: string;
  readonly payload?: Payload;
  /** In CSS pixels, which are the screenshot's pixels. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Runs before the workbench is loaded. */
  readonly prepare?: (page: Page) => Promise<void>;
}

/** A row of the Problems panel. `line` and `column` are 1-based, as shown. */
export interface Problem {
  readonly file: string;
  readonly severity: string;
  readonly message: string;
  readonly source: string;
  readonly code: string;
  readonly line: number;
  readonly column: number;
}

/** Fit for a container as root; and nothing that calls home or needs a GPU. */
const browserFlags = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-gpu',
];

/** For loading the workbench on a loaded two-core machine, in ms; 3 to 5 s on an idle one. */
const loadTime = 90_000;

/** Opens `folder` of a served engine in a headless browser; the workbench is still loading when this resolves. */
export async function openPage(options: WindowOptions): Promise<{ browser: Browser; page: Page }> {
  // Signals are ours: with its own handlers playwright would keep the process alive on SIGTERM. It still ends the browser on exit.
  const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  const browser = await chromium.launch({
    executablePath: options.browser,
    args: browserFlags,
    timeout: loadTime,
    ...signals,
  });
  try {
    const context = await browser.newContext({
      viewport: options.size ?? { width: 1400, height: 900 },
      deviceScaleFactor: 1,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    page.on('dialog', (dialog) => void dialog.accept()); // "leave this page?" on reload
    await options.prepare?.(page);
    const url = options.server.url(options.folder, [['skipWelcome', 'true'], ...(options.payload ?? [])]);
    await page.goto(url, { waitUntil: 'domcontentloaded', timeout: loadTime });
    return { browser, page };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/**
 * Opens `folder` of a served engine in a headless browser and waits until the workbench stands.
 * Extensions may still be starting then: every method of the window waits for what it needs.
 */
export async function openWindow(options: WindowOptions): Promise<VsCodeWindow> {
  const { browser, page } = await openPage(options);
  const window = new VsCodeWindow(browser, page);
  try {
    await window.ready();
    return window;
  } catch (error) {
    await window.close();
    throw error;
  }
}

/** One VS Code window, driven and read the way a user does. Times are ms; every wait has a deadline. */
export class VsCodeWindow {
  readonly quickInput: QuickInput;
  readonly notifications: Notifications;
  readonly terminals: Terminals;

  constructor(
    private readonly browser: Browser,
    /** For the rare thing that has no method here. */
    readonly page: Page,
  ) {
    this.quickInput = new QuickInput(page);
    this.notifications = new Notifications(page);
    this.terminals = new Terminals(page);
  }

  /** Waits until the workbench is drawn and connected to its server. */
  async ready(): Promise<void> {
    // The item says "Opening Remote…" while it connects.
    await this.page
      .locator('.part.statusbar [id="status.host"][aria-label="remote"]')
      .waitFor({ timeout: loadTime });
  }

  /**
   * Runs a command by its full title in the palette, such as `View: Close Editor`.
   * Looks again until the command is there, because contributions arrive after the window stands.
   */
  async command(title: string, timeout = 60_000): Promise<void> {
    await this.quickInput.choose('F1', `>${title}`, title, timeout);
  }

  /** Opens a file through quick open; `path` is relative to the folder and may end in `:line` (1-based). */
  async openFile(path: string, timeout = 60_000): Promise<void> {
    const name = basename(path.replace(/:\d+$/, ''));
    await this.quickInput.choose('Control+P', path, name, timeout);
    await this.page.locator(`.tab.active[data-resource-name=${JSON.stringify(name)}]`).waitFor({ timeout });
  }

  /** Shows the view container with this name in the activity bar; its badge's words may follow the name. */
  async openContainer(name: string, timeout = 60_000): Promise<void> {
    const tab = this.page
      .locator(`.activitybar li.action-item:has(> a.action-label[aria-label^=${JSON.stringify(name)}])`)
      .first();
    if ((await tab.getAttribute('aria-expanded', { timeout })) !== 'true') await tab.click({ timeout });
  }

  /**
   * What the Problems panel shows now, opened if need be: it may still be filling.
   * Only rows that fit into the panel exist for the page.
   */
  async problems(): Promise<Problem[]> {
    const panel = this.page.locator('.markers-panel-container');
    if (!(await panel.isVisible())) {
      await this.command('Problems: Focus on Problems View');
      await panel.waitFor({ timeout: 30_000 });
    }
    // No named functions in here: tsx would have them call a helper that the page doesn't know.
    const rows = await panel.locator('.monaco-list-row').evaluateAll((elements) =>
      elements.map((row) => ({
        file: row.querySelector('.label-name')?.textContent ?? '',
        severity: row.querySelector('.marker-icon')?.className.replace('marker-icon', '').trim() ?? '',
        message: row.querySelector('.marker-message')?.textContent ?? '',
        source: row.querySelector('.marker-source')?.textContent ?? '',
        code: row.querySelector('.marker-code')?.textContent ?? '',
        place: row.querySelector('.marker-line')?.textContent ?? '',
      })),
    );
    let file = '';
    return rows.flatMap(({ place, ...row }) => {
      const [, line, column] = /Ln (\d+), Col (\d+)/.exec(place) ?? [];
      if (line !== undefined) return [{ ...row, file, line: Number(line), column: Number(column) }];
      file = row.file === '' ? file : row.file;
      return [];
    });
  }

  /** Presses a button of the modal dialog. */
  async pressDialog(button: string, timeout = 30_000): Promise<void> {
    await this.page
      .locator('.monaco-dialog-box .monaco-button')
      .filter({ hasText: exactly(button) })
      .click({ timeout });
  }

  /** The texts of the status bar's items, left to right; an item that is only an icon gives its label. */
  async statusBar(): Promise<string[]> {
    return this.page.locator('.part.statusbar .statusbar-item').evaluateAll((items) =>
      items.map((item) => {
        const text = item.textContent.trim();
        return text === '' ? (item.getAttribute('aria-label') ?? '') : text;
      }),
    );
  }

  /** The content of the first visible webview, or of the first one of this extension (`publisher.name`). */
  webview(extension = ''): FrameLocator {
    const frame = this.page.locator(`iframe.webview[src*="extensionId=${extension}"]:visible`).first();
    return frame.contentFrame().frameLocator('iframe#active-frame');
  }

  /** The same of an extension's panel in the editor area; its views in the side bars are left out. */
  webviewPanel(extension: string): FrameLocator {
    return this.page
      .locator(`iframe.webview[src*="extensionId=${extension}"]:not([src*="purpose=webviewView"]):visible`)
      .first()
      .contentFrame()
      .frameLocator('iframe#active-frame');
  }

  /** Opens a new integrated terminal and waits for its shell's prompt; gives its number among {@link terminals}. */
  async openTerminal(timeout = 60_000): Promise<number> {
    return this.terminals.added(() => this.command('Terminal: Create New Terminal', timeout), timeout);
  }

  /** Reloads the window as the command does: extension hosts end and start anew. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('domcontentloaded', { timeout: loadTime });
    await this.command('Developer: Reload Window');
    await loaded;
    await this.ready();
  }

  async screenshot(path: string): Promise<void> {
    await this.page.screenshot({ path, animations: 'disabled' });
  }

  /** Closes the window and its browser; hosts and terminals end with the server. */
  async close(): Promise<void> {
    await this.browser.close();
  }
}
