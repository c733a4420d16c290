import * as vscode from 'vscode';
import { CancelledError, UserError } from '../../base/errors.ts';
import { endpointAdvice, loginHeaders, parseEndpoint } from '../../codex/endpoint.ts';
import type { CommandParts } from '../commands.ts';

/**
 * Asks for the token of the App Server that the settings name, and keeps it in VS Code's secret storage.
 * @throws CancelledError if the user thinks better of it, UserError if there is no address to keep it for
 */
export async function setAppServerToken({ host, tokens }: Pick<CommandParts, 'host' | 'tokens'>) {
  const endpoint = parseEndpoint(host.settings().appServerEndpoint);
  if (endpoint === null) throw new UserError('No App Server elsewhere is set.', endpointAdvice);
  const typed = await vscode.window.showInputBox({
    title: 'Set App Server Token',
    prompt: `For ${endpoint.text}. Empty to forget it.`,
    password: true,
    ignoreFocusOut: true,
  });
  if (typed === undefined) throw new CancelledError();
  const token = typed.trim();
  // What could not be sent is better refused now.
  loginHeaders(endpoint, token);
  await tokens.write(endpoint.text, token);
  const done = token === '' ? 'forgotten' : 'kept';
  void vscode.window.showInformationMessage(`The token for ${endpoint.text} is ${done}.`);
}
