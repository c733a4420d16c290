import { deferred, settlesWithin } from '../base/async.ts';
import { type AppServerConnection, AppServerError } from './connection.ts';

/** A change of status that was not told is found by asking so often. Milliseconds. */
const pollInterval = 30_000;

/**
 * Waits until a loaded thread is no longer worked on. 0.130 cannot resume the thread of a review before that: it is
 * stored at its end only. Every client is told of its status, though (measured).
 * @returns false if the server does not know the thread
 */
export async function endOfUnstored(connection: AppServerConnection, threadId: string): Promise<boolean> {
  const idle = deferred<undefined>();
  const subscription = connection.onNotification(({ method, params }) => {
    if (method !== 'thread/status/changed' || params.threadId !== threadId) return;
    if (params.status.type !== 'active') idle.resolve(undefined);
  });
  try {
    while (await isActive(connection, threadId))
      await settlesWithin(Promise.race([idle.promise, connection.ended]), pollInterval);
    return true;
  } catch (error) {
    if (!(error instanceof AppServerError)) throw error;
    // Else it is being stored at this moment, and reads as empty.
    return !/not loaded|not found/.test(error.serverMessage);
  } finally {
    subscription.dispose();
  }
}

async function isActive(connection: AppServerConnection, threadId: string): Promise<boolean> {
  const { thread } = await connection.request('thread/read', { threadId });
  return thread.status?.type === 'active';
}
