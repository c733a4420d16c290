import { errorCode } from './errors.ts';

/** What is read of a file or a folder; `empty` where it is not there, or where a folder is none. */
export async function orEmpty<T>(reading: Promise<T>, empty: T): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return empty;
    throw error;
  }
}
