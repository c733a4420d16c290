import type { App } from '../app.ts';
import { messageOf } from '../base/errors.ts';
import { tagged } from '../base/logger.ts';
import { thisOwner } from '../base/owner.ts';
import { reapProcesses } from '../base/processJournal.ts';
import { AppServer } from '../codex/appServer.ts';
import { Approvals } from '../codex/approvals.ts';
import { FindingStore } from '../findings/findingStore.ts';
import { type PlaceOptions, withPresentPlaces } from '../findings/placeFindings.ts';
import { readTeamDismissals } from '../findings/teamFile.ts';
import { Renames } from '../git/renames.ts';
import type { JobStore } from '../jobs/jobStore.ts';
import { Jobs } from '../jobs/jobs.ts';
import type { Asker } from '../jobs/orderSpec.ts';
import type { Permits } from '../jobs/permits.ts';
import { Consent } from './consent.ts';
import { Conversations } from './conversations.ts';
import { Fixes } from './fixes.ts';
import type { Host } from './host.ts';
import { ReviewPreviews } from './reviewPreviews.ts';
import { type RunnerParts, createRunners } from './runners.ts';
import { SecondOpinions } from './secondOpinions.ts';
import { TaskChanges } from './taskChanges.ts';
import { worktreesFolder } from './workplaces.ts';

/*
 * The parts of the app, as the settings of a host want them.
 */

const minute = 60_000;

export function createFindings(host: Host, places: PlaceOptions): FindingStore {
  const logger = tagged(host.logger, 'findings');
  return new FindingStore({
    stateHome: host.stateHome,
    owner: thisOwner(),
    logger,
    place: (_, findings) => withPresentPlaces(findings, places),
    team: (repository) => readTeamDismissals(repository, logger),
  });
}

/**
 * Finds the present name of a file that is gone, relative to the repository like the former one; null if git knows of none, in
 * Restricted Mode, and where git fails, which is logged.
 */
export function createRenames(host: Host): (repository: string, file: string) => Promise<string | null> {
  const renames = new Renames({ env: host.env });
  return async (repository, file) => {
    if (!host.trusted()) return null;
    try {
      return await renames.renamedTo(repository, file);
    } catch (error) {
      tagged(host.logger, 'findings').warn(`No new name of ${file} could be looked for: ${messageOf(error)}`);
      return null;
    }
  };
}

export function createConsent(host: Host, permits: Permits): Consent {
  return new Consent({
    permits,
    policy: () => host.settings().modelMayReview,
    reviewer: () => host.settings().reviewers,
    ...(host.askConsent && { ask: (what: string) => host.askConsent?.(what) ?? Promise.resolve(false) }),
  });
}

export function createApprovals(host: Host, app: Pick<App, 'jobs' | 'terminals'>): Approvals {
  return new Approvals({
    logger: tagged(host.logger, 'codex'),
    whyUnasked: (job, subject) => app.terminals.whyUnasked(job, subject),
    timeout: () => host.settings().approvalMinutes * minute,
    cancelJob: (id) => app.jobs.cancel(id),
  });
}

export function createTaskChanges(host: Host, store: JobStore): TaskChanges {
  return new TaskChanges({
    store,
    folder: worktreesFolder(host.stateHome),
    logger: tagged(host.logger, 'jobs'),
    git: () => ({ env: host.env }),
    ...(host.problems && { problems: host.problems }),
  });
}

export function createConversations(host: Host, app: Pick<App, 'findings' | 'place'>): Conversations {
  return new Conversations({
    findings: app.findings,
    place: (order, repository) => app.place(order, inEditor(repository)),
    logger: tagged(host.logger, 'jobs'),
  });
}

export function createFixes(host: Host, app: Pick<App, 'findings' | 'jobs' | 'place'>): Fixes {
  return new Fixes({
    findings: app.findings,
    findJob: (id) => app.jobs.find(id),
    place: (order, repository) => app.place(order, inEditor(repository)),
    cancelProofs: async (findings) => {
      const isOf = (id = '') => findings.has(app.findings.find(id)?.id ?? id);
      for (const { id, kind, finding } of app.jobs.activeJobs())
        if (kind === 'proof' && isOf(finding)) await app.jobs.cancel(id);
    },
    prove: () => host.settings().proveFixes,
    logger: tagged(host.logger, 'jobs'),
  });
}

export function createSecondOpinions(
  host: Host,
  app: Pick<App, 'findings' | 'jobs' | 'place'>,
): SecondOpinions {
  return new SecondOpinions({
    jobs: app.jobs,
    findings: app.findings,
    place: (order, asker) => app.place(order, asker),
    agent: () => host.settings().secondOpinion,
    logger: tagged(host.logger, 'jobs'),
  });
}

export function createPreviews(
  host: Host,
  app: Pick<App, 'findings' | 'jobs' | 'requireTrust'>,
): ReviewPreviews {
  const { jobs, findings } = app;
  return new ReviewPreviews({ host, jobs, findings, requireTrust: () => app.requireTrust() });
}

/** What begins with a finding begins in the window. */
function inEditor(repository: string): Asker {
  return { cwd: repository, origin: 'editor', session: null };
}

export function createAppServer(host: Host, approvals: Approvals): AppServer {
  const { stateHome, version, env, logger, timing } = host;
  return new AppServer({
    executable: () => host.settings().codexPath,
    endpoint: () => host.settings().appServerEndpoint,
    token: ({ text }) => host.appServerToken?.(text) ?? Promise.resolve(''),
    version,
    env,
    folder: stateHome,
    logger: tagged(logger, 'codex'),
    idleTimeout: () => host.settings().appServerIdleMinutes * minute,
    onRequest: (method, params, signal) => approvals.answer(method, params, signal),
    ...(timing?.request !== undefined && { requestTimeout: timing.request }),
  });
}

export function createJobs(store: JobStore, parts: RunnerParts): Jobs {
  const { host, changes } = parts;
  return new Jobs({
    store,
    logger: tagged(host.logger, 'jobs'),
    runners: createRunners(parts),
    limit: () => host.settings().maxConcurrentJobs,
    // A killed host's App Server may hold the threads on which its jobs are to go on.
    beforeAdopt: () => reapProcesses(host.stateHome, tagged(host.logger, 'codex')),
    isNeeded: (job) => changes.isNeeded(job),
    beforeRemove: (job) => changes.forget(job),
    retention: () => {
      const { keepJobs, keepJobsDays } = host.settings();
      return { count: keepJobs, days: keepJobsDays };
    },
  });
}
