import { startLoopback } from '../models/loopback.ts';
import { sendJson } from '../models/sse.ts';

/** A stand-in for OpenAI's account service and the part of ChatGPT's backend that a login asks. */
export interface LoginIssuer {
  /** For `CODEX_APP_SERVER_LOGIN_ISSUER`, which Codex 0.169 knows and 0.130 does not (measured). */
  readonly origin: string;
  /** For `createCodexHome`, so that the backend is asked here. */
  readonly modelUrl: string;
  /** As long as it was not, Codex is told "not yet". */
  codeWasTyped: boolean;
  /** ChatGPT's backend fails; the account service does not. */
  backendIsDown: boolean;
  /** What the account has used of its limits, as ChatGPT's backend tells it; null for an error. */
  usage: object | null;
  dispose(): Promise<void>;
}

export const email = 'ada@example.test';

export async function startLoginIssuer(): Promise<LoginIssuer> {
  const answers: Record<string, () => object | null> = {
    '/oauth/token': () => ({ id_token: token(), access_token: token(), refresh_token: 'refresh' }),
    '/api/accounts/deviceauth/usercode': () => ({
      device_auth_id: 'device',
      user_code: 'ABCD-1234',
      interval: '1',
    }),
    '/api/accounts/deviceauth/token': () =>
      issuer.codeWasTyped
        ? { authorization_code: 'code', code_challenge: 'challenge', code_verifier: 'verifier' }
        : null,
    '/backend-api/wham/accounts/check': () => (issuer.backendIsDown ? null : { accounts: [workspace] }),
    '/backend-api/wham/usage': () => issuer.usage,
  };
  const loopback = await startLoopback(async ({ url }, response) => {
    const body = answers[new URL(url, 'http://localhost').pathname]?.() ?? null;
    if (body === null) sendJson(response, 403, { error: { message: 'not here, or not yet' } });
    else sendJson(response, 200, body);
    await Promise.resolve();
  });
  const issuer: LoginIssuer = {
    origin: loopback.origin,
    modelUrl: `${loopback.origin}/v1`,
    codeWasTyped: false,
    backendIsDown: false,
    usage: null,
    dispose: () => loopback.dispose(),
  };
  return issuer;
}

const account = 'stand-in-account';
const workspace = {
  id: account,
  workspace_backend_origin: 'https://chatgpt.com',
  account_routing_override: 'NO_CONSTRAINT',
};

/** A token that nobody signed. */
function token(): string {
  const claims = {
    email,
    exp: 4_102_444_800,
    'https://api.openai.com/auth': {
      chatgpt_account_id: account,
      chatgpt_plan_type: 'plus',
      chatgpt_user_id: 'user',
      user_id: 'user',
    },
  };
  const parts = [JSON.stringify({ alg: 'none' }), JSON.stringify(claims), 'no signature'];
  return parts.map((part) => Buffer.from(part).toString('base64url')).join('.');
}
