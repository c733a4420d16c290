import path from 'node:path';
import { continueTask } from '../../prompts/task/continue.ts';
import { UserError } from '../base/errors.ts';
import { isInside } from '../base/paths.ts';
import type { AgentContext, TaskAnswer, TaskRequest, TaskRunner } from '../jobs/agent.ts';
import type { Approvals } from './approvals.ts';
import { type TaskRules, approvalPolicyOf, sandboxOf } from './taskRules.ts';
import { userConfig } from './thread.ts';
import type { ThreadWork, WorkThread } from './threadWork.ts';
import { type TurnState, initialTurnState } from './turnFold.ts';
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
      const turn = new SteeredTurn(work);
      const listening = this.listen({ job, ...(beforeAllowed && { beforeAllowed }) }, turn, context);
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
        return answerOf(await work.run(start, { onState }), folder);
      } finally {
        listening.dispose();
      }
    });
  }

  private listen(
    asking: Pick<TaskRequest, 'job' | 'beforeAllowed'>,
    turn: SteeredTurn,
    { onProgress, onControl }: AgentContext,
  ) {
    const steer = (text: string) => turn.steer(text);
    onControl?.({ steer });
    const listening = this.parts.approvals.listen(turn.work.thread.id, {
      ...asking,
      note: (note) => onProgress({ note }),
      changesOf: (itemId) => turn.state.openChanges[itemId] ?? [],
      steer,
    });
    return {
      dispose: () => {
        listening.dispose();
        onControl?.(null);
      },
    };
  }
}

/** The turn of a task while it runs: the user may add something. */
class SteeredTurn {
  state: TurnState = initialTurnState;

  constructor(readonly work: WorkThread) {}

  /** @throws UserError where there is no turn (any more), or Codex refuses */
  async steer(text: string): Promise<void> {
    const { connection, thread } = this.work;
    const { activeTurn, end } = this.state;
    if (activeTurn === null || end !== null)
      throw new UserError('Codex does not work on this now.', 'Resume its thread with a new task.');
    await connection.request('turn/steer', {
      threadId: thread.id,
      expectedTurnId: activeTurn,
      input: [{ type: 'text', text, text_elements: [] }],
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
