import { orAborted } from '../base/async.ts';
import { UserError } from '../base/errors.ts';
import type { AppServer } from '../codex/appServer.ts';
import { AppServerError } from '../codex/connection.ts';
import { runRemotely } from '../codex/remoteCommand.ts';
import { type GitOptions } from '../git/git.ts';
import { checkoutDifference } from '../git/sameCheckout.ts';
import type { Runner } from '../jobs/jobRun.ts';
import type { Target } from '../protocol/target.ts';

export interface RemoteCheckoutParts {
  appServer: AppServer;
  git: GitOptions;
  /** A job of a host that is gone goes on on this thread. */
  adopted(threadId: string): void;
}

/**
 * Work on an App Server elsewhere is done on the files that are there, under the paths that are sent. Where these are not
 * the files of here nothing is guessed: the job fails before Codex is asked anything.
 */
export function onSameCheckout(run: Runner, parts: RemoteCheckoutParts): Runner {
  return async (job, order, context) => {
    if (parts.appServer.isRemote) {
      context.onProgress({ phase: 'starting', activity: 'Comparing the checkouts' });
      const checked = requireSameCheckout(parts, job.repository, job.target);
      await orAborted(checked, context.signal);
      if (job.resumed > 0 && job.threadId !== null) parts.adopted(job.threadId);
    }
    return run(job, order, context);
  };
}

const advice =
  'Bring the checkout there up to date, at the same path, or empty the setting `tandem.appServer.endpoint` to work with an App Server of this machine.';

/** @throws UserError if the server has other files, or none */
async function requireSameCheckout(
  { appServer, git }: RemoteCheckoutParts,
  repository: string,
  target: Target | null,
): Promise<void> {
  await appServer.use(async (connection) => {
    const { remote } = connection;
    if (remote === null) return;
    const run = async (call: { command: string[]; env: Record<string, string | null> }) => {
      try {
        return await runRemotely(connection, { ...call, cwd: repository });
      } catch (error) {
        if (!(error instanceof UserError && error.cause instanceof AppServerError)) throw error;
        return { code: null, stdout: '', stderr: error.message };
      }
    };
    const found = await checkoutDifference(repository, target, run, git);
    if (found === null) return;
    throw new UserError(
      `The App Server at ${remote} does not have the same checkout of ${repository}: there ${found}.`,
      advice,
    );
  });
}
