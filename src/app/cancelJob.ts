import type { App } from '../app.ts';
import { UsageError } from '../base/errors.ts';
import { withHost } from '../client/otherHost.ts';
import { type Job, isTerminal } from '../jobs/job.ts';

/**
 * Asks a job to stop on behalf of the user of this process, whichever host runs it; resolves with it once it has ended.
 * @throws UsageError if there is no such job, UserError if its host does not answer
 */
export async function cancelJob(app: App, version: string, id: string): Promise<Job> {
  const found = await app.jobs.locate(id);
  if (!found) throw new UsageError(`There is no job ${id}.`);
  const { job, elsewhere } = found;
  if (elsewhere) {
    const client = { door: 'host', pid: process.pid, version } as const;
    const cancel = { cwd: job.repository, id: job.id };
    const report = await withHost(
      elsewhere,
      { stateHome: app.stateHome, client, ownId: app.bridge.id },
      (other) => other.cancel(cancel),
    );
    return report.job;
  }
  return isTerminal(job.state) ? app.jobs.wait(job.id) : app.jobs.cancel(job.id);
}
