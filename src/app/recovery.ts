import path from 'node:path';
import { removeHalfWritten } from '../base/halfWritten.ts';
import { type Logger, tagged } from '../base/logger.ts';
import { reapProcesses } from '../base/processJournal.ts';
import type { FindingStore } from '../findings/findingStore.ts';
import { ReviewedTexts } from '../findings/reviewedTexts.ts';
import type { GateStore } from '../gate/gateStore.ts';
import { isTerminal } from '../jobs/job.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { removeLeftReviewPlaces } from './reviewPlaces.ts';
import type { TaskChanges } from './taskChanges.ts';
import { closeLeftWorkplace } from './workplaces.ts';

export interface RecoveryParts {
  stateHome: string;
  env: NodeJS.ProcessEnv;
  logger: Logger;
  jobs: Jobs;
  changes: TaskChanges;
  findings: FindingStore;
  gates: GateStore;
}

/** A killed host's App Server may hold the threads on which its jobs are to go on, so that it is ended first. */
export async function recover(parts: RecoveryParts, repositories: readonly string[]): Promise<void> {
  const { stateHome, gates, logger } = parts;
  await reapProcesses(stateHome, tagged(logger, 'codex'));
  await takeUp(parts, repositories);
  await gates.prune();
  for (const folder of ['processes', 'repositories', 'gates', 'hosts'])
    await removeHalfWritten(path.join(stateHome, folder));
}

/** Looks after what killed hosts left in these repositories, and after what is no longer kept. */
export async function takeUp(parts: RecoveryParts, repositories: readonly string[]): Promise<void> {
  const { jobs, changes } = parts;
  for (const repository of repositories) {
    await jobs.adopt(repository);
    await closeLeft(parts, repository);
    await removeLeftReviewPlaces(await jobs.list(repository), {
      stateHome: parts.stateHome,
      git: { env: parts.env },
    });
    await changes.reap(repository);
    // Also where no job ever ends again.
    await jobs.prune(repository);
    await pruneTexts(parts, repository);
  }
}

/** What tasks had changed whose host was killed before it could say so. */
async function closeLeft({ jobs, changes, env }: RecoveryParts, repository: string): Promise<void> {
  const ended = new Set(
    (await jobs.list(repository)).filter(({ state }) => isTerminal(state)).map(({ id }) => id),
  );
  for (const change of await changes.of(repository))
    if (change.state === 'running' && ended.has(change.job))
      await closeLeftWorkplace(change, { changes, git: () => ({ env }) });
}

/** Only what a known finding was found in can still be asked for. */
async function pruneTexts({ findings, stateHome, logger }: RecoveryParts, repository: string): Promise<void> {
  const versions = (await findings.of(repository)).map(({ anchor }) => anchor?.version ?? null);
  const texts = new ReviewedTexts(stateHome, repository, tagged(logger, 'findings'));
  await texts.prune(new Set(versions.filter((version) => version !== null)));
}
