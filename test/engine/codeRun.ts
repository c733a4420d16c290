import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { format, parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { ensureBrowser } from './browser.ts';
import { ensureEngine } from './install.ts';
import { atExit } from './processes.ts';
import { reportVariable } from './report.ts';
import { serveEngine, type EngineServer, type Payload } from './serve.ts';
import { waitFor } from './wait.ts';
import { openPage } from './window.ts';

/** Exit codes beside the suite's own 0 and 1. */
const exitCodes = { timeLimit: 7, windowGone: 8, crashed: 9 } as const;

/** For a whole suite, in ms. */
const timeLimit = Number(process.env['TANDEM_TEST_TIME_LIMIT'] ?? 15 * 60_000);

/** After this time (ms) without a result from the window, a host that ended in good order ended without one. */
const resultDelay = 10_000;

interface Run {
  readonly folder: string;
  readonly payload: Payload;
  readonly userData: string | undefined;
  readonly extensions: string | undefined;
}

/**
 * Does what `code [folder] --extensionDevelopmentPath=… --extensionTestsPath=…` does, in the headless engine: runs the suite in a
 * real extension host and gives its result. Options that mean nothing without a desktop are ignored.
 * The report that the suite writes where `reportVariable` says is copied to stdout, unless our caller named that file:
 * then it is there. Logs go to stderr when the run breaks.
 * @returns the exit code: 0 passed, 1 failed, 7 time limit, 8 window gone, 9 engine or extension host gone
 */
export async function runCode(args: readonly string[]): Promise<number> {
  endWithParent();
  const run = readArguments(args);
  const log = (line: string): void => console.error(line);
  const [engine, browserPath] = [await ensureEngine(log), await ensureBrowser(log)];
  const profile = await mkdtemp(join(tmpdir(), 'tandem-code-'));
  const forget = atExit(() => rmSync(profile, { recursive: true, force: true }));
  const wanted = process.env[reportVariable];
  const report = new Report(wanted ?? join(profile, 'report.txt'), wanted === undefined);
  await writeFile(report.file, '');
  const host = new HostWatch();
  const server = await serveEngine({
    engine,
    profile,
    ...(run.userData !== undefined && { userData: run.userData }),
    ...(run.extensions !== undefined && { extensions: run.extensions }),
    environment: { [reportVariable]: report.file },
    smokeTestDriver: true,
    log: (line) => host.read(line),
  });
  try {
    return await runSuite(run, server, browserPath, report, host);
  } finally {
    for (const { pid, command } of await server.dispose())
      log(`Had to be killed after the run: ${pid} ${command}`);
    rmSync(profile, { recursive: true, force: true });
    forget();
  }
}

/** A test runner that is killed can't end us: we look whether it is still there. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(exitCodes.windowGone);
  }, 500).unref();
}

function readArguments(args: readonly string[]): Run {
  const { values, positionals } = parseArgs({
    args: [...args],
    strict: false,
    options: {
      extensionDevelopmentPath: { type: 'string', multiple: true },
      extensionTestsPath: { type: 'string' },
      'user-data-dir': { type: 'string' },
      'extensions-dir': { type: 'string' },
    },
  });
  const [development, ...more] = (values.extensionDevelopmentPath ?? []).filter(
    (value) => typeof value === 'string',
  );
  const tests = values.extensionTestsPath;
  const folder = positionals.find((path) => existsSync(path) && statSync(path).isDirectory());
  if (development === undefined || more.length > 0 || typeof tests !== 'string' || folder === undefined) {
    throw new Error('Wanted: a folder, one --extensionDevelopmentPath and an --extensionTestsPath.');
  }
  const { 'user-data-dir': userData, 'extensions-dir': extensions } = values;
  return {
    folder: resolve(folder),
    payload: [
      // The authority is this very word for a server that serves its own workbench.
      ['extensionDevelopmentPath', `vscode-remote://remote${resolve(development)}`],
      ['extensionTestsPath', `vscode-remote://remote${resolve(tests)}`],
    ],
    userData: typeof userData === 'string' ? resolve(userData) : undefined,
    extensions: typeof extensions === 'string' ? resolve(extensions) : undefined,
  };
}

async function runSuite(
  run: Run,
  server: EngineServer,
  browserPath: string,
  report: Report,
  host: HostWatch,
): Promise<number> {
  let ended: number | undefined;
  const log: string[] = [];
  const prepare = async (page: Page): Promise<void> => {
    // What the workbench calls under --enable-smoke-test-driver; `args` may start with a format string.
    await page.exposeFunction('codeAutomationExit', (code: number) => void (ended = code));
    await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => {
      if (type !== 'info') log.push(`[${type}] ${format(...args)}`);
    });
    page.on('crash', () => void (ended ??= exitCodes.windowGone));
  };
  const { browser, page } = await openPage({
    browser: browserPath,
    server,
    folder: run.folder,
    payload: run.payload,
    prepare,
  });
  const look = (): number | undefined => {
    report.follow();
    // Asked first: the workbench takes the death of a host for its end, and tells 0.
    if (host.crashed) return exitCodes.crashed;
    if (ended !== undefined) return ended;
    return page.isClosed() ? exitCodes.windowGone : undefined;
  };
  let code: number;
  try {
    code = await waitFor('the suite to end', look, timeLimit);
  } catch (error) {
    console.error(String(error));
    code = exitCodes.timeLimit;
  } finally {
    await browser.close();
  }
  report.follow();
  if (code > 1 || report.isEmpty) console.error(log.slice(-100).join('\n'));
  return code;
}

/** A file that grows in the host. */
class Report {
  private read = 0;

  /** @param copy to stdout, as it grows */
  constructor(
    readonly file: string,
    private readonly copy: boolean,
  ) {}

  get isEmpty(): boolean {
    return this.read === 0;
  }

  follow(): void {
    const bytes = readFileSync(this.file);
    if (this.copy && bytes.length > this.read) process.stdout.write(bytes.subarray(this.read));
    this.read = bytes.length;
  }
}

/** Learns from the server's output how the extension host ended. */
class HostWatch {
  private code: string | undefined;
  private endedAt = 0;

  read(line: string): void {
    const code = /Extension Host Process exited with code: (\w+)/.exec(line)?.[1];
    if (code === undefined) return;
    this.code = code;
    this.endedAt = Date.now();
  }

  get crashed(): boolean {
    if (this.code === undefined) return false;
    return this.code !== '0' || Date.now() - this.endedAt > resultDelay;
  }
}
