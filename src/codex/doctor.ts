import { candidateText, otherCandidates } from '../base/candidates.ts';
import { UserError } from '../base/errors.ts';
import type { SetupCheck } from '../protocol/bridge.ts';
import { setupCheck } from '../protocol/setupCheck.ts';
import type { AppServer } from './appServer.ts';
import { findCodex, resolveLaunch } from './locate.ts';
import { type Account, loginAdvice } from './login.ts';
import type { SandboxState } from './sandboxProbe.ts';
import { type TestTurn, testTurn } from './testTurn.ts';

/** Where Codex is looked for. */
export interface CodexSearch {
  /** Path from the user's settings; empty to look for it. */
  setting: string;
  env: NodeJS.ProcessEnv;
}

/** Found, started, new enough; otherwise `missing`. Starts the App Server if need be. */
export async function checkCodex(appServer: AppServer, search: CodexSearch): Promise<SetupCheck> {
  try {
    const version = await appServer.use((connection) => Promise.resolve(connection.version));
    return setupCheck('codex', 'ok', await programText(appServer, version, search));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return setupCheck('codex', 'missing', error.message, error.advice);
  }
}

async function programText(
  { state }: AppServer,
  version: string,
  { setting, env }: CodexSearch,
): Promise<string> {
  if (state.kind === 'running' && state.isRemote)
    return `${version} at ${state.file} (\`tandem.appServer.endpoint\`)`;
  const [found] = await findCodex(setting, env);
  const chosen = found && { text: candidateText(found), file: (await resolveLaunch(found)).file };
  const running = state.kind === 'running' ? state.file : chosen?.file;
  if (chosen && chosen.file === running) return `${version} at ${chosen.text}`;
  // It was started before the choice was another one, and is not taken away from those who use it.
  const next = chosen ? chosen.text : 'none that can be found';
  return `${version} at ${running ?? '?'} as long as jobs run on it; the next start takes ${next}`;
}

/** The executables that would do as well, or that one might have expected to be the chosen one. */
export async function checkOtherCodex({ setting, env }: CodexSearch): Promise<SetupCheck[]> {
  const [chosen] = await findCodex(setting, env);
  const others = await otherCandidates(chosen, await findCodex('', env));
  if (others.length === 0) return [];
  return [setupCheck('codex-candidates', 'info', others.map(candidateText).join(', '))];
}

/** Only a Codex that is sure to have no login is without one. */
export function loginCheck(account: Account): SetupCheck {
  const ok = (detail: string) => setupCheck('codex-login', 'ok', detail);
  switch (account.kind) {
    case 'none':
      return setupCheck('codex-login', 'missing', 'not logged in', loginAdvice);
    case 'unknown':
      return setupCheck(
        'codex-login',
        'warning',
        'Codex does not tell whether it is logged in',
        '`setup --test` makes a real turn, which shows it.',
      );
    case 'not needed':
      return ok('not needed by the configured model provider');
    case 'api key':
      return ok('API key');
    case 'ChatGPT': {
      const { email, plan } = account;
      return ok(`ChatGPT${email === null ? '' : `, ${email}`}${plan === null ? '' : ` (${plan})`}`);
    }
    case 'other':
      return ok(account.type);
  }
}

export function sandboxCheck(state: SandboxState): SetupCheck {
  if (state.works) return setupCheck('codex-sandbox', 'ok', 'runs commands');
  const namespaces = state.reason.startsWith('bwrap:')
    ? ' Usually this machine or container forbids user namespaces (on Ubuntu: `kernel.apparmor_restrict_unprivileged_userns`).'
    : '';
  return setupCheck(
    'codex-sandbox',
    'warning',
    `runs no commands: ${state.reason}`,
    `Reviews would be inconclusive, because the reviewer could not read the code.${namespaces}`,
  );
}

/** How long the real turn may take. Milliseconds. */
const defaultTestDeadline = 5 * 60_000;
const maxAnswer = 80;

/**
 * Asks the model for a word, which costs a little. `missing` with what failed otherwise: then reviews fail too.
 * @param deadline in ms
 */
export async function checkTurn(
  appServer: AppServer,
  request: Omit<TestTurn, 'signal'>,
  deadline = defaultTestDeadline,
): Promise<SetupCheck> {
  const begun = Date.now();
  const seconds = () => `${((Date.now() - begun) / 1000).toFixed(1)} s`;
  const signal = AbortSignal.timeout(deadline);
  try {
    const { text, model } = await appServer.use((connection) => testTurn(connection, { ...request, signal }));
    const said = text.replaceAll(/\s+/g, ' ').trim().slice(0, maxAnswer);
    return setupCheck('test', 'ok', `${model ?? 'Codex'} answered “${said}” after ${seconds()}`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return setupCheck('test', 'missing', `failed after ${seconds()}: ${error.message}`, error.advice);
  }
}
