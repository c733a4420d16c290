import * as z from 'zod/mini';
import { run } from '../base/childProcess.ts';
import { errorCode } from '../base/errors.ts';
import { findExecutables, usualFolders } from '../base/executables.ts';

const minimumVersion = 20;

/** Milliseconds; shims of version managers take their time. */
const askTimeout = 10_000;
const question = 'JSON.stringify([Number(process.versions.node.split(".")[0]), process.execPath])';
const answerSchema = z.tuple([z.number(), z.string()]);

/** The first Node that is new enough for the plugin: the program itself, behind any shim. Null if there is none. */
export async function findNode(env: NodeJS.ProcessEnv): Promise<string | null> {
  const candidates = await findExecutables({ name: 'node', setting: '', env, knownFolders: usualFolders });
  for (const { file } of candidates) {
    const [version, program] = (await ask(file, env)) ?? [0, ''];
    if (version >= minimumVersion) return program;
  }
  return null;
}

type Answer = z.infer<typeof answerSchema>;

/** Null for something of that name that is not Node, or cannot be started: the next one may do. */
async function ask(file: string, env: NodeJS.ProcessEnv): Promise<Answer | null> {
  try {
    const { stdout } = await run(file, ['-p', question], { env, timeout: askTimeout });
    return z.safeParse(answerSchema, JSON.parse(stdout)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) !== undefined) return null;
    throw error;
  }
}
