import { UserError, messageOf } from '../base/errors.ts';
import type { SetupCheck } from '../protocol/bridge.ts';
import { type AppServer, isLoggedOut, loginAdvice } from './appServer.ts';

/** Proves that Codex works as far as that costs nothing: found, started, new enough, logged in. */
export async function checkCodex(appServer: AppServer): Promise<SetupCheck[]> {
  try {
    const connection = await appServer.connect();
    const { state } = appServer;
    const file = state.kind === 'running' ? state.file : '';
    const found: SetupCheck = {
      id: 'codex',
      title: 'Codex',
      state: 'ok',
      detail: `${connection.version} at ${file}`,
    };
    return [found, checkLogin(await isLoggedOut(connection))];
  } catch (error) {
    const advice = error instanceof UserError ? error.advice : undefined;
    return [
      {
        id: 'codex',
        title: 'Codex',
        state: 'missing',
        detail: messageOf(error),
        ...(advice !== undefined && { advice }),
      },
    ];
  }
}

function checkLogin(loggedOut: boolean): SetupCheck {
  const check = { id: 'codex-login', title: 'Codex login' } as const;
  return loggedOut
    ? { ...check, state: 'missing', detail: 'not logged in', advice: loginAdvice }
    : { ...check, state: 'ok', detail: 'logged in, or its provider needs no login' };
}
