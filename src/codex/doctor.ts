import { UserError } from '../base/errors.ts';
import { candidateText, otherCandidates } from '../base/candidates.ts';
import type { SetupCheck } from '../protocol/bridge.ts';
import type { AppServer } from './appServer.ts';
import type { AppServerConnection } from './connection.ts';
import { findCodex, resolveLaunch } from './locate.ts';
import { type Account, loginAdvice, readAccount } from './login.ts';
import { probeSandbox } from './sandboxProbe.ts';
import { type TestTurn, testTurn } from './testTurn.ts';

/** Where Codex is looked for. */
export interface CodexSearch {
  /** Path from the user's settings; empty to look for it. */
  setting: string;
  env: NodeJS.ProcessEnv;
}

/** Found, started, new enough; otherwise `missing`. Starts the App Server if need be. */
export async function checkCodex(appServer: AppServer, search: CodexSearch): Promise<SetupCheck> {
  const check = { id: 'codex', title: 'Codex' } as const;
  try {
    const version = await appServer.use((connection) => Promise.resolve(connection.version));
    return { ...check, state: 'ok', detail: await programText(appServer, version, search) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...check, state: 'missing', ...failureOf(error) };
  }
}

async function programText(
  { state }: AppServer,
  version: string,
  { setting, env }: CodexSearch,
): Promise<string> {
  const [found] = await findCodex(setting, env);
  const chosen = found && { text: candidateText(found), file: (await resolveLaunch(found)).file };
  const running = state.kind === 'running' ? state.file : chosen?.file;
  if (chosen && chosen.file === running) return `${version} at ${chosen.text}`;
  // It was started before the choice was another one, and is not taken away from those who use it.
  const next = chosen ? chosen.text : 'none that can be found';
  return `${version} at ${running ?? '?'} as long as jobs run on it; the next start takes ${next}`;
}

/** The executables that would do as well, or that were expected to be the chosen one. */
export async function checkOtherCodex({ setting, env }: CodexSearch): Promise<SetupCheck[]> {
  const [chosen] = await findCodex(setting, env);
  const others = await otherCandidates(chosen, await findCodex('', env));
  if (others.length === 0) return [];
  const detail = others.map(candidateText).join(', ');
  return [{ id: 'codex-candidates', title: 'Other Codex', state: 'info', detail }];
}

/** Only a Codex that is sure to have no login is `missing` one. */
export async function checkLogin(connection: AppServerConnection): Promise<SetupCheck> {
  const check = { id: 'codex-login', title: 'Codex login' } as const;
  const account = await readAccount(connection);
  switch (account.kind) {
    case 'none':
      return { ...check, state: 'missing', detail: 'not logged in', advice: loginAdvice };
    case 'unknown':
      return {
        ...check,
        state: 'warning',
        detail: 'Codex does not tell whether it is logged in',
        advice: '`setup --test` makes a real turn, which shows it.',
      };
    default:
      return { ...check, state: 'ok', detail: accountText(account) };
  }
}

function accountText(account: Exclude<Account, { kind: 'none' | 'unknown' }>): string {
  switch (account.kind) {
    case 'not needed':
      return 'not needed by the configured model provider';
    case 'api key':
      return 'API key';
    case 'ChatGPT': {
      const { email, plan } = account;
      return `ChatGPT${email === null ? '' : `, ${email}`}${plan === null ? '' : ` (${plan})`}`;
    }
    case 'other':
      return account.type;
  }
}

/** @param cwd must exist */
export async function checkSandbox(connection: AppServerConnection, cwd: string): Promise<SetupCheck> {
  const check = { id: 'codex-sandbox', title: 'Codex sandbox' } as const;
  const state = await probeSandbox(connection, cwd);
  if (state.works) return { ...check, state: 'ok', detail: 'runs commands' };
  const namespaces = state.reason.startsWith('bwrap:')
    ? ' It needs user namespaces, which this machine or container forbids (on Ubuntu: `kernel.apparmor_restrict_unprivileged_userns`).'
    : '';
  return {
    ...check,
    state: 'warning',
    detail: `runs no commands: ${state.reason}`,
    advice: `Reviews would be inconclusive, because the reviewer could not read the code.${namespaces}`,
  };
}

/** How long the real turn may take. Milliseconds. */
const defaultTestDeadline = 5 * 60_000;
const maxAnswer = 80;

/** Asks the model for a word, which costs a little. Says what failed otherwise: then reviews fail too. */
export async function checkTurn(
  appServer: AppServer,
  request: Omit<TestTurn, 'signal'>,
  deadline = defaultTestDeadline,
): Promise<SetupCheck> {
  const check = { id: 'test', title: 'Test' } as const;
  const begun = Date.now();
  const seconds = () => `${((Date.now() - begun) / 1000).toFixed(1)} s`;
  const signal = AbortSignal.timeout(deadline);
  try {
    const { text, model } = await appServer.use((connection) => testTurn(connection, { ...request, signal }));
    const said = text.replaceAll(/\s+/g, ' ').trim().slice(0, maxAnswer);
    return { ...check, state: 'ok', detail: `${model ?? 'Codex'} answered “${said}” after ${seconds()}` };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { detail, ...advice } = failureOf(error);
    return { ...check, state: 'missing', detail: `failed after ${seconds()}: ${detail}`, ...advice };
  }
}

function failureOf({ message, advice }: UserError): Pick<SetupCheck, 'detail' | 'advice'> {
  return { detail: message, ...(advice !== undefined && { advice }) };
}
