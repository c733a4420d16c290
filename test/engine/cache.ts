import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { run } from './processes.ts';

export type Log = (line: string) => void;

/** The git-ignored folder for what tests download; `@vscode/test-electron` keeps its VS Code there too. */
export const cacheFolder = resolve(import.meta.dirname, '../../.vscode-test');

const stampName = 'complete.json';

/** Whether `folder` was built to its end. */
export function isComplete(folder: string): boolean {
  return existsSync(join(folder, stampName));
}

/**
 * Makes `folder` hold what `build` writes, all of it or nothing: built beside it, stamped, renamed.
 * An interrupted build leaves a sibling that the next one removes. When two processes build at once, the first to finish wins.
 */
export async function buildOnce(
  folder: string,
  build: (folder: string) => Promise<void>,
  log: Log,
): Promise<void> {
  if (isComplete(folder)) return;
  await removeAbandoned(folder, log);
  const draft = `${folder}.draft-${process.pid}-${randomUUID().slice(0, 8)}`;
  await mkdir(draft, { recursive: true });
  try {
    await build(draft);
    await writeFile(join(draft, stampName), `${JSON.stringify({ built: new Date().toISOString() })}\n`);
    if (!isComplete(folder)) await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } catch (error) {
    if (!isComplete(folder)) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function removeAbandoned(folder: string, log: Log): Promise<void> {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  const prefix = `${basename(folder)}.draft-`;
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    if (isRunning(Number.parseInt(name.slice(prefix.length), 10))) continue;
    try {
      await rm(join(parent, name), { recursive: true, force: true });
    } catch (error) {
      // Of a killed build, npm may write on for a while; and another build may be removing the same. Left for the next one.
      log(`${name} could not be removed: ${String(error)}`);
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Installs packages into `folder` without running their install scripts.
 * @param packages `name@version`, or none for what the folder's package.json asks for
 */
export async function npmInstall(folder: string, packages: readonly string[], log: Log): Promise<void> {
  // npm started by npm would take the outer project's folder from these.
  const inherited = /^npm_(package_|lifecycle_|config_(local_prefix|prefix|global|workspaces?)$)/i;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !inherited.test(name)));
  const [program, ...first] = npmCommand();
  const args = [
    'install',
    '--ignore-scripts',
    '--omit=dev',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    ...packages,
  ];
  await run(program, [...first, ...args], { cwd: folder, env, timeout: 15 * 60_000, onLine: log });
}

/** The npm that runs us, else the one on PATH (on Linux and macOS a script that needs no shell). */
function npmCommand(): [string, ...string[]] {
  const running = process.env['npm_execpath'];
  return running !== undefined && basename(running) === 'npm-cli.js' ? [process.execPath, running] : ['npm'];
}
