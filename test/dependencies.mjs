// Installs the packages of the lock file where they are not there yet; a no-op the second time. Needs nothing but Node and npm.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @throws when npm fails; it has said why. */
export function ensureDependencies() {
  if (isInstalled()) return;
  const [file, args] = process.env.npm_execpath
    ? [process.execPath, [process.env.npm_execpath]]
    : [process.platform === 'win32' ? 'npm.cmd' : 'npm', []];
  const { status, error } = spawnSync(file, [...args, 'ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error ?? status !== 0) throw new Error(`npm ci failed${error ? `: ${error.message}` : ''}`);
}

/** npm writes its own lock file into node_modules at the end of an installation. */
function isInstalled() {
  const installed = `${root}node_modules/.package-lock.json`;
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${root}package-lock.json`).mtimeMs;
}
