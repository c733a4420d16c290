import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { run } from './childProcess.ts';
import { errorCode } from './errors.ts';

/** An executable that was found, and where it was looked for. */
export interface Candidate {
  file: string;
  source: 'setting' | 'PATH' | 'login shell' | 'known place';
}

/** Where installers and package managers put command-line programs of a user. */
export const usualFolders: readonly string[] = [
  '~/.local/bin',
  '~/.npm-global/bin',
  '~/.volta/bin',
  '~/.bun/bin',
  '/opt/homebrew/bin',
  '/usr/local/bin',
  '/usr/bin',
];

export interface Search {
  /** File name without extension, e.g. `codex`. */
  name: string;
  /** The user's own choice, absolute; then nothing else is looked at. */
  setting: string;
  env: NodeJS.ProcessEnv;
  /** Folders where installers put it, tried last. `~/` stands for the home folder. */
  knownFolders: readonly string[];
}

/**
 * Every executable of that name, in the order in which they would be chosen. A window that was not started from
 * a terminal lacks what the user's shell adds to PATH (nvm, mise, Homebrew), so the login shell is asked too,
 * but only where PATH alone finds nothing.
 */
export async function findExecutables(search: Search): Promise<Candidate[]> {
  if (search.setting !== '') {
    return (await isExecutable(search.setting)) ? [{ file: search.setting, source: 'setting' }] : [];
  }
  const onPath = await inFolders(search.name, pathFolders(search.env), 'PATH');
  const more =
    onPath.length > 0 ? [] : await inFolders(search.name, await loginShellFolders(search.env), 'login shell');
  const home = search.env['HOME'] ?? homedir();
  const known = search.knownFolders.map((folder) => folder.replace(/^~(?=\/)/, home));
  const all = [...onPath, ...more, ...(await inFolders(search.name, known, 'known place'))];
  return all.filter((candidate, index) => all.findIndex(({ file }) => file === candidate.file) === index);
}

function pathFolders(env: NodeJS.ProcessEnv): string[] {
  return splitPath(env['PATH'] ?? env['Path'] ?? '');
}

function splitPath(value: string): string[] {
  // A relative entry would make the workspace decide what is run.
  return value.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
}

async function inFolders(
  name: string,
  folders: readonly string[],
  source: Candidate['source'],
): Promise<Candidate[]> {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  const files = folders.flatMap((folder) => names.map((candidate) => path.join(folder, candidate)));
  const found = await Promise.all(files.map(isExecutable));
  return files.filter((_, index) => found[index]).map((file) => ({ file, source }));
}

export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch (error) {
    if (errorCode(error) !== undefined) return false;
    throw error;
  }
}

const marker = 'TANDEM-PATH:';
const loginShellTimeout = 5_000;
const loginShellPaths = new Map<string, Promise<string[]>>();

/** Asks the user's login shell for its PATH, once per shell. The command is constant: nothing of ours is spliced in. */
function loginShellFolders(env: NodeJS.ProcessEnv): Promise<string[]> {
  const shell = env['SHELL'];
  if (process.platform === 'win32' || shell === undefined || !path.isAbsolute(shell))
    return Promise.resolve([]);
  const known = loginShellPaths.get(shell);
  if (known) return known;
  const asked = askLoginShell(shell, env);
  loginShellPaths.set(shell, asked);
  return asked;
}

async function askLoginShell(shell: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  try {
    const { stdout } = await run(shell, ['-ilc', `printf '\\n${marker}%s\\n' "$PATH"`], {
      env,
      timeout: loginShellTimeout,
    });
    const line = stdout.split('\n').find((text) => text.startsWith(marker));
    return splitPath(line?.slice(marker.length) ?? '');
  } catch (error) {
    if (errorCode(error) !== undefined) return [];
    throw error;
  }
}

/** What the search path is called there: Windows says `Path`, and a second one under another spelling would hide it. */
export function pathVariable(env: NodeJS.ProcessEnv): string {
  return Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
}
