import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { checkOutFrozen } from '../git/frozen.ts';
import type { GitOptions } from '../git/git.ts';
import { removeWorktree } from '../git/worktree.ts';
import type { AgentContext, ReviewAnswer } from '../jobs/agent.ts';
import { type Job, isTerminal } from '../jobs/job.ts';
import type { ReviewPlace } from '../jobs/reviewRunner.ts';
import { worktreesFolder } from './workplaces.ts';

export interface ReviewPlacesParts {
  stateHome: string;
  git: GitOptions;
  logger: Logger;
}

/**
 * Where the reviewer of a job reads: in the repository itself, or, where another one is to see the very same, in a worktree
 * in which the repository is as it was when both were asked.
 * @throws UserError if git cannot make it, CancelledError; then nothing is left of it
 */
export async function openReviewPlace(
  job: Job,
  { onProgress, signal }: AgentContext,
  parts: ReviewPlacesParts,
): Promise<ReviewPlace> {
  const { id, repository, run, target } = job;
  const frozen = run?.frozen ?? null;
  if (frozen === null)
    return { folder: repository, inRepository: (answer) => answer, close: () => Promise.resolve() };
  const folder = path.join(worktreesFolder(parts.stateHome), id);
  // What a killed host has left of it.
  if (existsSync(folder)) await removeWorktree(repository, folder, parts.git);
  onProgress({ phase: 'starting', activity: 'Checking out the files as they were' });
  const git = { ...parts.git, signal };
  await checkOutFrozen(repository, folder, frozen, git, { staged: target?.kind === 'staged' });
  const real = await realpath(folder);
  return {
    folder: real,
    inRepository: (answer) => moved(answer, [real, folder], repository),
    // The review counts, whatever becomes of its folder: it goes with the job at the latest.
    close: () =>
      removeWorktree(repository, folder, parts.git).catch((error: unknown) =>
        parts.logger.warn(`${folder} could not be removed: ${messageOf(error)}`),
      ),
  };
}

/** Removes what a killed host has left of reviews that do not go on. @throws UserError if git cannot */
export async function removeLeftReviewPlaces(
  jobs: readonly Job[],
  { stateHome, git }: Pick<ReviewPlacesParts, 'stateHome' | 'git'>,
): Promise<void> {
  for (const { id, repository, run, state } of jobs) {
    const folder = path.join(worktreesFolder(stateHome), id);
    if (run?.frozen && isTerminal(state) && existsSync(folder)) await removeWorktree(repository, folder, git);
  }
}

/** A worktree of ours has a name that occurs nowhere else, so that it can be replaced wherever it stands. */
function moved(answer: ReviewAnswer, from: readonly string[], to: string): ReviewAnswer {
  const inText = (text: string) => from.reduce((moving, folder) => moving.replaceAll(folder, to), text);
  const inValue = (value: unknown): unknown => {
    if (typeof value === 'string') return inText(value);
    if (Array.isArray(value)) return value.map(inValue);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, inValue(held)]));
  };
  // The same shape: only texts are replaced by texts.
  return inValue(answer) as ReviewAnswer;
}
