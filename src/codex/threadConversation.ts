import { UserError } from '../base/errors.ts';
import { type AppServerConnection, AppServerError } from './connection.ts';
import type { ConversationMessage } from './conversationThread.ts';

/**
 * What was said on a thread, oldest first: the user's words and Codex's answers, without what it thought and ran. The
 * thread is only read, so that it stays nobody's (facts: app-server.md, 5).
 * @throws UserError if Codex no longer has it
 */
export async function readThreadConversation(
  connection: AppServerConnection,
  threadId: string,
): Promise<ConversationMessage[]> {
  const turns = await storedTurns(connection, threadId);
  const messages = turns.flatMap(({ items }) =>
    items.flatMap(({ type, text, content, review }): ConversationMessage[] => {
      if (type === 'userMessage')
        return [{ role: 'user', text: content.map((part) => part.text ?? '').join('\n') }];
      if (type === 'agentMessage') return [{ role: 'assistant', text: text ?? '' }];
      return type === 'exitedReviewMode' ? [{ role: 'assistant', text: review ?? '' }] : [];
    }),
  );
  // Codex repeats the end of a review as a message.
  return messages.filter(
    ({ role, text }, index) =>
      text.trim() !== '' && !(role === messages[index - 1]?.role && text === messages[index - 1]?.text),
  );
}

async function storedTurns(connection: AppServerConnection, threadId: string) {
  try {
    const { thread } = await connection.request('thread/read', { threadId, includeTurns: true });
    return thread.turns;
  } catch (error) {
    if (!(error instanceof AppServerError)) throw error;
    throw new UserError(
      `Codex has no conversation of this job any more: ${error.message}`,
      'Run the job again, or hand over its findings only.',
    );
  }
}
