import type { Logger } from '../base/logger.ts';
import type { JsonValue } from '../protocol/appServer.gen.ts';
import { type AppServerConnection, AppServerError } from './connection.ts';
import { threadConfigWithoutMcp } from './mcpServers.ts';

/** One side's words in a conversation that was had elsewhere. */
export interface ConversationMessage {
  role: 'user' | 'assistant';
  text: string;
}

/**
 * Makes a Codex thread that knows a conversation: the next turn's model is given it. The terminal does not show it, and
 * the thread is in no list before its first turn (measured on 0.130 and 0.169), but `codex resume ID` opens it.
 * @returns the thread's id
 */
export async function createConversationThread(
  connection: AppServerConnection,
  cwd: string,
  messages: readonly ConversationMessage[],
): Promise<string> {
  const config = await threadConfigWithoutMcp(connection, cwd);
  // Read-only, because Codex would trust the folder of a writable thread for ever (facts: app-server.md, 4.6).
  const { thread } = await connection.request('thread/start', { cwd, sandbox: 'read-only', config });
  await connection.request('thread/inject_items', { threadId: thread.id, items: messages.map(item) });
  return thread.id;
}

function item({ role, text }: ConversationMessage): JsonValue {
  const type = role === 'user' ? 'input_text' : 'output_text';
  return { type: 'message', role, content: [{ type, text }] };
}

/** The first measured version in which a loaded thread belongs to its server. */
export const firstWithWriters = '0.150.0';

/**
 * Lets go of a thread, and ends what still runs on it: commands in the background, and sub-agents (measured on 0.130 and
 * 0.169; 0.130 would let both go on). Without this `codex resume ID` in a terminal says "This conversation is open in another
 * app" until the server ends, from 0.150 on. Unsubscribing does neither (facts: app-server.md, 5); archiving does, and
 * unarchiving at once leaves the thread as it was.
 */
export async function releaseThread(
  connection: AppServerConnection,
  threadId: string,
  logger: Logger,
): Promise<void> {
  try {
    await connection.request('thread/archive', { threadId });
    await connection.request('thread/unarchive', { threadId });
  } catch (error) {
    if (!(error instanceof AppServerError)) throw error;
    logger.warn(`Thread ${threadId} could not be released: ${error.message}`);
  }
}
