import { randomBytes } from 'node:crypto';
import { cp, readFile, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { isAlive } from '../base/childProcess.ts';
import { UserError, errorCode, messageOf } from '../base/errors.ts';
import { makePrivateFolder } from '../base/files.ts';

const name = 'claude-plugin';
/** Folders that are on their way in or out: `.claude-plugin-new-PID-RANDOM`. */
const staging = `.${name}-`;
const abandonedPattern = /^\.claude-plugin-(?:new|old)-(\d+)-/;

/**
 * The one folder that Claude Code reads the plugin from, in place (facts: claude-code.md, 1.2). It must outlive the
 * extension's own folder, which an update replaces.
 */
export function pluginFolder(stateHome: string): string {
  return path.join(stateHome, name);
}

const manifestSchema = z.object({ version: z.string() });

/** Version of the plugin in a folder, or null if there is none. */
export async function pluginVersion(folder: string): Promise<string | null> {
  try {
    const text = await readFile(path.join(folder, '.claude-plugin', 'plugin.json'), 'utf8');
    return z.parse(manifestSchema, JSON.parse(text)).version;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw new UserError(`The plugin in ${folder} is damaged: ${messageOf(error)}`);
  }
}

/** How often a window tries to get in when others put their copies in at the same time. */
const maxTries = 20;

/**
 * Puts a copy of `source` in place of the plugin folder, by two renames: running sessions read it in place, and other
 * windows may do the same at the same time.
 * @param prepare makes the copy ready before anybody sees it
 */
export async function replacePluginFolder(
  source: string,
  stateHome: string,
  prepare: (folder: string) => Promise<void>,
): Promise<void> {
  await makePrivateFolder(stateHome);
  await removeAbandoned(stateHome);
  const target = pluginFolder(stateHome);
  const unique = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const incoming = path.join(stateHome, `${staging}new-${unique}`);
  const outgoing = (attempt: number) => path.join(stateHome, `${staging}old-${unique}-${attempt}`);
  let attempt = 0;
  try {
    await cp(source, incoming, { recursive: true });
    await prepare(incoming);
    do {
      attempt += 1;
      await moveAside(target, outgoing(attempt));
    } while (!(await moveIn(incoming, target, attempt === maxTries)));
  } finally {
    await rm(incoming, { recursive: true, force: true });
    for (; attempt > 0; attempt -= 1) await rm(outgoing(attempt), { recursive: true, force: true });
  }
}

async function moveAside(target: string, outgoing: string): Promise<void> {
  try {
    await rename(target, outgoing);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** False if another window has put its copy there since ours made room. */
async function moveIn(incoming: string, target: string, isLastTry: boolean): Promise<boolean> {
  try {
    await rename(incoming, target);
    return true;
  } catch (error) {
    const taken = ['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(errorCode(error) ?? '');
    if (!taken || isLastTry) throw error;
    return false;
  }
}

/** What a killed install left behind; that of a living process is in use. */
async function removeAbandoned(stateHome: string): Promise<void> {
  for (const entry of await readdir(stateHome)) {
    const pid = abandonedPattern.exec(entry)?.[1];
    if (pid === undefined || isAlive({ pid: Number(pid), startTime: null })) continue;
    await rm(path.join(stateHome, entry), { recursive: true, force: true });
  }
}
