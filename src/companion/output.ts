import { writeFile } from 'node:fs/promises';
import { UserError, errorCode, messageOf } from '../base/errors.ts';

/**
 * Writes what a command would print to a file that the user named, whole and as it is.
 * @throws UserError if it cannot be written
 */
export async function writeOutput(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new UserError(`${file} could not be written: ${messageOf(error)}`);
  }
}
