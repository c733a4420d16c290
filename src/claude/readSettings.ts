import { readFile, stat } from 'node:fs/promises';
import type * as z from 'zod/mini';
import { UserError, errorCode } from '../base/errors.ts';
import { orEmpty } from '../base/orEmpty.ts';

/** No settings are longer: what a repository names so may be anything. Bytes. */
const maxBytes = 4 * 1024 * 1024;

/**
 * Reads a settings file of Claude Code; as an empty one where there is none. By itself Claude Code passes over the whole of a
 * damaged one (measured on 2.1.197 and 2.1.330).
 * @param says what would not be known without it, for the error
 * @throws UserError if it is damaged
 */
export async function readSettings<Settings>(
  file: string,
  schema: z.ZodMiniType<Settings>,
  says: string,
): Promise<Settings> {
  const unusable = (what: string) =>
    new UserError(
      `${file} ${what}. Claude is not started without it: it may say ${says}.`,
      'Mend the file, then start it again. It was left as it is.',
    );
  const content = (await read(file, unusable)).replace(/^\uFEFF/, '').trim();
  const { data, error } = schema.safeParse(content === '' ? {} : jsonOf(content, unusable));
  if (error === undefined) return data;
  const [issue] = error.issues;
  throw unusable(`holds a value of the wrong kind at “${issue?.path.join('.') ?? ''}”`);
}

type Unusable = (what: string) => UserError;

async function read(file: string, unusable: Unusable): Promise<string> {
  try {
    const status = await orEmpty(stat(file), null);
    if (status === null) return '';
    if (status.isFile() && status.size <= maxBytes) return await readFile(file, 'utf8');
  } catch (error) {
    throw unusable(`cannot be read (${errorCode(error) ?? 'unknown error'})`);
  }
  throw unusable('is no file of settings');
}

function jsonOf(content: string, unusable: Unusable): unknown {
  try {
    return JSON.parse(content);
  } catch {
    // The error's own words quote the file, in which there may be keys.
    throw unusable('is not valid JSON');
  }
}
