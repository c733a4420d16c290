import { existsSync, rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { cacheFolder } from './cache.ts';
import { atExit } from './processes.ts';
import { writeSettings } from './profile.ts';
import { countsVariable, parseCounts, type TestCounts } from './report.ts';
import type { Variables } from './serve.ts';

export interface HostTestOptions {
  /** The unpacked extension. */
  readonly extensionPath: string;
  /** A bundle in CommonJS that exports `run()`, made with `runMocha`. */
  readonly suite: string;
  /** The folder to open. */
  readonly workspace: string;
  /** Over our own environment; the extension host gets it. */
  readonly env?: Variables;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly log?: (line: string) => void;
}

/**
 * Runs a mocha suite inside a real extension host: in desktop VS Code where `VSCODE_BIN` names one or one can be downloaded and
 * shown, else in the headless engine. The report goes to stdout.
 * @throws Error when the suite did not come to its end
 */
export async function runHostTests(options: HostTestOptions): Promise<TestCounts> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-host-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const forget = atExit(remove);
  const counts = join(folder, 'counts.json');
  const userData = join(folder, 'user');
  try {
    await writeSettings(userData, options.settings ?? {});
    const failure = await runTests({
      vscodeExecutablePath: await findExecutable(options.log ?? console.error),
      extensionDevelopmentPath: options.extensionPath,
      extensionTestsPath: options.suite,
      extensionTestsEnv: { ...options.env, [countsVariable]: counts },
      launchArgs: [
        options.workspace,
        '--disable-extensions',
        `--user-data-dir=${userData}`,
        `--extensions-dir=${join(folder, 'extensions')}`,
      ],
    }).then(
      () => undefined,
      (error: unknown) => error,
    );
    // Failed tests make the run fail too; without counts it did not get that far.
    if (!existsSync(counts)) throw new Error('The suite did not come to its end.', { cause: failure });
    const result = parseCounts(await readFile(counts, 'utf8'));
    if (failure !== undefined && result.failed === 0)
      throw new Error('The run failed after its tests.', { cause: failure });
    return result;
  } finally {
    remove();
    forget();
  }
}

async function findExecutable(log: (line: string) => void): Promise<string> {
  const chosen = process.env['VSCODE_BIN'];
  if (chosen !== undefined && chosen !== '') return chosen;
  const headless = join(import.meta.dirname, 'code.mjs');
  // Desktop VS Code can't start without a display: not worth its download.
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'])
    return headless;
  try {
    return await downloadAndUnzipVSCode({ cachePath: cacheFolder });
  } catch (error) {
    log(`VS Code could not be downloaded (${String(error)}); the tests run in the headless engine.`);
    return headless;
  }
}
