import path from 'node:path';
import { UserError } from '../base/errors.ts';

/** Where an App Server listens that is not ours (setting `tandem.appServer.endpoint`). */
export type Endpoint =
  /** WebSocket over a Unix socket. */
  | { readonly kind: 'socket'; readonly file: string; readonly text: string }
  | {
      readonly kind: 'network';
      readonly url: string;
      readonly isEncrypted: boolean;
      /** On this machine: what is sent there goes over no network. */
      readonly isLoopback: boolean;
      /** As it is shown, and as its token is kept under: without a query, which may hold a secret. */
      readonly text: string;
    };

const setting = 'tandem.appServer.endpoint';

export const endpointAdvice = `Correct the setting \`${setting}\`: \`wss://HOST/\`, \`ws://127.0.0.1:PORT\` or \`unix:///PATH\`; empty for an App Server of Tandem’s own.`;

/**
 * Reads the setting; null if it is empty.
 * @throws UserError if it is no endpoint, or holds a password, which settings are no place for.
 */
export function parseEndpoint(value: string, platform = process.platform): Endpoint | null {
  const text = value.trim();
  if (text === '') return null;
  return text.startsWith('unix:') ? socketEndpoint(text, platform) : networkEndpoint(text);
}

/** Codex's own form is `unix://PATH` (facts: app-server.md, 6.3), which is no URL: the path is taken as it is written. */
function socketEndpoint(text: string, platform: NodeJS.Platform): Endpoint {
  const file = text.replace(/^unix:(\/\/)?/, '');
  if (platform === 'win32')
    throw new UserError('Windows has no App Servers on Unix sockets.', endpointAdvice);
  if (!path.posix.isAbsolute(file))
    throw new UserError(`“${text}” names no socket by its absolute path.`, endpointAdvice);
  return { kind: 'socket', file, text: `unix://${file}` };
}

function networkEndpoint(text: string): Endpoint {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['ws:', 'wss:'].includes(url.protocol) || url.hostname === '')
    throw new UserError(`“${withoutSecrets(text)}” is no address of an App Server.`, endpointAdvice);
  if (url.username !== '' || url.password !== '')
    throw new UserError(
      'The address of the App Server holds a user name or password.',
      'Settings are no place for secrets: leave it out, and use `Tandem: Set App Server Token…`.',
    );
  url.hash = '';
  const isEncrypted = url.protocol === 'wss:';
  const shown = `${url.origin === 'null' ? `${url.protocol}//${url.host}` : url.origin}${url.pathname}`;
  return { kind: 'network', url: url.href, isEncrypted, isLoopback: isLoopback(url.hostname), text: shown };
}

/** What was typed in the wrong place may be a token. */
function withoutSecrets(text: string): string {
  return text.replace(/\/\/[^/]*@/, '//…@').replace(/[?#].*$/, '');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/**
 * The headers that log in with a token; none without one.
 * @throws UserError if it would go over a network unencrypted, or cannot be a header's value.
 */
export function loginHeaders(endpoint: Endpoint, token: string): Record<string, string> {
  if (token === '') return {};
  if (endpoint.kind === 'network' && !endpoint.isEncrypted && !endpoint.isLoopback)
    throw new UserError(
      `The token of the App Server is not sent to ${endpoint.text}: it would go over the network unencrypted, as would your code.`,
      'Use `wss://` (a TLS proxy in front of the App Server), or an SSH tunnel (`ssh -N -L 4500:127.0.0.1:4500 HOST`) and `ws://127.0.0.1:4500`.',
    );
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new UserError(
      'The token of the App Server holds characters that cannot be sent.',
      'Set it again, without spaces and line ends: `Tandem: Set App Server Token…`.',
    );
  return { Authorization: `Bearer ${token}` };
}
