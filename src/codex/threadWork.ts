import { deferred, orAborted, throwIfAborted } from '../base/async.ts';
import { CancelledError, UserError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { AgentContext } from '../jobs/agent.ts';
import type { AppServer } from './appServer.ts';
import { type AppServerConnection, AppServerEnded } from './connection.ts';
import { releaseThread } from './conversationThread.ts';
import { assertCompleted } from './failures.ts';
import { isLoggedOut, loginAdvice } from './login.ts';
import { type OpenThread, type ThreadRequest, openThread } from './thread.ts';
import { Turn } from './turn.ts';
import type { TurnState } from './turnFold.ts';

export interface ThreadWorkParts {
  appServer: AppServer;
  logger: Logger;
  /** After so long without a word of the server about a turn it is asked. Milliseconds. */
  quietAfter: number;
}

/** A thread that is open for one piece of work. */
export interface WorkThread {
  readonly connection: AppServerConnection;
  readonly thread: OpenThread;
  /** The work was begun before on another server, which had to be ended. */
  readonly again: boolean;
  /**
   * Runs a turn to its end.
   * @param request sends what starts it
   * @throws UserError unless it was completed, CancelledError once an abort has been confirmed.
   */
  run(request: () => Promise<{ turn: { id: string } }>, options?: RunOptions): Promise<TurnState>;
}

export interface RunOptions {
  /** Called after every notification of the thread, with what is known then. */
  onState?: (state: TurnState) => void;
  /** After so long the turn is interrupted, and `CancelledError` thrown. Milliseconds. */
  timeLimit?: number;
}

/** Opens threads for work, runs turns on them, and survives the end of the App Server where another job caused it. */
export class ThreadWork {
  /** Threads that are open for work. */
  private readonly busy = new Set<string>();

  constructor(private readonly parts: ThreadWorkParts) {}

  /**
   * Does the work on the thread of the request, or a new one.
   * @throws UserError: not logged in, the thread is held by another program, the server ended
   */
  async on<T>(
    request: ThreadRequest,
    context: AgentContext,
    work: (thread: WorkThread) => Promise<T>,
  ): Promise<T> {
    let threadId = request.threadId;
    const watched: AgentContext = {
      signal: context.signal,
      onProgress: (progress) => {
        threadId = progress.threadId ?? threadId;
        context.onProgress(progress);
      },
    };
    try {
      return await this.attempt(request, watched, work, false);
    } catch (error) {
      const isForAnother = error instanceof AppServerEnded && error.cause === 'restart';
      if (!isForAnother || context.signal.aborted) throw error;
      context.onProgress({ note: `${error.message} This job went on on the new one.` });
      return this.attempt({ ...request, threadId }, context, work, true);
    }
  }

  private async attempt<T>(
    request: ThreadRequest,
    context: AgentContext,
    work: (thread: WorkThread) => Promise<T>,
    again: boolean,
  ): Promise<T> {
    const { signal, onProgress } = context;
    throwIfAborted(signal);
    onProgress({ phase: 'starting', activity: 'Connecting to Codex' });
    const connected = deferred<undefined>();
    const done = this.parts.appServer.use(async (connection) => {
      connected.resolve(undefined);
      throwIfAborted(signal);
      if (await orAborted(isLoggedOut(connection), signal))
        throw new UserError('Codex is not logged in.', loginAdvice);
      const thread = await this.open(connection, request, context);
      try {
        return await work({
          connection,
          thread,
          again,
          run: (start, options) => this.runTurn(connection, thread.id, context, start, options),
        });
      } finally {
        await this.release(connection, thread.id);
        this.busy.delete(thread.id);
      }
    });
    // Until there is a connection there is nothing to interrupt: an abort then ends the waiting at once.
    await orAborted(Promise.race([connected.promise, done]), signal);
    return done;
  }

  /**
   * One piece of work at a time on a thread: a second turn would steer the first. A thread that is opened for work that
   * was stopped meanwhile is let go of again.
   */
  private async open(
    connection: AppServerConnection,
    request: ThreadRequest,
    { signal, onProgress }: AgentContext,
  ): Promise<OpenThread> {
    const { threadId } = request;
    if (threadId !== null && this.busy.has(threadId))
      throw new UserError('Another job works on this Codex thread.', 'Wait for it, or start a fresh thread.');
    if (threadId !== null) this.busy.add(threadId);
    const opening = openThread(connection, request, onProgress);
    try {
      const thread = await orAborted(opening, signal);
      if (threadId !== null) this.busy.delete(threadId);
      this.busy.add(thread.id);
      return thread;
    } catch (error) {
      if (threadId !== null) this.busy.delete(threadId);
      if (error instanceof CancelledError)
        void opening.then(
          (thread) => this.release(connection, thread.id),
          () => undefined,
        );
      throw error;
    }
  }

  /** So that `codex resume ID` works as soon as the job has ended; a server that has ended holds nothing. */
  private async release(connection: AppServerConnection, threadId: string): Promise<void> {
    const { logger } = this.parts;
    try {
      await releaseThread(connection, threadId, logger);
    } catch (error) {
      if (!(error instanceof AppServerEnded)) logger.warn(messageOf(error));
    }
  }

  private async runTurn(
    connection: AppServerConnection,
    threadId: string,
    { signal: stop, onProgress }: AgentContext,
    start: () => Promise<{ turn: { id: string } }>,
    { onState, timeLimit }: RunOptions = {},
  ): Promise<TurnState> {
    const { logger, quietAfter } = this.parts;
    const signal = timeLimit === undefined ? stop : AbortSignal.any([stop, AbortSignal.timeout(timeLimit)]);
    const options = { connection, threadId, onProgress, logger, quietAfter };
    const turn = new Turn({ ...options, ...(onState && { onState }) });
    try {
      const end = turn.start(start).then(() => turn.end());
      assertCompleted(await this.endOrStop(connection, turn, end, signal), signal);
      await turn.settled();
      return turn.state;
    } finally {
      turn.dispose();
    }
  }

  /** On abort interrupts the turn, and ends the server if that does not help. */
  private async endOrStop<T>(
    connection: AppServerConnection,
    turn: Turn,
    end: Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    try {
      return await orAborted(end, signal);
    } catch (error) {
      if (!(error instanceof CancelledError)) throw error;
    }
    const settled = end.then(
      () => true,
      () => true,
    );
    if (await Promise.race([turn.interrupt(), settled])) return end;
    this.parts.logger.warn('A turn did not stop when asked to; the App Server is ended instead.');
    const why = 'It was ended because a turn on it did not stop when asked to.';
    await this.parts.appServer.restart(why, connection);
    throw new CancelledError();
  }
}
