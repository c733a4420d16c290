import { errorCode, messageOf } from '../base/errors.ts';
import { Throttle } from '../base/throttle.ts';
import type { RunCheck } from '../jobs/taskRunner.ts';
import { type CheckResult, commandText } from '../protocol/fixCheck.ts';
import { type CheckProcessOptions, runCheckProcess } from './checkProcess.ts';
import { dependenciesFor } from './dependencies.ts';
import type { TaskChanges } from './taskChanges.ts';
import { linkInto, unlinkFrom } from './worktreeLink.ts';

export type FixCheckParts = Pick<CheckProcessOptions, 'env' | 'stateHome' | 'logger'> & {
  changes: Pick<TaskChanges, 'read' | 'save'>;
};

/** Between two words that the check was heard of. Milliseconds. */
const heardInterval = 1_000;

/** Runs the project's check in the worktree of a task, with the dependencies that git does not carry. */
export function createFixCheck({ changes, ...parts }: FixCheckParts): RunCheck {
  return async (job, check, { onProgress, signal }) => {
    const change = await changes.read(job);
    const worktree = change?.worktree ?? null;
    if (!change || worktree === null) throw new Error(`${job.id} has no worktree.`);
    const dependencies = await dependenciesFor(check, { repository: job.repository, worktree });
    if (dependencies.kind === 'missing') return couldNotRun(check.command, dependencies.reason);
    const heard = () => onProgress({ lastHeardAt: new Date().toISOString() });
    const hearing = new Throttle(heardInterval, heard);
    onProgress({ phase: 'running a command', activity: `the check: ${commandText(check.command)}` });
    let linked = change;
    try {
      if (dependencies.kind === 'link')
        linked = await linkInto({ ...change, worktree }, dependencies, changes);
      const onHeard = () => hearing.request();
      return await runCheckProcess(check, { ...parts, folder: worktree, signal, onHeard });
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      return couldNotRun(check.command, messageOf(error));
    } finally {
      hearing.dispose();
      await unlinkFrom(linked, changes);
    }
  };
}

function couldNotRun(command: string[], reason: string): CheckResult {
  return { command, outcome: 'could not run', reason, output: '', took: 0 };
}
