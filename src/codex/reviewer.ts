import { orAborted } from '../base/async.ts';
import { CancelledError, UserError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { ReviewAnswer, ReviewProgress, ReviewRequest, Reviewer } from '../jobs/reviewer.ts';
import type { ReviewTarget, ThreadStartParams } from '../protocol/appServer.gen.ts';
import type { MethodResult } from '../protocol/appServer.ts';
import type { Target } from '../protocol/target.ts';
import { type AppServer, isLoggedOut, loginAdvice } from './appServer.ts';
import { type AppServerConnection, AppServerError } from './connection.ts';
import { type OutputReader, readReviewAnswer } from './reviewOutput.ts';
import type { TurnEnd } from './reviewFold.ts';
import { ReviewTurn } from './reviewTurn.ts';

/** Codex's native reviewer, on the host's App Server. */
export class CodexReviewer implements Reviewer {
  readonly id = 'codex';

  constructor(
    private readonly appServer: AppServer,
    private readonly readOutput: OutputReader,
    private readonly logger: Logger,
  ) {}

  async review(
    request: ReviewRequest,
    onProgress: (progress: ReviewProgress) => void,
    signal: AbortSignal,
  ): Promise<ReviewAnswer> {
    onProgress({ phase: 'starting', activity: 'Connecting to Codex' });
    const connection = await orAborted(this.appServer.connect(), signal);
    if (await orAborted(isLoggedOut(connection), signal))
      throw new UserError('Codex is not logged in.', loginAdvice);
    const started = await orAborted(startThread(connection, request), signal);
    onProgress(resolved(started));
    const turn = new ReviewTurn(connection, started.thread.id, onProgress, this.logger);
    try {
      judge(await this.run(turn, request.target, signal), signal);
      const { thread } = started;
      const answer = await readReviewAnswer({
        connection,
        thread,
        state: turn.state,
        read: this.readOutput,
        logger: this.logger,
      });
      return { ...answer, commands: turn.state.commands };
    } finally {
      turn.dispose();
    }
  }

  /** Runs the turn to its end; on abort interrupts it, and ends the server if that does not help. */
  private async run(turn: ReviewTurn, target: Target, signal: AbortSignal): Promise<TurnEnd> {
    const end = turn.start(reviewTarget(target)).then(() => turn.end());
    try {
      return await orAborted(end, signal);
    } catch (error) {
      if (!(error instanceof CancelledError)) throw error;
    }
    if (await turn.interrupt()) return end;
    this.logger.warn('The review did not stop when asked to; the App Server is ended instead.');
    await this.appServer.restart();
    throw new CancelledError();
  }
}

/** @throws unless the turn was completed: only then there is a verdict. */
function judge(end: TurnEnd, signal: AbortSignal): void {
  if (end.kind === 'completed') return;
  if (signal.aborted) throw new CancelledError();
  if (end.kind === 'interrupted')
    throw new UserError('The review was interrupted inside Codex.', 'Start it again.');
  throw new UserError(`Codex could not finish the review: ${readable(end.message)}`, adviceFor(end.message));
}

/** Some API errors arrive as the raw JSON body (facts: app-server.md, 6.1). */
function readable(message: string): string {
  try {
    const body = JSON.parse(message) as { error?: { message?: unknown } } | null;
    const inner = body?.error?.message;
    return typeof inner === 'string' ? inner : message;
  } catch {
    return message;
  }
}

function adviceFor(message: string): string {
  if (/\b401\b|unauthorized/i.test(message)) return loginAdvice;
  if (/usage limit|quota/i.test(message)) return 'Wait until the limit resets, or use another account.';
  if (/missing environment variable/i.test(message))
    return 'Set it where VS Code is started, then reload the window.';
  return 'Try again; `Tandem: Show Log` has the details.';
}

/**
 * A read-only thread that never asks. It is kept (not ephemeral): two of the ways to structured findings, and later
 * questions to the reviewer, need it.
 */
async function startThread(
  connection: AppServerConnection,
  request: ReviewRequest,
): Promise<MethodResult<'thread/start'>> {
  const params: ThreadStartParams = {
    cwd: request.repository,
    sandbox: 'read-only',
    approvalPolicy: 'never',
    ...(request.model !== '' && { model: request.model }),
    config: {
      // A `review_model` of the user's config would win over the model asked for here.
      ...(request.model !== '' && { review_model: request.model }),
      ...(request.effort !== '' && { model_reasoning_effort: request.effort }),
    },
  };
  try {
    return await connection.request('thread/start', { ...params, experimentalRawEvents: true });
  } catch (error) {
    if (error instanceof AppServerError && error.unsupported)
      return connection.request('thread/start', params);
    throw error;
  }
}

function resolved({
  thread,
  model,
  modelProvider,
  reasoningEffort,
}: MethodResult<'thread/start'>): ReviewProgress {
  return {
    threadId: thread.id,
    ...(model !== null && { model }),
    ...(modelProvider !== null && { provider: modelProvider }),
    ...(reasoningEffort !== null && { effort: reasoningEffort }),
  };
}

function reviewTarget(target: Target): ReviewTarget {
  return target.kind === 'working-tree'
    ? { type: 'uncommittedChanges' }
    : { type: 'baseBranch', branch: target.base };
}
