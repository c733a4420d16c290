import { tagged } from '../base/logger.ts';
import { reapProcesses } from '../base/processJournal.ts';
import { AppServer } from '../codex/appServer.ts';
import type { Approvals } from '../codex/approvals.ts';
import type { JobStore } from '../jobs/jobStore.ts';
import { Jobs } from '../jobs/jobs.ts';
import { isPending } from '../protocol/taskChange.ts';
import type { Host } from './host.ts';
import { type RunnerParts, createRunners } from './runners.ts';

/*
 * The larger parts of the app, as the settings of a host want them.
 */

const minute = 60_000;

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
    isNeeded: ({ id }) => {
      const change = changes.seen(id);
      return change !== undefined && isPending(change);
    },
    retention: () => {
      const { keepJobs, keepJobsDays } = host.settings();
      return { count: keepJobs, days: keepJobsDays };
    },
  });
}
