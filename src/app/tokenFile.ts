import { readFile } from 'node:fs/promises';
import { UserError, errorCode } from '../base/errors.ts';

/**
 * The token in a file (of environment variable TANDEM_APP_SERVER_TOKEN_FILE).
 * @throws UserError if it cannot be read
 */
export async function readTokenFile(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new UserError(
      `The file with the token of the App Server cannot be read: ${file} (${errorCode(error) ?? ''}).`,
      'Correct TANDEM_APP_SERVER_TOKEN_FILE.',
      { cause: error },
    );
  }
}
