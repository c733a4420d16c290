import { deferred, orAborted, throwIfAborted } from '../base/async.ts';
import type { Logger } from '../base/logger.ts';
import { isInside } from '../base/paths.ts';
import { readConversation, saidAfter } from '../claude/transcript.ts';
import type { AppServer } from '../codex/appServer.ts';
import { type AppServerConnection, AppServerEnded, isLost } from '../codex/connection.ts';
import { importFolder } from '../codex/sessionCopy.ts';
import { type Transferred, transferSession } from '../codex/transfer.ts';
import type { AgentContext } from '../jobs/agent.ts';
import type { Transfer } from '../jobs/transferRunner.ts';

export interface TransferParts {
  appServer: AppServer;
  /** The environment of the App Server. */
  env: NodeJS.ProcessEnv;
  logger: Logger;
}

/** Transfers of Claude sessions, through the App Server's own importer. */
export function transferToCodex({ appServer, env, logger }: TransferParts): Transfer {
  const reader = { saidAfter, readConversation };
  return async (file, cwd, title, context) => {
    const { onProgress, signal } = context;
    const transferred = await connected(appServer, context, (connection) => {
      onProgress({ phase: 'writing', activity: 'Codex takes over the session' });
      return transferSession(connection, { file, cwd, title, reader, env, logger, signal });
    });
    const inPlace = isInside(await importFolder(env), file);
    return { threadId: transferred.threadId, text: transferText(transferred, inPlace) };
  };
}

/**
 * How a transfer went, for the user.
 * @param inPlace the session lies where Codex's importer looks
 */
export function transferText({ how, name }: Transferred, inPlace: boolean): string {
  const thread = name === '' ? 'a thread without a name' : `the thread “${name}”`;
  switch (how) {
    case 'imported':
      return `Codex has imported the session as ${thread}.`;
    case 'updated':
      return `Codex had imported the session before, as ${thread}; what was said since has been added.`;
    case 'already imported':
      return `Codex has imported the session before, as ${thread}; nothing was said since.`;
    case 'copied':
      return `Codex has imported a copy of the session as ${thread}, because ${
        inPlace
          ? 'the thread of an earlier transfer was continued in Codex, archived or deleted; that one stays as it is.'
          : 'it imports only from the `.claude/projects` of the home folder.'
      }`;
    case 'injected':
      return `Codex did not import the session, so ${thread} was told the conversation: a terminal shows it empty, but its model knows what was said.`;
  }
}

/** As with the threads of other jobs, an end of the server for another job's sake is survived once: a transfer can be repeated. */
async function connected<T>(
  appServer: AppServer,
  context: AgentContext,
  work: (connection: AppServerConnection) => Promise<T>,
): Promise<T> {
  try {
    return await attempt(appServer, context, work);
  } catch (error) {
    const isForAnother = isLost(error) || (error instanceof AppServerEnded && error.cause === 'restart');
    if (!isForAnother || context.signal.aborted) throw error;
    context.onProgress({ note: `${error.message} This job went on on the new one.` });
    return attempt(appServer, context, work);
  }
}

async function attempt<T>(
  appServer: AppServer,
  { onProgress, signal }: AgentContext,
  work: (connection: AppServerConnection) => Promise<T>,
): Promise<T> {
  onProgress({ phase: 'starting', activity: 'Connecting to Codex' });
  const begun = deferred<undefined>();
  const done = appServer.use((connection) => {
    begun.resolve(undefined);
    throwIfAborted(signal);
    return work(connection);
  });
  // Until there is a connection an abort ends the waiting at once; after that the work itself tidies up first.
  await orAborted(Promise.race([begun.promise, done]), signal);
  return done;
}
