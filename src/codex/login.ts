import { UserError } from '../base/errors.ts';
import { type AppServerConnection, AppServerError } from './connection.ts';

export const loginAdvice = 'Run `codex login` in a terminal, then try again.';

/** Who pays, as far as Codex tells. */
export type Account =
  | { readonly kind: 'none' }
  /** The configured provider needs no login with OpenAI. */
  | { readonly kind: 'not needed' }
  | { readonly kind: 'api key' }
  | { readonly kind: 'ChatGPT'; readonly email: string | null; readonly plan: string | null }
  /** A kind of login that Tandem does not know. */
  | { readonly kind: 'other'; readonly type: string }
  /** Codex refused to tell. */
  | { readonly kind: 'unknown' };

/**
 * True if Codex is sure that it has no login. Doubt is not a no: custom providers need none, and a ChatGPT login
 * whose backend is down answers with an error (facts: app-server.md, 1.2).
 */
export async function isLoggedOut(connection: AppServerConnection): Promise<boolean> {
  return (await readAccount(connection)).kind === 'none';
}

/** `account/read`; where its backend is down (0.169: an error), what is known without asking it (facts: app-server.md, 1.2). */
export async function readAccount(connection: AppServerConnection): Promise<Account> {
  const read = await answerOrNull(connection.request('account/read', {}));
  if (read) {
    const { account, requiresOpenaiAuth } = read;
    if (!account) return { kind: requiresOpenaiAuth ? 'none' : 'not needed' };
    return accountOf(account.type, account.email, account.planType);
  }
  const asked = { includeToken: false, refreshToken: false };
  const status = await answerOrNull(connection.request('getAuthStatus', asked));
  if (!status) return { kind: 'unknown' };
  if (status.requiresOpenaiAuth === false) return { kind: 'not needed' };
  return status.authMethod === null ? { kind: 'none' } : accountOf(status.authMethod, null, null);
}

/** The two methods spell the kinds differently: `apiKey` and `apikey`. */
function accountOf(type: string | null, email: string | null, plan: string | null): Account {
  switch (type?.toLowerCase()) {
    case 'apikey':
      return { kind: 'api key' };
    case 'chatgpt':
      return { kind: 'ChatGPT', email, plan };
    default:
      return { kind: 'other', type: type ?? 'unknown' };
  }
}

/**
 * Stores an API key of OpenAI as the login. Codex does not verify it; the first turn does.
 * @throws UserError if it cannot be one, or if Codex refuses it
 */
export async function loginWithApiKey(connection: AppServerConnection, key: string): Promise<void> {
  const apiKey = key.trim();
  if (apiKey === '') throw new UserError('The API key is empty.');
  if (/\s/.test(apiKey)) throw new UserError('The API key has a space or a line break in it.');
  await connection.request('account/login/start', { type: 'apiKey', apiKey });
}

/** Forgets the login, an API key too. Nothing happens if there is none. */
export async function logout(connection: AppServerConnection): Promise<void> {
  await connection.request('account/logout', {});
}

/** Null where the server refuses the request; anything else that goes wrong is thrown. */
async function answerOrNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AppServerError) return null;
    throw error;
  }
}
