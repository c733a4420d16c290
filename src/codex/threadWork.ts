import { deferred, orAborted, throwIfAborted } from '../base/async.ts';
import { CancelledError, UserError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { AgentContext } from '../jobs/agent.ts';
import type { AppServer } from './appServer.ts';
import { runningTurn } from './catchUp.ts';
import { type AppServerConnection, AppServerEnded, isLost } from './connection.ts';
import { releaseThread } from './conversationThread.ts';
import { assertCompleted } from './failures.ts';
import { isLoggedOut, loginAdvice } from './login.ts';
import { type OpenThread, type ThreadRequest, openThread } from './thread.ts';
import { Turn } from './turn.ts';
import type { TurnState } from './turnFold.ts';
import { EarlierUsage } from './usage.ts';
import { WorkTurns } from './workTurns.ts';

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
  /** What the thread had used before this work; null where the server did not tell. Known once a turn has begun. */
  tokensBefore(): number | null;
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
  /** Threads on which a host that is gone may have left a turn running. */
  private readonly left = new Set<string>();

  constructor(private readonly parts: ThreadWorkParts) {}

  /** The next work on the thread goes on with the turn that a host which is gone left running there, if it still runs. */
  expectRunning(threadId: string): void {
    this.left.add(threadId);
  }

  /**
   * Does the work on the thread of the request, or a new one. It is done again from its beginning when the server was
   * ended for another job's sake (once), and when the connection to a server elsewhere was lost (as long as it can be
   * made again); there its turns are gone on with.
   * @throws UserError: not logged in, the thread is held by another program, the server ended
   */
  async on<T>(
    request: ThreadRequest,
    context: AgentContext,
    work: (thread: WorkThread) => Promise<T>,
  ): Promise<T> {
    const turns = new WorkTurns();
    let threadId = request.threadId;
    const watched: AgentContext = {
      signal: context.signal,
      onProgress: (progress) => {
        threadId = progress.threadId ?? threadId;
        context.onProgress(progress);
      },
    };
    for (let again = false; ; again = true) {
      try {
        const wasLeft = threadId !== null && this.left.has(threadId);
        const asked = { ...request, threadId, wasBegun: turns.isOpen || wasLeft };
        return await this.attempt(asked, watched, work, { again, turns });
      } catch (error) {
        const wasLost = isLost(error) || (isRestart(error) && this.parts.appServer.isRemote);
        if (context.signal.aborted || !(wasLost || (isRestart(error) && !again))) {
          if (wasLost && turns.isOpen) context.onProgress({ note: mayStillRun });
          throw error;
        }
        context.onProgress({ note: noteOf(error, wasLost) });
        turns.again(wasLost);
      }
    }
  }

  private async attempt<T>(
    request: ThreadRequest,
    context: AgentContext,
    work: (thread: WorkThread) => Promise<T>,
    { again, turns }: { again: boolean; turns: WorkTurns },
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
      const earlier = new EarlierUsage(connection);
      try {
        return await this.workOn(connection, request, context, work, { again, turns, earlier });
      } finally {
        earlier.dispose();
      }
    });
    // Until there is a connection there is nothing to interrupt: an abort then ends the waiting at once.
    await orAborted(Promise.race([connected.promise, done]), signal);
    return done;
  }

  private async workOn<T>(
    connection: AppServerConnection,
    request: ThreadRequest,
    context: AgentContext,
    work: (thread: WorkThread) => Promise<T>,
    { again, turns, earlier }: { again: boolean; turns: WorkTurns; earlier: EarlierUsage },
  ): Promise<T> {
    const thread = await this.open(connection, request, context);
    this.look(connection, thread, turns, this.creator(connection, thread.id, context));
    try {
      return await work({
        connection,
        thread,
        again,
        tokensBefore: () => (thread.resumed ? earlier.of(thread.id) : 0),
        run: (start, options) => this.runTurn({ connection, thread, turns }, context, start, options),
      });
    } finally {
      await this.release(connection, thread.id);
      this.busy.delete(thread.id);
    }
  }

  private creator(connection: AppServerConnection, threadId: string, { onProgress }: AgentContext) {
    const { logger, quietAfter } = this.parts;
    return (before?: ReadonlySet<string>) =>
      new Turn({ connection, threadId, onProgress, logger, quietAfter }, before);
  }

  /** What runs on the thread is ours to go on with, or it is not ours to touch: a second turn would steer the first. */
  private look(
    connection: AppServerConnection,
    thread: OpenThread,
    turns: WorkTurns,
    create: () => Turn,
  ): void {
    const wasOpen = turns.isOpen;
    turns.opened(thread, create);
    const isLeft = this.left.delete(thread.id);
    // A child of ours works for nobody else, and what ran on another one ended with it.
    if (wasOpen || connection.remote === null || runningTurn(thread) === null) return;
    if (isLeft) {
      turns.adopt(thread, create);
      return;
    }
    // Not released: that would end what runs on it.
    this.busy.delete(thread.id);
    throw new UserError('A turn of another program runs on this Codex thread.', busyAdvice);
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
      throw new UserError('Another job works on this Codex thread.', busyAdvice);
    if (threadId !== null) this.busy.add(threadId);
    const opening = openThread(connection, request, onProgress);
    try {
      const thread = await orAborted(opening, signal);
      if (threadId !== null) this.busy.delete(threadId);
      this.busy.add(thread.id);
      return thread;
    } catch (error) {
      if (threadId !== null) this.busy.delete(threadId);
      if (error instanceof CancelledError) this.letGo(connection, request, opening);
      throw error;
    }
  }

  /** Of a thread that was still being opened. A turn that runs on it unheard is interrupted: an empty id means any turn. */
  private letGo(
    connection: AppServerConnection,
    { threadId, wasBegun = false }: ThreadRequest,
    opening: Promise<OpenThread>,
  ): void {
    void opening.then(
      (thread) => this.release(connection, thread.id),
      () => undefined,
    );
    if (threadId === null || !wasBegun) return;
    connection
      .request('turn/interrupt', { threadId, turnId: '' })
      .catch((error: unknown) => this.parts.logger.warn(messageOf(error)));
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
    { connection, thread, turns }: { connection: AppServerConnection; thread: OpenThread; turns: WorkTurns },
    context: AgentContext,
    start: () => Promise<{ turn: { id: string } }>,
    { onState, timeLimit }: RunOptions = {},
  ): Promise<TurnState> {
    const { signal: stop } = context;
    const signal = timeLimit === undefined ? stop : AbortSignal.any([stop, AbortSignal.timeout(timeLimit)]);
    const { turn, isBegun } = turns.following(this.creator(connection, thread.id, context));
    if (onState) turn.onState = onState;
    try {
      const end = isBegun ? turn.end() : turn.start(start).then(() => turn.end());
      const ended = await this.endOrStop(connection, turn, end, context, signal);
      await assertCompleted(ended, signal, connection);
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
    { onProgress }: AgentContext,
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
    if (connection.remote === null) {
      this.parts.logger.warn('A turn did not stop when asked to; the App Server is ended instead.');
      const why = 'It was ended because a turn on it did not stop when asked to.';
      await this.parts.appServer.restart(why, connection);
    } else onProgress({ note: mayStillRun });
    throw new CancelledError();
  }
}

const busyAdvice = 'Wait for it, or start a fresh thread.';
const mayStillRun =
  'Codex could not be seen to stop: what it was asked may still run on the App Server, which is not Tandem’s to end.';

function isRestart(error: unknown): error is AppServerEnded {
  return error instanceof AppServerEnded && error.cause === 'restart';
}

function noteOf(error: unknown, wasLost: boolean): string {
  const where = wasLost ? 'This job goes on when it is there again.' : 'This job went on on the new one.';
  return `${messageOf(error)} ${where}`;
}
