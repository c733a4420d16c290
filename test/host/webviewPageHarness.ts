import assert from 'node:assert/strict';
import path from 'node:path';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { HostMessage, PageMessage } from '../../src/protocol/findingsPage.ts';
import { findingsPageHtml } from '../../src/vscode/findingsPageHtml.ts';
import { ensureBrowser } from '../engine/browser.ts';
import { themeCss, type Theme } from './webviewPageThemes.ts';

const webviewFolder = path.resolve(import.meta.dirname, '../../webview');
/** Nothing is requested from it: every request is answered here. */
const origin = 'https://findings.test';
const nonce = 'dGFuZGVtLXRlc3Q';

export interface Bundle {
  readonly script: string;
  readonly styles: string;
}

/** The page's files as the build makes them for the package. */
export async function bundlePage(page: 'findings' | 'compare' = 'findings'): Promise<Bundle> {
  const [script, styles] = page === 'findings' ? ['main.ts', 'styles.css'] : ['compare.ts', 'compare.css'];
  return { script: await bundled(script), styles: await bundled(styles) };
}

async function bundled(entry: string): Promise<string> {
  const result = await build({
    entryPoints: [path.join(webviewFolder, entry)],
    bundle: true,
    format: 'iife',
    minify: entry.endsWith('.ts'),
    write: false,
    logLevel: 'silent',
  });
  const [output] = result.outputFiles;
  assert.ok(output);
  return output.text;
}

export async function launchBrowser(): Promise<Browser> {
  const executablePath = await ensureBrowser((line) => process.stderr.write(`${line}\n`));
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}

export interface OpenOptions {
  readonly theme?: Theme;
  /** CSS pixels. */
  readonly width?: number;
  readonly height?: number;
}

/** A findings view in a real browser under the real policy; this object is its host. */
export class FindingsPage {
  private constructor(
    readonly page: Page,
    private readonly problems: string[],
  ) {}

  static async open(browser: Browser, bundle: Bundle, options: OpenOptions = {}): Promise<FindingsPage> {
    const { theme = 'dark', width = 320, height = 700 } = options;
    const page = await browser.newPage({ viewport: { width, height }, timezoneId: 'UTC' });
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => problems.push(`${message.type()}: ${message.text()}`));
    const files: Readonly<Record<string, { contentType: string; body: string }>> = {
      '/': { contentType: 'text/html', body: html(theme) },
      '/webview.js': { contentType: 'text/javascript', body: bundle.script },
      '/webview.css': { contentType: 'text/css', body: bundle.styles },
      '/theme.css': { contentType: 'text/css', body: themeCss(theme) },
    };
    await page.route('**', async (route) => {
      const file = files[new URL(route.request().url()).pathname];
      if (file === undefined) {
        problems.push(`unexpected request: ${route.request().url()}`);
        return route.abort();
      }
      return route.fulfill(file);
    });
    await page.addInitScript({ content: fakeVsCode });
    await page.goto(`${origin}/`);
    return new FindingsPage(page, problems);
  }

  async send(...messages: readonly HostMessage[]): Promise<void> {
    await this.sendRaw(messages);
  }

  /** Anything, also what no host of this version would send. */
  async sendRaw(messages: readonly unknown[]): Promise<void> {
    // As text: the browser's driver takes a large object apart field by field.
    await this.page.evaluate((json) => {
      const all = JSON.parse(json) as unknown[];
      for (const data of all) window.dispatchEvent(new MessageEvent('message', { data }));
    }, JSON.stringify(messages));
  }

  /** From now on the page's requests for these details are answered, as soon as they come. */
  async answer(
    ...messages: readonly Extract<HostMessage, { type: 'detail' | 'runDetail' }>[]
  ): Promise<void> {
    await this.page.evaluate(
      (json) => {
        Object.assign(window.answers, JSON.parse(json));
      },
      JSON.stringify(
        Object.fromEntries(messages.map((message) => [`${message.type}:${message.id}`, message])),
      ),
    );
  }

  /** What the page posted since the last call, but for its requests for details. */
  async posted(): Promise<PageMessage[]> {
    return this.page.evaluate(() => window.posted.splice(0));
  }

  /** The requests for details since the last call: `detail:f1`. */
  async requested(): Promise<string[]> {
    return this.page.evaluate(() => window.requested.splice(0));
  }

  /** What a screen reader calls the element that has the keyboard; empty where none has it. */
  async focused(): Promise<string> {
    const session = await this.page.context().newCDPSession(this.page);
    const expression =
      'let e = document.activeElement; while (e.shadowRoot?.activeElement) e = e.shadowRoot.activeElement; e';
    const { result } = await session.send('Runtime.evaluate', { expression: `{ ${expression} }` });
    assert.ok(result.objectId);
    const { nodes } = await session.send('Accessibility.getPartialAXTree', {
      objectId: result.objectId,
      fetchRelatives: false,
    });
    await session.detach();
    const name: unknown = nodes[0]?.role?.value === 'RootWebArea' ? '' : nodes[0]?.name?.value;
    return typeof name === 'string' ? name : '';
  }

  /** Page errors, console output, refused and unexpected requests: a healthy page has none. */
  complaints(): readonly string[] {
    return this.problems;
  }

  async close(): Promise<void> {
    await this.page.close();
  }
}

/** The host's own page, with what VS Code adds to it. */
function html(theme: Theme): string {
  const page = findingsPageHtml({ script: 'webview.js', styles: 'webview.css', cspSource: "'self'", nonce });
  const kind = `vscode-${theme}`;
  return page
    .replace('<link ', '<link rel="stylesheet" href="theme.css">\n<link ')
    .replace('<body>', `<body class="${kind}" data-vscode-theme-kind="${kind}" role="document">`);
}

declare global {
  interface Window {
    posted: PageMessage[];
    requested: string[];
    /** By type and id of the request. */
    answers: Record<string, HostMessage>;
    /** Intervals that run. */
    timers: number;
  }
}

/** Runs in the page, before it; text, because the test runner's compiler would put helpers into a function. The state outlives a reload, as VS Code's does. */
const fakeVsCode = `
  window.posted = [];
  window.requested = [];
  window.answers = {};
  const post = (message) => {
    if (message.type !== 'detail' && message.type !== 'runDetail') return window.posted.push(message);
    const request = message.type + ':' + message.id;
    window.requested.push(request);
    const data = window.answers[request];
    if (data) queueMicrotask(() => window.dispatchEvent(new MessageEvent('message', { data })));
  };
  window.timers = 0;
  const { setInterval, clearInterval } = window;
  window.setInterval = (...args) => (window.timers++, setInterval(...args));
  window.clearInterval = (id) => (window.timers--, clearInterval(id));
  window.acquireVsCodeApi = () => ({
    postMessage: post,
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
    setState: (state) => sessionStorage.setItem('state', JSON.stringify(state)),
  });
  document.addEventListener('securitypolicyviolation', (event) => {
    console.error('policy violation:', event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber, event.columnNumber);
  });
`;
