import type { App } from '../app.ts';
import { tagged } from '../base/logger.ts';
import type { GateParts } from '../gate/gate.ts';
import { changedBetween, snapshotTree } from '../git/snapshot.ts';
import type { Host } from './host.ts';

const minute = 60_000;

/** What the gate needs of the other rooms. */
export function gateParts(app: Pick<App, 'gates' | 'orders' | 'jobs' | 'report'>, host: Host): GateParts {
  const { env, logger, timing } = host;
  return {
    store: app.gates,
    settings: () => {
      const { gateMode, gateMaxRounds, gateMinutes } = host.settings();
      const deadline = timing?.gate ?? gateMinutes * minute;
      return { hook: gateMode, maxRounds: gateMaxRounds, deadline };
    },
    snapshot: (repository) => snapshotTree(repository, { env }),
    changed: (repository, from, to) =>
      changedBetween(repository, from, to, { env, exclude: host.settings().reviewExclude }),
    review: (repository, target, session) =>
      app.orders.placeGate(repository, target, { cwd: repository, origin: 'claude', session }),
    wait: (id) => app.jobs.wait(id),
    cancel: (id) => app.jobs.cancel(id),
    report: (job) => app.report(job),
    logger: tagged(logger, 'gate'),
  };
}
