import { UserError } from '../base/errors.ts';
import type { JobResult } from '../protocol/report.ts';
import type { TaskAnswer, TaskRunner } from './agent.ts';
import type { Runner } from './jobRun.ts';

/** Tasks as jobs: from a prompt to Codex's answer. */
export function createTaskRunner(codex: TaskRunner): Runner {
  return async (job, order, context) => {
    if (order?.kind !== 'task') throw new UserError('What this task was about is no longer known.');
    const request = {
      job: job.id,
      repository: job.repository,
      threadId: job.threadId,
      model: job.model ?? '',
      effort: job.effort ?? '',
      prompt: order.prompt,
      write: job.write,
      interrupted: job.resumed > 0,
      mustResume: job.threadId !== null && job.resumed === 0,
    };
    const answer = await codex.run(request, context, (partial) => context.keep(resultOf(partial)));
    if (answer.summary.trim() === '') throw new UserError('Codex ended the task without an answer.');
    return {
      outcome: {
        state: 'succeeded',
        verdict: null,
        structure: null,
        failure: null,
        summary: summaryOf(answer),
      },
      result: resultOf(answer),
    };
  };
}

function resultOf({ summary, changes, rawText }: TaskAnswer): JobResult {
  return {
    verdict: null,
    summary,
    findings: [],
    nextSteps: [],
    changes,
    evidence: null,
    news: null,
    rawText,
  };
}

/** `Changed 2 files`; a task may also have changed files by commands, which nobody has counted. */
function summaryOf({ changes, commands }: TaskAnswer): string {
  const ran = commands.succeeded + commands.failed;
  if (changes.length > 0) return `Changed ${changes.length === 1 ? '1 file' : `${changes.length} files`}`;
  return ran === 0 ? 'Answered' : `Answered after ${ran === 1 ? '1 command' : `${ran} commands`}`;
}
