import { DeadlineError, deferred, orAborted, throwIfAborted, withDeadline } from '../base/async.ts';
import type { Deferred } from '../base/async.ts';
import type { Disposable } from '../base/disposable.ts';
import { CancelledError, UserError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { LoginAccountParams } from '../protocol/appServer.gen.ts';
import type { MethodResult } from '../protocol/appServer.ts';
import { type AppServerConnection, AppServerError, updateAdvice } from './connection.ts';

/** A login that a person finishes on a web page. */
export interface WebLogin {
  /** Cancels the login. */
  signal: AbortSignal;
  logger: Logger;
  /** How long the person may take. Milliseconds; default 15 minutes. */
  deadline?: number;
}

const defaultDeadline = 15 * 60_000;
/** Codex asks its account service for a device code before it answers. Milliseconds. */
const startTimeout = 120_000;

/**
 * Logs in with ChatGPT in a browser. The page leads back to port 1455 of the machine that Codex runs on; a login that
 * another Codex there starts meanwhile takes that port, and ends this one (measured).
 * @param login its `onUrl` gets the page to open; what it throws cancels the login
 * @throws CancelledError when the signal is aborted; UserError if the login fails or takes too long
 */
export function loginWithBrowser(
  connection: AppServerConnection,
  login: WebLogin & { onUrl(url: string): void | Promise<void> },
): Promise<void> {
  return logIn(connection, { type: 'chatgpt' }, login, async ({ authUrl }) => {
    if (authUrl === null) throw unknownAnswer();
    await login.onUrl(authUrl);
  });
}

/**
 * Logs in with ChatGPT through a code that is typed in on another device.
 * @param login its `onCode` gets the page and the code for it; what it throws cancels the login
 * @throws CancelledError when the signal is aborted; UserError if the login fails or takes too long
 */
export function loginWithDeviceCode(
  connection: AppServerConnection,
  login: WebLogin & { onCode(url: string, code: string): void | Promise<void> },
): Promise<void> {
  return logIn(connection, { type: 'chatgptDeviceCode' }, login, async ({ verificationUrl, userCode }) => {
    if (verificationUrl === null || userCode === null) throw unknownAnswer();
    await login.onCode(verificationUrl, userCode);
  });
}

type LoginAnswer = MethodResult<'account/login/start'>;

async function logIn(
  connection: AppServerConnection,
  params: LoginAccountParams,
  login: WebLogin,
  show: (answer: LoginAnswer) => Promise<void>,
): Promise<void> {
  throwIfAborted(login.signal);
  const ends = new LoginEnds(connection);
  try {
    const { answer, loginId } = await start(connection, params, login);
    try {
      await finish(
        connection,
        show(answer).then(() => ends.of(loginId)),
        login,
      );
    } catch (error) {
      // A page that is still open must not log in behind the user's back.
      await cancel(connection, loginId, login.logger);
      throw error;
    }
  } finally {
    ends.dispose();
  }
}

async function start(
  connection: AppServerConnection,
  params: LoginAccountParams,
  { signal, logger }: WebLogin,
): Promise<{ answer: LoginAnswer; loginId: string }> {
  const starting = connection.request('account/login/start', params, { timeout: startTimeout });
  try {
    const answer = await orAborted(starting, signal);
    if (answer.loginId === null) throw unknownAnswer();
    return { answer, loginId: answer.loginId };
  } catch (error) {
    if (error instanceof AppServerError) throw failed(error.serverMessage);
    if (error instanceof CancelledError) void abandon(connection, starting, logger);
    throw error;
  }
}

/** Ends a login that nobody waits for any more as soon as it has started. */
async function abandon(
  connection: AppServerConnection,
  starting: Promise<LoginAnswer>,
  logger: Logger,
): Promise<void> {
  try {
    const { loginId } = await starting;
    if (loginId !== null) await cancel(connection, loginId, logger);
  } catch (error) {
    logger.debug(`A login that was cancelled did not start: ${messageOf(error)}`);
  }
}

async function finish(
  connection: AppServerConnection,
  end: Promise<LoginEnd>,
  { signal, deadline = defaultDeadline }: WebLogin,
): Promise<void> {
  const endOfServer = connection.ended.then((reason) => {
    throw reason;
  });
  try {
    const { success, error } = await orAborted(
      withDeadline(Promise.race([end, endOfServer]), deadline, 'The login page'),
      signal,
    );
    if (!success) throw failed(error ?? 'no reason given');
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    throw new UserError(`The login was not finished within ${deadline / 60_000} minutes.`, 'Start it again.');
  }
}

/** `notFound` where it has ended by itself, which is as good. */
async function cancel(connection: AppServerConnection, loginId: string, logger: Logger): Promise<void> {
  try {
    await connection.request('account/login/cancel', { loginId });
  } catch (error) {
    logger.debug(`A login could not be cancelled: ${messageOf(error)}`);
  }
}

interface LoginEnd {
  success: boolean;
  error: string | null;
}

/** The ends of logins, kept from before the start: an end may come with the answer. */
class LoginEnds implements Disposable {
  private readonly ends = new Map<string, Deferred<LoginEnd>>();
  private readonly subscription: Disposable;

  constructor(connection: AppServerConnection) {
    this.subscription = connection.onServerNotification(({ method, params }) => {
      if (method === 'account/login/completed' && params.loginId !== null)
        this.entry(params.loginId).resolve(params);
    });
  }

  of(loginId: string): Promise<LoginEnd> {
    return this.entry(loginId).promise;
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private entry(loginId: string): Deferred<LoginEnd> {
    const entry = this.ends.get(loginId) ?? deferred<LoginEnd>();
    this.ends.set(loginId, entry);
    return entry;
  }
}

function failed(reason: string): UserError {
  return new UserError(`Codex could not log in: ${reason}`, adviceFor(reason));
}

function adviceFor(reason: string): string {
  if (/login cancelled/i.test(reason))
    return 'Another login was started on this machine at the same time. Start it again.';
  if (/error sending request|routing discovery/i.test(reason))
    return 'Look whether this machine reaches the internet, or log in with an API key.';
  return 'Start it again, or run `codex login` in a terminal.';
}

function unknownAnswer(): UserError {
  return new UserError('Codex answered the login in a form that Tandem does not know.', updateAdvice);
}
