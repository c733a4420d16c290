import type { Answerer } from '../jobs/agent.ts';
import { threadConfigWithoutMcp } from './mcpServers.ts';
import { userConfig } from './thread.ts';
import type { ThreadWork } from './threadWork.ts';

export interface QuestionsParts {
  threads: ThreadWork;
  /** Whether the user's MCP servers may run. */
  mcpServers: () => boolean;
}

/** Codex answers questions: one read-only turn each, which never asks back. */
export function answerQuestions({ threads, mcpServers }: QuestionsParts): Answerer {
  return (request, context) => {
    const config = mcpServers() ? userConfig : threadConfigWithoutMcp;
    return threads.on({ ...request, approvalPolicy: 'never', config }, context, async (work) => {
      const { connection, thread } = work;
      const text = request.prompt(thread.resumed);
      const { messages, commands, looks } = await work.run(() =>
        // Read-only is said again: the thread's last turn may have been one of a task.
        connection.request('turn/start', {
          threadId: thread.id,
          input: [{ type: 'text', text, text_elements: [] }],
          // Said again: 0.130 keeps the folder of the thread, and that of a review by both is gone by now.
          cwd: request.folder,
          sandboxPolicy: { type: 'readOnly', networkAccess: false },
          ...(request.schema !== undefined && { outputSchema: request.schema }),
        }),
      );
      // What came before the last message is commentary (facts: app-server.md, 3).
      return {
        text: messages.at(-1) ?? '',
        rawText: messages.join('\n\n'),
        commands,
        observations: looks.observations,
      };
    });
  };
}
