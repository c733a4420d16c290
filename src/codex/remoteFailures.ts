import { UserError, errorCode } from '../base/errors.ts';
import { oneLine } from '../base/printable.ts';
import { AppServerEnded, AppServerError } from './connection.ts';
import { type Endpoint, endpointAdvice } from './endpoint.ts';

/** A server elsewhere could not be reached, which may be better in a moment. */
export class Unreachable extends UserError {
  override readonly name = 'Unreachable';
}

const startAdvice =
  'Start it there (`codex app-server --listen …`), or correct the setting `tandem.appServer.endpoint`.';
const tokenAdvice =
  'Run `Tandem: Set App Server Token…`; in a terminal set TANDEM_APP_SERVER_TOKEN or TANDEM_APP_SERVER_TOKEN_FILE.';

/**
 * What an error of the connection means, by Node's code for it.
 * @param timeout in ms
 */
export function connectFailure(endpoint: Endpoint, error: Error, timeout: number): UserError {
  const at = endpoint.text;
  const cause = { cause: error };
  const code = errorCode(error) ?? '';
  switch (code) {
    case 'ECONNREFUSED':
      return new Unreachable(
        `No App Server listens at ${at}: the connection was refused.`,
        startAdvice,
        cause,
      );
    case 'ENOENT':
      return new Unreachable(`There is no socket of an App Server at ${at}.`, startAdvice, cause);
    case 'EACCES':
      return new UserError(`The socket ${at} belongs to another user.`, startAdvice, cause);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Unreachable(`The host of ${at} is not known (${code}).`, endpointAdvice, cause);
    case 'ENOTSOCK':
      return new UserError(`${at} is no socket.`, endpointAdvice, cause);
  }
  if (error.message.includes('handshake has timed out'))
    return new Unreachable(`${at} did not answer within ${timeout / 1000} s.`, startAdvice, cause);
  if (/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS/.test(code)) return certificateFailure(at, code, error);
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return notAnAppServer(at, 'it does not speak TLS', error);
  if (error.message.includes('socket hang up'))
    return new Unreachable(`What listens at ${at} hung up at once.`, startAdvice, cause);
  if (code.startsWith('HPE_') || /Sec-WebSocket|Upgrade header/.test(error.message))
    return notAnAppServer(at, 'it does not speak WebSocket', error);
  return new Unreachable(`No connection to the App Server at ${at}: ${error.message}`, startAdvice, cause);
}

/**
 * A certificate is never believed on request, and does not mend itself: nobody tries again until the user does.
 * VS Code adds the system's authorities to those that Node brings, Node alone does not.
 */
function certificateFailure(at: string, code: string, error: Error): UserError {
  const cause = { cause: error };
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return new UserError(
        `The certificate of ${at} has expired.`,
        'Renew it in the TLS proxy there. If it is still good, look at the clock of this machine.',
        cause,
      );
    case 'CERT_NOT_YET_VALID':
      return new UserError(
        `The certificate of ${at} is not valid yet.`,
        'Look at the clock of this machine, and of the one that made the certificate.',
        cause,
      );
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return new UserError(
        `The certificate of ${at} is for another host: ${namesOf(error)}.`,
        'Name the host in the setting `tandem.appServer.endpoint` as the certificate does, or give the TLS proxy there a certificate for this name.',
        cause,
      );
    default:
      return new UserError(
        `This machine does not trust the certificate of ${at}: ${error.message}.`,
        'Add the authority that issued it to those that this machine’s system trusts, or name its file in the environment variable NODE_EXTRA_CA_CERTS: in a terminal for `tandem`, for VS Code before it starts.',
        cause,
      );
  }
}

/** The names in the certificate that was shown, as Node lists them. */
function namesOf(error: Error): string {
  const { cert } = error as { cert?: { subjectaltname?: string } };
  return oneLine(cert?.subjectaltname ?? error.message, 200);
}

/**
 * What the HTTP status means that the server answered with instead of opening the WebSocket.
 * @param withToken one was sent
 */
export function refusal({ text: at }: Endpoint, status: number, withToken: boolean): UserError {
  if (status === 401)
    return new UserError(
      withToken
        ? `The App Server at ${at} refuses the token (HTTP 401).`
        : `The App Server at ${at} wants a token (HTTP 401), and none is set.`,
      tokenAdvice,
    );
  if (status === 403)
    return new UserError(`${at} refuses the connection (HTTP 403).`, 'Look at the proxy in front of it.');
  if (status >= 500)
    return new Unreachable(`The App Server at ${at} cannot be reached (HTTP ${status}).`, startAdvice);
  return notAnAppServer(at, `it answers with HTTP ${status}`);
}

/** The WebSocket was opened, but what is behind it does not introduce itself as Codex does. */
export function handshakeFailure(at: string, error: unknown): unknown {
  if (error instanceof AppServerError)
    return notAnAppServer(at, `it answers “${error.serverMessage}”`, error);
  if (error instanceof AppServerEnded && error.cause === 'lost')
    return new Unreachable(
      `The App Server at ${at} did not introduce itself. ${error.message}`,
      startAdvice,
      { cause: error },
    );
  return error;
}

export function notAnAppServer(at: string, why: string, cause?: unknown): UserError {
  return new UserError(`What listens at ${at} is no Codex App Server: ${why}.`, endpointAdvice, { cause });
}
