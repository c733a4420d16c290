import type { App } from '../app.ts';
import { UsageError } from '../base/errors.ts';
import { tagged } from '../base/logger.ts';
import { findSession } from '../claude/findSession.ts';
import { requireKnownModel } from '../codex/models.ts';
import { findRepositoryRoot } from '../git/repository.ts';
import { resolveTarget } from '../git/targets.ts';
import type { OrderParts } from '../jobs/orders.ts';
import type { Target, TargetRequest } from '../protocol/target.ts';
import type { Host } from './host.ts';

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
    defaults: (kind) => {
      if (kind === 'transfer') return { model: '', effort: '' };
      const { reviewModel, reviewEffort, taskModel, taskEffort } = host.settings();
      return kind === 'task'
        ? { model: taskModel, effort: taskEffort }
        : { model: reviewModel, effort: reviewEffort };
    },
    checkModel: (repository, choice) =>
      requireKnownModel(appServer, repository, choice, tagged(host.logger, 'codex')),
  };
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
