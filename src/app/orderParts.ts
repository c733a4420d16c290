import type { App } from '../app.ts';
import { CancelledError, UsageError, messageOf } from '../base/errors.ts';
import { tagged } from '../base/logger.ts';
import { findSession } from '../claude/findSession.ts';
import { type ModelChoice, offeredEffort, requireKnownModel } from '../codex/models.ts';
import { freeze } from '../git/frozen.ts';
import { heldBackOf } from '../git/heldBack.ts';
import { findRepositoryRoot } from '../git/repository.ts';
import { resolveTarget } from '../git/targets.ts';
import { commitTree } from '../git/worktree.ts';
import type { OrderParts } from '../jobs/orders.ts';
import type { ReviewerId } from '../protocol/finding.ts';
import type { JobKind, Run } from '../protocol/job.ts';
import type { Target, TargetRequest } from '../protocol/target.ts';
import { budgetAdvice } from './budgetTexts.ts';
import type { Host } from './host.ts';
import { elsewhereOf } from './serverSight.ts';
import type { Settings } from './settings.ts';
import { firstNote } from './whatLeavesTexts.ts';

type Placing = { host: Host; appServer: App['appServer'] };

/** What placing an order needs of the other rooms. */
export function orderParts(
  { jobs, findings, appServer, budgets }: Pick<App, 'jobs' | 'findings' | 'appServer' | 'budgets'>,
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
    limitNote: (agent) => budgetAdvice(agent, budgets.all(), Date.now()),
    reviewer: () => host.settings().reviewers,
    freeze: (repository, target) => freezeHere({ host, appServer }, repository, target),
    commitNow: (repository) => commitHere({ host, appServer }, repository),
    defaults: (kind, agent) => {
      const settings = host.settings();
      const choice = choiceFor(kind, agent, settings);
      const isOpinion = kind === 'second-opinion' && settings.secondOpinionEffort !== '';
      return isOpinion ? { ...choice, effort: settings.secondOpinionEffort } : choice;
    },
    offeredEffort: (repository, choice) =>
      offeredEffort(appServer, repository, choice, tagged(host.logger, 'codex')),
    checkModel: (repository, choice) =>
      requireKnownModel(appServer, repository, choice, tagged(host.logger, 'codex')),
  };
}

function choiceFor(kind: JobKind, agent: ReviewerId, settings: Settings): ModelChoice {
  if (kind === 'transfer') return { model: '', effort: '' };
  if (agent === 'claude') return { model: settings.claudeModel, effort: settings.claudeEffort };
  const { reviewModel, reviewEffort, taskModel, taskEffort } = settings;
  return kind === 'task'
    ? { model: taskModel, effort: taskEffort }
    : { model: reviewModel, effort: reviewEffort };
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

async function freezeHere(parts: Placing, repository: string, target: Target): Promise<Run['frozen']> {
  const { env, logger } = parts.host;
  try {
    if ((await elsewhereOf(parts, repository)) !== null) return null;
    const { leftOut, ...frozen } = await freeze(repository, { env });
    const options = { env, exclude: parts.host.settings().reviewExclude };
    return { ...frozen, heldBack: await heldBackOf(repository, target, leftOut, options) };
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
