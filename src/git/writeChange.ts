import { UserError, messageOf } from '../base/errors.ts';
import type { PlannedFile } from './applyChange.ts';
import { isSameFile, readWorkingFile, writeWorkingFile } from './workingFile.ts';

/**
 * Writes what was planned, all or nothing: where a file cannot be written, those before it become again what they were.
 * @returns the files that were written
 * @throws UserError where a file was changed in the last moment, or cannot be written; it names the files that could not
 *   be made again what they were
 */
export async function writeChange(repository: string, planned: readonly PlannedFile[]): Promise<string[]> {
  const begun: PlannedFile[] = [];
  for (const file of inOrder(planned))
    try {
      if (!isSameFile(await readWorkingFile(repository, file.path), file.from))
        throw new UserError(`${file.path} was changed just now, and was left as it is.`);
      begun.push(file);
      await writeWorkingFile(repository, file.path, file.to);
    } catch (error) {
      throw failure(file, error, await takeBack(repository, begun));
    }
  return begun.map(({ path }) => path);
}

/** What goes is first: a file may be where a folder is to be, and the other way round. */
function inOrder(planned: readonly PlannedFile[]): PlannedFile[] {
  const open = planned.filter(({ kind }) => kind !== 'done');
  return [...open.filter(({ to }) => to === null), ...open.filter(({ to }) => to !== null)];
}

/** @returns those that are not as before */
async function takeBack(repository: string, begun: readonly PlannedFile[]): Promise<string[]> {
  const left: string[] = [];
  for (const file of begun.toReversed())
    try {
      await restore(repository, file);
    } catch {
      // It is named in the error that is thrown about the first one.
      left.push(file.path);
    }
  return left.reverse();
}

/** @throws UserError where somebody else has written it meanwhile; what the file system says */
async function restore(repository: string, { path, from, to }: PlannedFile): Promise<void> {
  const now = await readWorkingFile(repository, path);
  if (isSameFile(now, from)) return;
  if (now !== null && !isSameFile(now, to)) throw new UserError(`${path} was changed just now.`);
  await writeWorkingFile(repository, path, from);
}

function failure({ path }: PlannedFile, error: unknown, left: readonly string[]): UserError {
  const reason = messageOf(error);
  const what = error instanceof UserError ? reason : `${path} could not be written: ${reason}.`;
  const options = { cause: error };
  if (left.length === 0)
    return new UserError(`${what} No file was changed.`, 'Remove the cause, then try again.', options);
  return new UserError(
    `${what} These were written before, and could not be made again what they were: ${left.join(', ')}.`,
    'Look at them before you try again. All other files are as before.',
    options,
  );
}
