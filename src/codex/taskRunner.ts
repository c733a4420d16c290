import path from 'node:path';
import { continueTask } from '../../prompts/task/continue.ts';
import { isInside } from '../base/paths.ts';
import type { AgentContext, TaskAnswer, TaskRequest, TaskRunner } from '../jobs/agent.ts';
import type { SandboxPolicy } from '../protocol/appServer.gen.ts';
import type { Approvals } from './approvals.ts';
import { userConfig } from './thread.ts';
import type { ThreadWork, WorkThread } from './threadWork.ts';
import type { TurnState } from './turnFold.ts';

/** Work delegated to Codex: one turn, read-only or with write access to the repository. */
export class CodexTaskRunner implements TaskRunner {
  constructor(
    private readonly threads: ThreadWork,
    private readonly approvals: Approvals,
  ) {}

  run(
    { prompt, write, interrupted, ...request }: TaskRequest,
    context: AgentContext,
    onPartial: (answer: TaskAnswer) => void,
  ): Promise<TaskAnswer> {
    const { repository } = request;
    const asked = { ...request, approvalPolicy: 'on-request', config: userConfig } as const;
    return this.threads.on(asked, context, async (work) => {
      const declining = this.approvals.decline(work.thread.id, (note) => context.onProgress({ note }));
      try {
        const goesOn = work.thread.resumed && (interrupted || work.again);
        const text = goesOn ? continueTask(prompt) : prompt;
        const state = await work.run(() => startTurn(work, text, write), {
          onState: (partial) => onPartial(answerOf(partial, repository)),
        });
        return answerOf(state, repository);
      } finally {
        declining.dispose();
      }
    });
  }
}

function startTurn({ connection, thread }: WorkThread, text: string, write: boolean) {
  return connection.request('turn/start', {
    threadId: thread.id,
    input: [{ type: 'text', text, text_elements: [] }],
    approvalsReviewer: 'user',
    sandboxPolicy: write ? workspaceWrite : readOnly,
  });
}

const readOnly: SandboxPolicy = { type: 'readOnly', networkAccess: false };
const workspaceWrite: SandboxPolicy = {
  type: 'workspaceWrite',
  writableRoots: [],
  networkAccess: false,
  excludeTmpdirEnvVar: false,
  excludeSlashTmp: false,
};

function answerOf({ messages, changes, commands }: TurnState, repository: string): TaskAnswer {
  const summary = messages.at(-1) ?? '';
  return {
    summary,
    changes: changes.map(({ path: file, kind }) => ({ file: relativeName(file, repository), kind })),
    rawText: messages.join('\n\n'),
    commands,
  };
}

function relativeName(file: string, repository: string): string {
  if (!isInside(repository, file)) return file;
  return path.relative(repository, file).split(path.sep).join('/');
}
