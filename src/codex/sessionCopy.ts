import { copyFile, link, mkdir, rm, rmdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { errorCode } from '../base/errors.ts';
import { realPathOrNull } from '../base/paths.ts';

/** The folder below which Codex's importer takes sessions: Claude Code's, in the home of the App Server's process. */
export async function importFolder(env: NodeJS.ProcessEnv): Promise<string> {
  const home = env[process.platform === 'win32' ? 'USERPROFILE' : 'HOME'] ?? homedir();
  const folder = path.join(home, '.claude', 'projects');
  return (await realPathOrNull(folder)) ?? folder;
}

/**
 * Shows a session to the importer under another name, for as long as `work` takes: the importer needs it no longer
 * (measured: the thread can be read and resumed afterwards). The number makes the name, so that the same copy is the
 * same session to Codex at the next transfer. A second name of the same file where the file system can do that, so that
 * nothing is copied.
 * @param folder see `importFolder`
 * @throws a system error if no copy can be made there
 */
export async function withCopy<T>(
  file: string,
  folder: string,
  number: number,
  work: (copy: string) => Promise<T>,
): Promise<T> {
  const project = path.join(folder, path.basename(path.dirname(file)));
  const copy = path.join(project, `${path.basename(file, '.jsonl')}.tandem-${number}.jsonl`);
  const made = await mkdir(project, { recursive: true, mode: 0o700 });
  try {
    await putCopy(file, copy);
    return await work(copy);
  } finally {
    await rm(copy, { force: true });
    if (made !== undefined) await removeEmpty(project, made);
  }
}

async function putCopy(file: string, copy: string): Promise<void> {
  // Left by a host that was killed.
  await rm(copy, { force: true });
  try {
    await link(file, copy);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    await copyFile(file, copy);
  }
}

/** Removes folders that were made for the copy, from the inside out, as far as nobody has put anything into them. */
async function removeEmpty(inner: string, outer: string): Promise<void> {
  try {
    for (let folder = inner; folder.length >= outer.length; folder = path.dirname(folder))
      await rmdir(folder);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(errorCode(error) ?? '')) throw error;
  }
}
