import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { UsageError, messageOf } from '../base/errors.ts';
import { isInside, realPathOrNull } from '../base/paths.ts';
import type { Target } from '../protocol/target.ts';
import { linesOf } from './counts.ts';
import { readRegularFile } from '../base/regularFile.ts';
import { holdsSecret, isSecretName } from './secrets.ts';

export type PlanTarget = Extract<Target, { kind: 'plan' }>;

/** Larger documents are refused. Bytes. */
export const maxPlanBytes = 256 * 1024;

/** So are those with more lines: each of them is numbered for the reviewer. */
const maxPlanLines = 10_000;

/**
 * The plan that the user named. It may lie outside of the repository: Claude Code keeps its plans in its own folder.
 * @param folder what a relative path is relative to; `~/` is the home folder
 * @throws UsageError unless it is a readable text file of a plan's length, with something in it.
 */
export async function planTarget(repository: string, folder: string, plan: string): Promise<PlanTarget> {
  const named = plan.startsWith('~/') ? path.join(homedir(), plan.slice(2)) : path.resolve(folder, plan);
  const file = named.includes('\0') ? null : await realPathOrNull(named);
  if (file === null) throw new UsageError(`There is no plan at ${named}.`);
  const text = await readText(file);
  if (isSecretName(file) || holdsSecret(text))
    throw new UsageError(`${named} looks like a secret, not like a plan; it was not read out to anybody.`);
  if (text.trim() === '') throw new UsageError(`Nothing to review: ${named} is empty.`);
  const inside = isInside(repository, file);
  const shown = inside ? path.relative(repository, file).split(path.sep).join('/') : file;
  return { kind: 'plan', file: shown, lines: linesOf(text).length };
}

/**
 * The text of a plan, read anew.
 * @param repository the repository itself, where the folder is a worktree of it: a plan that git ignores is nowhere else
 * @throws UsageError as `planTarget`
 */
export async function readPlan(
  folder: string,
  { file }: Pick<PlanTarget, 'file'>,
  repository = folder,
): Promise<string> {
  const own = path.resolve(folder, file);
  return readText((await realPathOrNull(own)) === null ? path.resolve(repository, file) : own);
}

async function readText(file: string): Promise<string> {
  const content = await readRegular(file);
  if (content.length > maxPlanBytes)
    throw new UsageError(`${file} is too long for a plan: more than ${maxPlanBytes / 1024} KiB.`);
  if (content.includes(0)) throw new UsageError(`${file} is not a text file.`);
  const text = content.toString('utf8');
  if (linesOf(text).length > maxPlanLines)
    throw new UsageError(`${file} is too long for a plan: more than ${maxPlanLines} lines.`);
  return text;
}

async function readRegular(file: string): Promise<Buffer> {
  let content: Buffer | null;
  try {
    const isFile = (await stat(file)).isFile();
    content = isFile ? await readRegularFile(file, maxPlanBytes + 1) : null;
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${messageOf(error)}`);
  }
  if (content === null) throw new UsageError(`${file} is not a file.`);
  return content;
}
