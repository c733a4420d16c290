import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { pause } from './async.ts';
import { type ProcessIdentity, identityOf, isAlive } from './childProcess.ts';
import { UserError, errorCode } from './errors.ts';
import { createPrivateFile, makePrivateFolder } from './files.ts';
import { parsedJson } from './parsedJson.ts';

/** Between two looks whether the lock is free. Milliseconds. */
const look = 25;

/** Whoever has made the file has written into it by then, or never will. Milliseconds. */
const surelyWritten = 5_000;

export interface LockWait {
  /** How long it waits for others. Milliseconds. */
  patience: number;
  /** What is worked on, in words for the user: “the worktrees of this repository”. */
  subject: string;
}

const holderSchema = z.object({ pid: z.int(), startTime: z.nullable(z.string()) });

/**
 * Does a piece of work that only one process of this machine may do at a time. The lock of a process that was killed is
 * taken over. Within one process callers have to queue by themselves.
 * @param file of the lock, absolute; there only while somebody works
 * @throws UserError if the others take longer than the patience; nothing was done then
 */
export async function alone<T>(file: string, wait: LockWait, work: () => Promise<T>): Promise<T> {
  await acquire(file, wait);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function acquire(file: string, wait: LockWait): Promise<void> {
  await makePrivateFolder(path.dirname(file));
  const mine = JSON.stringify(identityOf(process.pid));
  const giveUpAt = Date.now() + wait.patience;
  while (!(await createPrivateFile(file, mine))) {
    // Two that find the same left lock at the same moment can both get in. Git would say so, as it does without a lock.
    if (await isLeft(file)) await rm(file, { force: true });
    else if (Date.now() > giveUpAt) throw tooLong(file, wait);
    else await pause(look);
  }
}

/** Whether its holder is provably gone, or was killed before it could write who it is. */
async function isLeft(file: string): Promise<boolean> {
  try {
    const holder = holderOf(await readFile(file, 'utf8'));
    return holder === null ? Date.now() - (await stat(file)).mtimeMs > surelyWritten : !isAlive(holder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Null where nothing of that kind is written, or not yet. */
function holderOf(text: string): ProcessIdentity | null {
  const holder = z.safeParse(holderSchema, parsedJson(text));
  return holder.success ? holder.data : null;
}

function tooLong(file: string, { patience, subject }: LockWait): UserError {
  return new UserError(
    `Another process of Tandem has not been done with ${subject} for ${Math.round(patience / 1000)} s.`,
    `Try again; if no other one runs, remove ${file}.`,
  );
}
