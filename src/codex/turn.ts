import { deferred, settlesWithin } from '../base/async.ts';
import type { Disposable } from '../base/disposable.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { ReviewProgress } from '../jobs/reviewer.ts';
import type { ReviewTarget } from '../protocol/appServer.gen.ts';
import { type AppServerConnection, AppServerError } from './connection.ts';
import { type ReviewState, type TurnEnd, foldReview, initialReviewState } from './reviewFold.ts';

/** A fatal `error` may come without `turn/completed`; then the turn is over after this time. Milliseconds. */
const fatalErrorGrace = 1_500;
/** How long an interrupt may take until the turn is given up. Milliseconds. */
const interruptDeadline = 5_000;

/** One native review on a thread of its own, from `review/start` to the end of its turn. */
export class ReviewTurn implements Disposable {
  private readonly ended = deferred<TurnEnd>();
  private readonly innerTurnStarted = deferred<undefined>();
  private readonly subscription: Disposable;
  private reviewTurn = '';
  state: ReviewState = initialReviewState;

  constructor(
    private readonly connection: AppServerConnection,
    private readonly threadId: string,
    private readonly onProgress: (progress: ReviewProgress) => void,
    private readonly logger: Logger,
  ) {
    this.subscription = connection.onNotification((notification) => {
      if (notification.params.threadId !== threadId) return;
      const before = this.state;
      this.state = foldReview(before, notification);
      this.announce(before, this.state);
    });
  }

  async start(target: ReviewTarget): Promise<void> {
    const { turn } = await this.connection.request('review/start', { threadId: this.threadId, target });
    this.reviewTurn = turn.id;
  }

  /** Resolves when the turn is over; rejects if the server ends before it. */
  end(): Promise<TurnEnd> {
    return Promise.race([
      this.ended.promise,
      this.connection.ended.then((reason) => {
        throw reason;
      }),
    ]);
  }

  /**
   * Interrupts the review and the commands it started (which an interrupt alone leaves running).
   * @returns false if the turn did not end in time: then only ending the server ends the work.
   */
  async interrupt(): Promise<boolean> {
    const asked = this.interruptActiveTurn().catch((error: unknown) => this.logger.warn(messageOf(error)));
    await settlesWithin(asked, interruptDeadline);
    const stopped = await settlesWithin(this.ended.promise, interruptDeadline);
    if (stopped) await this.cleanCommands();
    return stopped;
  }

  dispose(): void {
    this.subscription.dispose();
  }

  /** Facts: app-server.md, 2.5. The outer id works only until the inner turn has started, the inner one only after. */
  private async interruptActiveTurn(): Promise<void> {
    try {
      if (this.state.innerTurn === null && this.reviewTurn === '')
        await settlesWithin(this.innerTurnStarted.promise, interruptDeadline);
      await this.requestInterrupt(this.state.innerTurn ?? this.reviewTurn);
    } catch (error) {
      if (!(error instanceof AppServerError)) throw error;
      const found = /but found `?([\w-]+)`?/.exec(error.serverMessage)?.[1];
      if (found !== undefined) return this.requestInterrupt(found);
      if (!error.serverMessage.includes('no active turn')) throw error;
      await settlesWithin(
        Promise.race([this.innerTurnStarted.promise, this.ended.promise]),
        interruptDeadline,
      );
      if (this.state.end === null && this.state.innerTurn !== null)
        await this.requestInterrupt(this.state.innerTurn);
    }
  }

  private async requestInterrupt(turnId: string): Promise<void> {
    await this.connection.request('turn/interrupt', { threadId: this.threadId, turnId });
  }

  private async cleanCommands(): Promise<void> {
    try {
      await this.connection.request('thread/backgroundTerminals/clean', { threadId: this.threadId });
    } catch (error) {
      if (!(error instanceof AppServerError)) throw error;
      this.logger.debug(`No clean-up of running commands: ${error.message}`);
    }
  }

  private announce(before: ReviewState, after: ReviewState): void {
    if (after.progress !== before.progress) this.onProgress(after.progress);
    if (after.innerTurn !== null) this.innerTurnStarted.resolve(undefined);
    if (after.end) this.ended.resolve(after.end);
    else if (after.fatalError !== null && before.fatalError === null) this.endAfterGrace(after.fatalError);
  }

  private endAfterGrace(message: string): void {
    setTimeout(() => this.ended.resolve({ kind: 'failed', message }), fatalErrorGrace).unref();
  }
}
