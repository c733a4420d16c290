import path from 'node:path';
import { continueTask } from '../../prompts/task/continue.ts';
import { isInside } from '../base/paths.ts';
import type { AgentContext, TaskAnswer, TaskRequest, TaskRunner } from '../jobs/agent.ts';
import type { Approvals } from './approvals.ts';
import { type TaskRules, approvalPolicyOf, asksToLeave, sandboxOf } from './taskRules.ts';
import { TaskTurn } from './taskTurn.ts';
import { userConfig } from './thread.ts';
import type { ThreadWork, WorkThread } from './threadWork.ts';
import type { TurnState } from './turnFold.ts';
import { tellTokens } from './usage.ts';

export interface TaskRunnerParts {
  threads: ThreadWork;
  approvals: Approvals;
  /** Read anew for each task. */
  rules(): TaskRules;
}

/** Work delegated to Codex: one turn, read-only or with write access to the repository, which may ask and be steered. */
export class CodexTaskRunner implements TaskRunner {
  constructor(private readonly parts: TaskRunnerParts) {}

  run(
    { prompt, write, interrupted, job, beforeAllowed, ...request }: TaskRequest,
    context: AgentContext,
    onPartial: (answer: TaskAnswer) => void,
  ): Promise<TaskAnswer> {
    const { folder } = request;
    const rules = this.parts.rules();
    const asked = { ...request, approvalPolicy: approvalPolicyOf(rules), config: userConfig };
    return this.parts.threads.on(asked, context, async (work) => {
      const goesOn = work.thread.resumed && (interrupted || work.again);
      const text = goesOn ? continueTask(prompt) : prompt;
      const sandbox = await sandboxOf(rules, write, { connection: work.connection, cwd: folder });
      const asking = {
        job,
        asksToLeave: asksToLeave(rules, work.thread),
        ...(beforeAllowed && { beforeAllowed }),
      };
      const turn = new TaskTurn(work, { approvals: this.parts.approvals, ...asking }, context);
      try {
        const start = () => startTurn(work, text, { rules, sandbox, cwd: folder });
        const onState = (state: TurnState) => {
          const before = turn.state;
          turn.state = state;
          const { plan, diff } = state;
          if (plan !== before.plan || diff !== before.diff) context.onWork?.({ plan, diff });
          if (state.usage !== before.usage) tellTokens(context, [state.usage], work.tokensBefore());
          onPartial(answerOf(state, folder));
        };
        turn.state = await work.run(start, { onState });
        const left = turn.leftText();
        if (left !== '') context.onProgress({ note: left });
        return answerOf(turn.state, folder);
      } finally {
        turn.dispose();
      }
    });
  }
}

type Rights = { rules: TaskRules; sandbox: Awaited<ReturnType<typeof sandboxOf>>; cwd: string };

function startTurn({ connection, thread }: WorkThread, text: string, { rules, sandbox, cwd }: Rights) {
  const approvalPolicy = approvalPolicyOf(rules);
  return connection.request('turn/start', {
    threadId: thread.id,
    input: [{ type: 'text', text, text_elements: [] }],
    approvalsReviewer: 'user',
    // Said again: the thread may have been opened for something else before, and 0.130 keeps its folder then.
    cwd,
    ...(approvalPolicy !== null && { approvalPolicy }),
    sandboxPolicy: sandbox,
  });
}

function answerOf({ messages, changes, commands }: TurnState, folder: string): TaskAnswer {
  const summary = messages.at(-1) ?? '';
  return {
    summary,
    changes: changes.map(({ path: file, kind }) => ({ file: relativeName(file, folder), kind })),
    rawText: messages.join('\n\n'),
    commands,
  };
}

function relativeName(file: string, folder: string): string {
  if (!isInside(folder, file)) return file;
  return path.relative(folder, file).split(path.sep).join('/');
}
