import { forkedTask } from '../../prompts/task/forked.ts';
import { UserError, messageOf } from '../base/errors.ts';
import { voiceName } from '../protocol/finding.ts';
import type { CheckCommand, CheckResult } from '../protocol/fixCheck.ts';
import type { TaskOrder } from '../protocol/order.ts';
import type { ChangedTaskFile } from '../protocol/taskChange.ts';
import type { AgentContext, TaskAnswer, TaskRequest, TaskRunner } from './agent.ts';
import { answerResult, answered } from './answered.ts';
import { checkWords, withDoubt } from './checkText.ts';
import type { Job } from './job.ts';
import type { Finished, RunContext, Runner } from './jobRun.ts';
import type { Look, OpenWorkplace, Workplace } from './workplace.ts';

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
    const run = (folder: string, beforeAllowed?: () => Promise<void>) =>
      agent.run(
        { ...requestOf(job, order, folder), ...(beforeAllowed && { beforeAllowed }) },
        context,
        (partial) => context.keep(answerResult(partial)),
      );
    const answer = job.write
      ? await changing(job, context, { run, openWorkplace, runCheck })
      : await reading(job, context, { run, openWorkplace });
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
  run: (folder: string, beforeAllowed?: () => Promise<void>) => Promise<TaskAnswer>;
  openWorkplace: OpenWorkplace;
  runCheck: RunCheck;
}

/** Whatever ends the task, what it has changed by then is noted. */
async function changing(
  job: Job,
  context: RunContext,
  { run, openWorkplace, runCheck }: Changing,
): Promise<TaskAnswer> {
  const workplace = await openWorkplace(job, context);
  const answer = await closedIfItFails(workplace, context, run(workplace.folder));
  const command = job.race?.check ?? null;
  let check: CheckResult | undefined;
  const look = async (changed: readonly string[]) => {
    if (command !== null) check = await runCheck(job, { check: command, changed }, context);
  };
  const changes = await close(workplace, context, look);
  const changed = changes?.map(({ file }) => file) ?? [];
  const judged = check && command && withDoubt(check, command, changed);
  return { ...answer, ...(changes && { changes }), ...(judged && { check: judged }) };
}

/** It may change files after all, where the user allows that: from the first such moment on it is noted what it changes. */
async function reading(
  job: Job,
  context: RunContext,
  { run, openWorkplace }: Omit<Changing, 'runCheck'>,
): Promise<TaskAnswer> {
  let opened: Promise<Workplace | null> | undefined;
  const open = () =>
    openWorkplace(job, context).catch((error: unknown) => {
      context.onProgress({ note: `What you allow it to change cannot be taken back: ${messageOf(error)}` });
      return null;
    });
  const beforeAllowed = async () => {
    await (opened ??= open());
  };
  const work = run(job.repository, beforeAllowed);
  await Promise.allSettled([work]);
  const workplace = await opened;
  if (!workplace) return work;
  const answer = await closedIfItFails(workplace, context, work);
  const changes = await close(workplace, context);
  return { ...answer, ...(changes && { changes }) };
}

async function close(
  workplace: Workplace,
  { onProgress }: RunContext,
  look?: Look,
): Promise<ChangedTaskFile[] | null> {
  const { files, notes } = await workplace.close(look);
  for (const note of notes) onProgress({ note });
  return files;
}

async function closedIfItFails<T>(workplace: Workplace, context: RunContext, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    // What ended the task matters more than that.
    await close(workplace, context).catch((problem: unknown) =>
      context.onProgress({ note: `What it had changed could not be noted: ${messageOf(problem)}` }),
    );
    throw error;
  }
}

function requestOf(job: Job, { prompt, findings, fork, thread }: TaskOrder, folder: string): TaskRequest {
  return {
    job: job.id,
    repository: job.repository,
    folder,
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
