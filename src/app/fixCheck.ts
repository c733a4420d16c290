import { orAborted, settlesWithin } from '../base/async.ts';
import { errorCode, messageOf } from '../base/errors.ts';
import { Throttle } from '../base/throttle.ts';
import { emptySubmodules } from '../git/submodules.ts';
import type { RunCheck } from '../jobs/taskRunner.ts';
import { type CheckResult, commandText } from '../protocol/fixCheck.ts';
import { type CheckProcessOptions, runCheckProcess } from './checkProcess.ts';
import { dependenciesFor } from './dependencies.ts';
import type { ChangedCheck, Host } from './host.ts';
import type { TaskChanges } from './taskChanges.ts';
import { linkInto, unlinkFrom } from './worktreeLink.ts';

export type FixCheckParts = Pick<CheckProcessOptions, 'env' | 'stateHome' | 'logger'> & {
  changes: Pick<TaskChanges, 'read' | 'save'>;
  /** Left out where nobody can be asked. */
  ask?: Host['askCheck'];
  /** So long an answer is waited for; 0 for as long as it takes. Minutes. */
  readonly patience: () => number;
};

/** Between two words that the check was heard of. Milliseconds. */
const heardInterval = 1_000;

/**
 * Runs the project's check in the worktree of a task, with the dependencies that git does not carry. Where the task has changed
 * what the check does, nobody has seen what would run: then the user is asked first.
 */
export function createFixCheck({ changes, ask, patience, ...parts }: FixCheckParts): RunCheck {
  return async (job, { check, changed }, { onProgress, signal }) => {
    const change = await changes.read(job);
    const worktree = change?.worktree ?? null;
    if (!change || worktree === null) throw new Error(`${job.id} has no worktree.`);
    const { definedIn } = check;
    if (definedIn !== undefined && changed.includes(definedIn)) {
      onProgress({ waitingFor: 'approval', activity: `whether ${commandText(check.command)} may run` });
      const question = { job, change, check, definedIn };
      const refusal = await refusalOf(question, { ask, minutes: patience(), signal });
      onProgress({ waitingFor: null });
      if (refusal !== null)
        return couldNotRun(
          check.command,
          `${definedIn}, which says what it does, was changed by this fix, and ${refusal}`,
        );
    }
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
      const result = await runCheckProcess(check, { ...parts, folder: worktree, signal, onHeard });
      return result.outcome === 'failed' ? await withEmptySubmodules(result, worktree, parts) : result;
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      return couldNotRun(check.command, messageOf(error));
    } finally {
      hearing.dispose();
      await unlinkFrom(linked, changes);
    }
  };
}

/** Why it may not run, in words that follow “and”; null where the user lets it. @throws CancelledError */
async function refusalOf(
  question: ChangedCheck,
  { ask, minutes, signal }: { ask: Host['askCheck']; minutes: number; signal: AbortSignal },
): Promise<string | null> {
  if (!ask) return 'nobody can be asked here whether it may run';
  const answer = orAborted(ask(question), signal);
  if (minutes > 0 && !(await settlesWithin(answer, minutes * 60_000))) return 'nobody answered in time';
  return (await answer) ? null : 'you did not let it run';
}

/** The code of a submodule is in no worktree: a check that needs it fails, whatever the change is. */
async function withEmptySubmodules(
  result: CheckResult,
  worktree: string,
  { env }: Pick<FixCheckParts, 'env'>,
): Promise<CheckResult> {
  const [first, ...others] = await emptySubmodules(worktree, { env });
  if (first === undefined) return result;
  const names =
    others.length === 0 ? `the submodule ${first} is` : `${first} and ${others.length} more submodules are`;
  return { ...result, reason: `${result.reason}; ${names} empty in the worktree` };
}

function couldNotRun(command: string[], reason: string): CheckResult {
  return { command, outcome: 'could not run', reason, output: '', took: 0 };
}
