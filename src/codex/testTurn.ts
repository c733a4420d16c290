import { orAborted } from '../base/async.ts';
import { CancelledError, UserError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { AgentProgress } from '../jobs/agent.ts';
import type { AppServerConnection } from './connection.ts';
import { assertCompleted } from './failures.ts';
import { isLoggedOut, loginAdvice } from './login.ts';
import { threadConfigWithoutMcp } from './mcpServers.ts';
import { Turn } from './turn.ts';
import type { TurnEnd } from './turnEnd.ts';

export interface TestTurn {
  /** Must exist. */
  cwd: string;
  /** Empty for Codex's own choice. */
  model: string;
  effort: string;
  /** Aborted when it takes too long. */
  signal: AbortSignal;
  logger: Logger;
  /** After so long without a word of the server about the turn it is asked. Milliseconds. */
  quietAfter: number;
}

export interface TestAnswer {
  text: string;
  /** As resolved by Codex; null where it does not tell. */
  model: string | null;
}

const prompt = 'Answer with the word ready. Run no commands.';

/**
 * One real turn, read-only, on a thread that is not kept.
 * @throws UserError if Codex can't do it, or does not in time
 */
export async function testTurn(connection: AppServerConnection, request: TestTurn): Promise<TestAnswer> {
  if (await isLoggedOut(connection)) throw new UserError('Codex is not logged in.', loginAdvice);
  const { thread, model } = await openThread(connection, request);
  const { logger, quietAfter, signal } = request;
  let last: AgentProgress = {};
  const onProgress = (progress: AgentProgress) => void (last = progress);
  const turn = new Turn({ connection, threadId: thread.id, logger, quietAfter, onProgress });
  try {
    const input = [{ type: 'text' as const, text: prompt, text_elements: [] }];
    const start = () => connection.request('turn/start', { threadId: thread.id, input });
    const end = turn.start(start).then(() => turn.end());
    await assertCompleted(await inTime(turn, end, signal), signal, connection);
    return { text: turn.state.messages.at(-1) ?? '', model };
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
    throw tooLate(last);
  } finally {
    turn.dispose();
  }
}

async function openThread(connection: AppServerConnection, { cwd, model, effort }: TestTurn) {
  const config = await threadConfigWithoutMcp(connection, cwd);
  return connection.request('thread/start', {
    cwd,
    sandbox: 'read-only',
    approvalPolicy: 'never',
    ephemeral: true,
    ...(model !== '' && { model }),
    config: { ...config, ...(effort !== '' && { model_reasoning_effort: effort }) },
  });
}

async function inTime(turn: Turn, end: Promise<TurnEnd>, signal: AbortSignal): Promise<TurnEnd> {
  try {
    return await orAborted(end, signal);
  } catch (error) {
    if (error instanceof CancelledError) await turn.interrupt();
    throw error;
  }
}

/** What it was last seen doing says more than that it took too long. */
function tooLate({ waitingFor, activity }: AgentProgress): UserError {
  if (waitingFor === 'network') return new UserError('Codex can’t reach the model.', 'Look at the network.');
  return new UserError(`Codex did not answer in time${activity === undefined ? '.' : `: ${activity}.`}`);
}
