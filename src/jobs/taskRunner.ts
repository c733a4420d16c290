import { forkedTask } from '../../prompts/task/forked.ts';
import { UserError, messageOf } from '../base/errors.ts';
import { voiceName } from '../protocol/finding.ts';
import type { CheckCommand, CheckResult } from '../protocol/fixCheck.ts';
import type { TaskOrder } from '../protocol/order.ts';
import type { AgentContext, TaskAnswer, TaskRequest, TaskRunner } from './agent.ts';
import { answerResult, answered } from './answered.ts';
import { checkWords, withDoubt } from './checkText.ts';
import type { Job } from './job.ts';
import type { Finished, RunContext, Runner } from './jobRun.ts';
import type { Look, OpenWorkplace } from './workplace.ts';

/**
 * Runs the project's check where a task has worked.
 * @throws CancelledError once an abort has been confirmed; whatever else goes wrong is a result
 */
export type RunCheck = (job: Job, wanted: WantedCheck, context: AgentContext) => Promise<CheckResult>;

export interface WantedCheck {
  readonly check: CheckCommand;
  /** What the task has changed, relative to the root. */
  readonly changed: readonly string[];
}

/** Tasks as jobs: from a prompt to the agent's answer. One that may change files gets a workplace, and its change is noted. */
export function createTaskRunner(
  agent: TaskRunner,
  openWorkplace: OpenWorkplace,
  runCheck: RunCheck,
): Runner {
  return async (job, order, context) => {
    if (order?.kind !== 'task') throw new UserError('What this task was about is no longer known.');
    if (order.fork === true) context.onProgress({ note: copyNote(job.write) });
    const run = (folder: string) =>
      agent.run(requestOf(job, order, folder), context, (partial) => context.keep(answerResult(partial)));
    const answer = job.write
      ? await changing(job, context, { run, openWorkplace, runCheck })
      : await run(job.repository);
    return finished(answer, voiceName(job.reviewer));
  };
}

function copyNote(write: boolean): string {
  const place = write
    ? ' It starts from the working tree as it was then: changes of earlier tasks that were not applied are not in it.'
    : '';
  return `It goes on with a copy of an earlier thread of Codex, which stays as it was.${place}`;
}

interface Changing {
  run: (folder: string) => Promise<TaskAnswer>;
  openWorkplace: OpenWorkplace;
  runCheck: RunCheck;
}

/** Whatever ends the task, what it has changed by then is noted. */
async function changing(
  job: Job,
  context: RunContext,
  { run, openWorkplace, runCheck }: Changing,
): Promise<TaskAnswer> {
  const { onProgress } = context;
  const workplace = await openWorkplace(job);
  const close = async (look?: Look) => {
    const { files, notes } = await workplace.close(look);
    for (const note of notes) onProgress({ note });
    return files;
  };
  let answer: TaskAnswer;
  try {
    answer = await run(workplace.folder);
  } catch (error) {
    // What ended the task matters more than that.
    await close().catch((problem: unknown) =>
      onProgress({ note: `What it had changed could not be noted: ${messageOf(problem)}` }),
    );
    throw error;
  }
  const command = job.race?.check ?? null;
  let check: CheckResult | undefined;
  const look = async (changed: readonly string[]) => {
    if (command !== null) check = await runCheck(job, { check: command, changed }, context);
  };
  const changes = await close(look);
  const changed = changes?.map(({ file }) => file) ?? [];
  const judged = check && command && withDoubt(check, command, changed);
  return { ...answer, ...(changes && { changes }), ...(judged && { check: judged }) };
}

function requestOf(job: Job, { prompt, findings, fork, thread }: TaskOrder, folder: string): TaskRequest {
  return {
    job: job.id,
    repository: folder,
    threadId: job.threadId,
    model: job.model ?? '',
    effort: job.effort ?? '',
    ...(fork === true && { copyOf: thread }),
    prompt: fork === true ? forkedTask(prompt) : prompt,
    write: job.write,
    interrupted: job.resumed > 0,
    mustResume: job.threadId !== null && job.resumed === 0 && findings === undefined,
  };
}

function finished(answer: TaskAnswer, agent: string): Finished {
  if (answer.summary.trim() === '') throw new UserError(`${agent} ended the task without an answer.`);
  return answered(summaryOf(answer), answer);
}

function summaryOf({ changes, commands, check }: TaskAnswer): string {
  const ran = commands.succeeded + commands.failed;
  const checked = check ? `, ${checkWords(check)}` : '';
  if (changes.length > 0)
    return `Changed ${changes.length === 1 ? '1 file' : `${changes.length} files`}${checked}`;
  return ran === 0 ? 'Answered' : `Answered after ${ran === 1 ? '1 command' : `${ran} commands`}`;
}
