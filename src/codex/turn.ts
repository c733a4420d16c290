import { deferred, settlesWithin } from '../base/async.ts';
import type { Disposable } from '../base/disposable.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { AgentProgress } from '../jobs/agent.ts';
import { type CaughtUp, type KnownTurn, type ThreadSnapshot, caughtUp, itemKey } from './catchUp.ts';
import { type AppServerConnection, AppServerError } from './connection.ts';
import { type TurnEnd, failedWith } from './turnEnd.ts';
import { Silence } from '../base/silence.ts';
import { resetText } from './limits.ts';
import { type TurnState, foldTurn, initialTurnState, withToldEnds } from './turnFold.ts';

/** A fatal `error` may come without `turn/completed`; then the turn is over after this time. Milliseconds. */
const fatalErrorGrace = 1_500;
/** How long commands that are still open at the end of the turn are waited for. Milliseconds. */
const commandGrace = 2_000;
/** How long an interrupt may take until the turn is given up. Milliseconds. */
const interruptDeadline = 5_000;
/** A turn that was taken up may have ended while the thread was resumed, untold (measured): the server is asked once after this time. Milliseconds. */
const takenUpGrace = 2_000;
/** The server may take so much of that time to say whether a silent turn still runs; after that it is ended. */
const probeShare = 1 / 3;

export interface TurnOptions {
  connection: AppServerConnection;
  threadId: string;
  logger: Logger;
  onProgress(progress: AgentProgress): void;
  /** After so long without a word of the server about this thread it is asked. Milliseconds. */
  quietAfter: number;
}

/** One turn on a thread of its own, a review or a plain one, from its start to its end. */
export class Turn implements Disposable, KnownTurn {
  private readonly ended = deferred<TurnEnd>();
  private readonly activeTurnStarted = deferred<undefined>();
  private readonly commandsEnded = deferred<undefined>();
  private readonly subscription: Disposable;
  private readonly silence: Silence;
  private secondLook: NodeJS.Timeout | undefined;
  readonly seen = new Set<string>();
  requested = '';
  state: TurnState = initialTurnState;
  /** Called after every notification of the thread, with what is known then. */
  onState: (state: TurnState) => void = () => undefined;

  /** @param before turns of the thread that are older */
  constructor(
    private readonly options: TurnOptions,
    readonly before: ReadonlySet<string> = new Set(),
  ) {
    const { connection, threadId, quietAfter } = options;
    this.silence = new Silence(quietAfter, () => this.quiet());
    this.subscription = connection.onNotification((notification) => {
      if (notification.params.threadId !== threadId) return;
      this.silence.broken();
      if (notification.method === 'item/completed') this.seen.add(itemKey(notification.params.item));
      const before = this.state;
      this.state = foldTurn(before, notification);
      this.announce(before, this.state);
    });
  }

  /** @param request sends `review/start` or `turn/start` */
  async start(request: () => Promise<{ turn: { id: string } }>): Promise<void> {
    const { turn } = await request();
    this.requested = turn.id;
  }

  /**
   * Goes on with a turn that was known on another connection, instead of `start`. To be called as soon as the thread has
   * been resumed on this one: from then on it is told what happens.
   * @returns what became of it; of one that was cut nothing is taken over.
   */
  takeUp(known: KnownTurn, thread: ThreadSnapshot): CaughtUp['fate'] {
    const now = caughtUp(known, this.options.threadId, thread);
    if (now.fate === 'cut') return 'cut';
    for (const key of known.seen) this.seen.add(key);
    const items = thread.turns.flatMap((turn) => turn.items);
    for (const item of items) if (item.status !== 'inProgress') this.seen.add(itemKey(item));
    this.requested = now.requested;
    this.state = now.state;
    this.announce(initialTurnState, now.state);
    if (now.fate === 'running') this.secondLook ??= setTimeout(() => this.ask(), takenUpGrace).unref();
    return now.fate;
  }

  /** Resolves when the turn is over; rejects if the server ends before it. */
  end(): Promise<TurnEnd> {
    return Promise.race([
      this.ended.promise,
      this.options.connection.ended.then((reason) => {
        throw reason;
      }),
    ]);
  }

  /**
   * Resolves once all commands of the turn have ended too, or after a while: the end of one may be told after the turn's
   * (facts: app-server.md, rule 5), or never.
   */
  async settled(): Promise<void> {
    if (this.state.openCommands.length > 0) await settlesWithin(this.commandsEnded.promise, commandGrace);
    this.state = withToldEnds(this.state);
  }

