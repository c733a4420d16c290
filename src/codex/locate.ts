import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../base/errors.ts';
import { type Candidate, findExecutables, usualFolders } from '../base/executables.ts';

/** How to start Codex: a program and the arguments that come before its own. */
export interface CodexLaunch {
  file: string;
  args: readonly string[];
  /** Folders that the npm launcher would have put in front of PATH (Codex's own `rg`). */
  pathFolders: readonly string[];
  /** Over the environment it is started with. */
  env: Readonly<Record<string, string>>;
  /** Where it was found, as the user knows it. */
  found: Candidate;
}

const knownFolders = ['~/.codex/bin', ...usualFolders];

export const installAdvice =
  'Install it with `npm install -g @openai/codex`, or set `tandem.codex.path` to the executable.';

/** All Codex executables that can be found, the chosen one first. */
export function findCodex(setting: string, env: NodeJS.ProcessEnv): Promise<Candidate[]> {
  return findExecutables({ name: 'codex', setting, env, knownFolders });
}

/** @throws UserError if there is none. */
export async function locateCodex(setting: string, env: NodeJS.ProcessEnv): Promise<CodexLaunch> {
  const [found] = await findCodex(setting, env);
  if (found) return resolveLaunch(found);
  throw setting === ''
    ? new UserError('Codex was not found on PATH, in the login shell or in the usual places.', installAdvice)
    : new UserError(
        `There is no executable file at ${setting} (setting \`tandem.codex.path\`).`,
        installAdvice,
      );
}

/**
 * npm puts a Node script in front of the native program: a second process, twice the start-up time, and it can die
 * without its child. The native program is started directly where it can be found.
 */
export async function resolveLaunch(found: Candidate): Promise<CodexLaunch> {
  const launcher = await npmLauncher(found.file);
  if (launcher === null) return { file: found.file, args: [], pathFolders: [], env: {}, found };
  const native = nativeProgram(launcher);
  if (native !== null) return { ...native, args: [], env: {}, found };
  // In desktop VS Code this process's own program is Electron, which is Node only if told so.
  const env: Record<string, string> = 'electron' in process.versions ? { ELECTRON_RUN_AS_NODE: '1' } : {};
  return { file: process.execPath, args: [launcher], pathFolders: [], env, found };
}

/** The `codex.js` behind a link in `bin`, or beside a `.cmd` file on Windows; null if it is something else. */
async function npmLauncher(file: string): Promise<string | null> {
  const real = await realpath(file);
  if (path.basename(real) === 'codex.js') return real;
  const beside = path.join(path.dirname(real), 'node_modules', '@openai', 'codex', 'bin', 'codex.js');
  return real.endsWith('.cmd') && existsSync(beside) ? beside : null;
}

const targets: Record<string, string> = {
  'linux-x64': 'x86_64-unknown-linux-musl',
  'linux-arm64': 'aarch64-unknown-linux-musl',
  'darwin-x64': 'x86_64-apple-darwin',
  'darwin-arm64': 'aarch64-apple-darwin',
  'win32-x64': 'x86_64-pc-windows-msvc',
  'win32-arm64': 'aarch64-pc-windows-msvc',
};

/** Measured layouts: `vendor/TARGET/bin/codex` (0.150, 0.169) and `vendor/TARGET/codex/codex` (0.130). */
function nativeProgram(launcher: string): { file: string; pathFolders: string[] } | null {
  const platform = `${process.platform}-${process.arch}`;
  const target = targets[platform];
  if (target === undefined) return null;
  const vendor = vendorFolder(launcher, platform);
  const name = process.platform === 'win32' ? 'codex.exe' : 'codex';
  for (const folder of ['bin', 'codex']) {
    const file = path.join(vendor, target, folder, name);
    if (!existsSync(file)) continue;
    const pathFolders = ['codex-path', 'path'].map((own) => path.join(vendor, target, own));
    return { file, pathFolders: pathFolders.filter((own) => existsSync(own)) };
  }
  return null;
}

function vendorFolder(launcher: string, platform: string): string {
  try {
    const manifest = createRequire(launcher).resolve(`@openai/codex-${platform}/package.json`);
    return path.join(path.dirname(manifest), 'vendor');
  } catch {
    // Older packages carry the programs of all platforms themselves.
    return path.join(path.dirname(launcher), '..', 'vendor');
  }
}
