import type { App } from '../app.ts';
import { CancelledError, UsageError, messageOf } from '../base/errors.ts';
import { tagged } from '../base/logger.ts';
import { findSession } from '../claude/findSession.ts';
import { requireKnownModel } from '../codex/models.ts';
import { freeze } from '../git/frozen.ts';
import { findRepositoryRoot } from '../git/repository.ts';
import { resolveTarget } from '../git/targets.ts';
import { commitTree } from '../git/worktree.ts';
import type { OrderParts } from '../jobs/orders.ts';
import type { Run } from '../protocol/job.ts';
import type { Target, TargetRequest } from '../protocol/target.ts';
import type { Host } from './host.ts';
import { elsewhereOf } from './serverSight.ts';
import { firstNote } from './whatLeavesTexts.ts';

type Placing = { host: Host; appServer: App['appServer'] };

/** What placing an order needs of the other rooms. */
export function orderParts(
  { jobs, findings, appServer }: Pick<App, 'jobs' | 'findings' | 'appServer'>,
  host: Host,
): OrderParts {
  return {
    jobs,
    resolveTarget: (cwd, target) => resolve(host, cwd, target),
    repositoryOf: (cwd) => {
      const repository = findRepositoryRoot(cwd);
      if (repository === null) throw new UsageError(`${cwd} is not inside a git repository.`);
      return repository;
    },
    findSession: ({ cwd, session }, source) => {
      const repository = findRepositoryRoot(cwd) ?? cwd;
      return findSession(host.env, { cwd, repository, session, source });
    },
    findFinding: (id) => findings.find(id),
    firstNote,
    reviewer: () => host.settings().reviewers,
    freeze: (repository) => freezeHere({ host, appServer }, repository),
    commitNow: (repository) => commitHere({ host, appServer }, repository),
    defaults: (kind, agent) => {
      if (kind === 'transfer') return { model: '', effort: '' };
      const settings = host.settings();
      if (agent === 'claude') return { model: settings.claudeModel, effort: settings.claudeEffort };
      const { reviewModel, reviewEffort, taskModel, taskEffort } = settings;
      return kind === 'task'
        ? { model: taskModel, effort: taskEffort }
        : { model: reviewModel, effort: reviewEffort };
    },
    checkModel: (repository, choice) =>
      requireKnownModel(appServer, repository, choice, tagged(host.logger, 'codex')),
  };
}

/** @throws UsageError where Codex does not see worktrees of this machine, UserError if it cannot be reached or git cannot */
async function commitHere(parts: Placing, repository: string): Promise<string> {
  if ((await elsewhereOf(parts, repository)) !== null)
    throw new UsageError(
      'Codex works on an App Server that does not see worktrees of this machine.',
      'Have one agent fix it.',
    );
  const git = { env: parts.host.env };
  const { head, tree } = await freeze(repository, git);
  return commitTree(repository, { tree, parent: head, message: 'Working tree before a fix race' }, git);
}

async function freezeHere(parts: Placing, repository: string): Promise<Run['frozen']> {
  const { env, logger } = parts.host;
  try {
    if ((await elsewhereOf(parts, repository)) !== null) return null;
    return await freeze(repository, { env });
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    tagged(logger, 'git').warn(`${repository} is reviewed as it goes: ${messageOf(error)}`);
    return null;
  }
}

/** @throws UsageError if there is nothing to review */
export function resolve(
  host: Pick<Host, 'env' | 'settings'>,
  cwd: string,
  target: TargetRequest,
): Promise<{ repository: string; target: Target }> {
  const { baseBranch, reviewExclude: exclude } = host.settings();
  return resolveTarget(cwd, target, { env: host.env, baseBranch, exclude });
}