  /**
   * Interrupts the turn and the commands it started (which an interrupt alone leaves running).
   * @returns false if the turn did not end in time: then only ending the server ends the work.
   */
  async interrupt(): Promise<boolean> {
    const { logger } = this.options;
    const asked = this.interruptActiveTurn().catch((error: unknown) => logger.warn(messageOf(error)));
    await settlesWithin(asked, interruptDeadline);
    const stopped = await settlesWithin(this.ended.promise, interruptDeadline);
    if (stopped) await this.cleanCommands();
    return stopped;
  }

  dispose(): void {
    this.silence.dispose();
    clearTimeout(this.secondLook);
    this.subscription.dispose();
  }

  /** Facts: app-server.md, 2.5. In a review the answered id works only until the inner turn has started, that one only after. */
  private async interruptActiveTurn(): Promise<void> {
    try {
      if (this.state.activeTurn === null && this.requested === '')
        await settlesWithin(this.activeTurnStarted.promise, interruptDeadline);
      await this.requestInterrupt(this.state.activeTurn ?? this.requested);
    } catch (error) {
      if (!(error instanceof AppServerError)) throw error;
      const found = /but found `?([\w-]+)`?/.exec(error.serverMessage)?.[1];
      if (found !== undefined) return this.requestInterrupt(found);
      if (!error.serverMessage.includes('no active turn')) throw error;
      await settlesWithin(
        Promise.race([this.activeTurnStarted.promise, this.ended.promise]),
        interruptDeadline,
      );
      if (this.state.end === null && this.state.activeTurn !== null)
        await this.requestInterrupt(this.state.activeTurn);
    }
  }

  private async requestInterrupt(turnId: string): Promise<void> {
    const { connection, threadId } = this.options;
    await connection.request('turn/interrupt', { threadId, turnId });
  }

  private async cleanCommands(): Promise<void> {
    const { connection, threadId, logger } = this.options;
    try {
      await connection.request('thread/backgroundTerminals/clean', { threadId });
    } catch (error) {
      if (!(error instanceof AppServerError)) throw error;
      logger.debug(`No clean-up of running commands: ${error.message}`);
    }
  }

  private announce(before: TurnState, after: TurnState): void {
    if (after.progress !== before.progress) this.report(after.progress);
    this.onState(after);
    if (after.activeTurn !== null) this.activeTurnStarted.resolve(undefined);
    if (after.end && after.openCommands.length === 0) this.commandsEnded.resolve(undefined);
    if (after.end) this.ended.resolve(after.end);
    else if (after.fatalError !== null && before.fatalError === null) this.endAfterGrace(after.fatalError);
  }

  private report(progress: AgentProgress): void {
    const lastHeardAt = new Date(this.silence.lastBroken).toISOString();
    this.options.onProgress({ ...progress, ...this.untilReset(progress), lastHeardAt });
  }

  private untilReset({ waitingFor, activity = '' }: AgentProgress): AgentProgress {
    const reset = waitingFor === 'limit' ? resetText(this.options.connection.limits) : null;
    return reset === null ? {} : { activity: `until ${reset}: ${activity}` };
  }

  private endAfterGrace(end: TurnEnd): void {
    setTimeout(() => this.ended.resolve(end), fatalErrorGrace).unref();
  }

  /** Says that it is quiet, and asks the server whether there is still something to wait for. */
  private quiet(): void {
    this.report(this.state.progress);
    this.ask();
  }

  private ask(): void {
    this.probe().catch((error: unknown) => this.options.logger.warn(messageOf(error)));
  }

  /** A server that does not answer is ended by the connection, and this turn with it. */
  private async probe(): Promise<void> {
    const { connection, threadId, logger, quietAfter } = this.options;
    try {
      const options = { timeout: quietAfter * probeShare };
      const { thread } = await connection.request('thread/read', { threadId }, options);
      const type = thread.status?.type;
      if (type === undefined || type === 'active' || this.state.end !== null) return;
      if (await this.wasOver()) return;
      logger.warn(`Thread ${threadId} is ${type}, but the end of its turn was never told.`);
      const unknown = 'Codex no longer works on it, and never said how the turn ended.';
      this.ended.resolve(this.state.fatalError ?? failedWith(unknown));
    } catch (error) {
      if (!(error instanceof AppServerError)) throw error;
      logger.debug(`The silent turn could not be asked about: ${error.message}`);
    }
  }
  /** The thread itself may say how the turn ended. */
  private async wasOver(): Promise<boolean> {
    const { connection, threadId, logger } = this.options;
    try {
      const { thread } = await connection.request('thread/read', { threadId, includeTurns: true });
      return this.takeUp(this, thread) === 'over' || this.state.end !== null;
    } catch (error) {
      if (!(error instanceof AppServerError)) throw error;
      logger.debug(`The turns of the silent thread could not be read: ${error.message}`);
      return false;
    }
  }
}
