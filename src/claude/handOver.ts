import { pause } from '../base/async.ts';
import { UserError } from '../base/errors.ts';
import type { RunningSession } from '../protocol/claudeSession.ts';
import { pasteOf } from './pastedPrompt.ts';
import { isTypedTo, readiness } from './terminalSessions.ts';

/** A session that a prompt is typed into. */
export interface PromptTarget {
  /** The session as it is now; null once its program has ended. */
  look(): Promise<RunningSession | null>;
  /** Types into its terminal, as it stands there. */
  type(text: string): void;
  /** Whether what is typed reaches the session; left out to look at the process. */
  isTypedTo?(session: RunningSession): boolean;
}

/** Milliseconds. */
export interface HandOverTimes {
  /** Between two looks at the session. */
  look: number;
  /** After the paste before Enter. */
  settle: number;
  /** Between two Enters. */
  enter: number;
  /** A terminal takes so many characters in a millisecond, or more; VS Code writes 50 in 5 ms. */
  rate: number;
}

const defaultTimes: HandOverTimes = { look: 150, settle: 400, enter: 1_500, rate: 5 };
const maxEnters = 5;

/**
 * Types a prompt into a session that waits for one, and sends it.
 * @returns when it was taken, by the session's own clock; milliseconds since the epoch
 * @throws UserError if the session is not free (then nothing is typed), or does not take it (then it stands in its prompt)
 */
export async function handOver(
  target: PromptTarget,
  prompt: string,
  times: HandOverTimes = defaultTimes,
): Promise<number> {
  const before = await freeSession(target);
  const paste = pasteOf(prompt);
  target.type(paste);
  await pause(paste.length / times.rate + times.settle);
  // 2.1.197 passes over an Enter that comes while it still takes in what was pasted (measured). Once the status has changed
  // there is no further Enter: it would answer whatever Claude asks by then.
  for (let count = 0; count < maxEnters; count += 1) {
    const now = await target.look();
    const taken = now === null ? null : takenAt(before, now);
    if (taken !== null) return taken;
    if (now === null || !isFree(target, now)) break;
    target.type('\r');
    const changed = await changedWithin(target, before, times);
    if (changed !== null) return changed;
  }
  throw new UserError(
    'Claude Code did not take the prompt.',
    'Look at its terminal: the prompt may stand there, and Enter sends it.',
  );
}

/** @throws UserError that says why nothing was typed */
async function freeSession(target: PromptTarget): Promise<RunningSession> {
  const session = await target.look();
  if (session === null)
    throw new UserError('This session of Claude Code has ended.', 'Nothing was typed. Choose another one.');
  if (isFree(target, session)) return session;
  const state = readiness(session) === 'asks' ? 'has a question or a dialog open' : 'is busy now';
  throw new UserError(`This session of Claude Code ${state}.`, 'Nothing was typed into it.');
}

function isFree(target: PromptTarget, session: RunningSession): boolean {
  return readiness(session) === 'free' && (target.isTypedTo?.(session) ?? isTypedTo(session));
}

/** A short turn may be over again when it is looked at; that its status was told anew remains. */
function takenAt(before: RunningSession, now: RunningSession): number | null {
  const isAnother = now.statusUpdatedAt !== before.statusUpdatedAt || now.status !== before.status;
  return isAnother ? (now.statusUpdatedAt ?? Date.now()) : null;
}

async function changedWithin(
  target: PromptTarget,
  before: RunningSession,
  times: HandOverTimes,
): Promise<number | null> {
  const until = Date.now() + times.enter;
  while (Date.now() < until) {
    await pause(times.look);
    const now = await target.look();
    const taken = now === null ? null : takenAt(before, now);
    if (taken !== null) return taken;
  }
  return null;
}

/** A turn goes on for minutes, and its end need not be told at once. Milliseconds. */
const turnLook = 1_000;

/**
 * Resolves once the turn that began then is over, or the session has ended.
 * @param since as `handOver` gives it
 */
export async function turnEnded(
  session: Pick<PromptTarget, 'look'>,
  since: number,
  interval = turnLook,
): Promise<void> {
  for (;;) {
    const now = await session.look();
    if (now === null || (readiness(now) === 'free' && (now.statusUpdatedAt ?? since) >= since)) return;
    await pause(interval);
  }
}
