import * as vscode from 'vscode';
import { CancelledError, UserError } from '../../base/errors.ts';
import type { AppServerConnection } from '../../codex/connection.ts';
import { loginWithApiKey } from '../../codex/login.ts';
import { loginWithBrowser, loginWithDeviceCode } from '../../codex/webLogin.ts';
import type { CommandParts } from '../commands.ts';
import { plainText } from '../errorMessage.ts';

const title = 'Log In to Codex';
const copyAndOpen = 'Copy Code and Open Page';

type Parts = Pick<CommandParts, 'app' | 'host' | 'errors'>;
type LogIn = (connection: AppServerConnection, parts: Parts) => Promise<void>;

/**
 * Logs Codex in, in the way that the user chooses; Codex keeps the login.
 * @throws CancelledError if the user thinks better of it, UserError if it fails
 */
export async function logIn(parts: Parts): Promise<void> {
  const picked = await vscode.window.showQuickPick(choices(), {
    title,
    placeHolder: 'How? Codex itself keeps the login',
    ignoreFocusOut: true,
  });
  if (!picked) throw new CancelledError();
  await parts.app.appServer.use((connection) => picked.run(connection, parts));
}

function choices(): (vscode.QuickPickItem & { run: LogIn })[] {
  const browser = {
    label: 'ChatGPT, in the browser',
    description: 'the page leads back to the machine that Codex runs on',
    run: inBrowser,
  };
  const code = {
    label: 'ChatGPT, with a code',
    description: 'on this or any other device',
    run: withCode,
  };
  const key = { label: 'API key of OpenAI', description: 'billed by use', run: withKey };
  // From another machine's browser the way back leads nowhere.
  return vscode.env.remoteName === undefined ? [browser, code, key] : [code, browser, key];
}

const inBrowser: LogIn = async (connection, { host }) =>
  cancellable('Finish the login to Codex in the browser', (signal) =>
    loginWithBrowser(connection, { signal, logger: host.logger, onUrl: openPage }),
  );

const withCode: LogIn = async (connection, { host, errors }) =>
  cancellable('Finish the login to Codex on its page', (signal) =>
    loginWithDeviceCode(connection, {
      signal,
      logger: host.logger,
      // Its answer is not waited for: the login may be finished without it.
      onCode: (url, code) => errors.run(() => showCode(url, code)),
    }),
  );

const withKey: LogIn = async (connection) => {
  const key = await vscode.window.showInputBox({
    title,
    prompt: 'API key of OpenAI. It is handed to Codex, which keeps it; Tandem does not.',
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) throw new CancelledError();
  await loginWithApiKey(connection, key);
};

async function showCode(url: string, code: string): Promise<void> {
  const text = plainText(`Type the code ${code} on the page ${url} to log in to Codex.`);
  const answer = await vscode.window.showInformationMessage(text, copyAndOpen);
  if (answer !== copyAndOpen) return;
  await vscode.env.clipboard.writeText(code);
  await openPage(url);
}

async function openPage(url: string): Promise<void> {
  if (!/^https?:\/\//i.test(url)) throw new UserError('Codex named a login page that is no web page.');
  await vscode.env.openExternal(vscode.Uri.parse(url, true));
}

function cancellable(message: string, work: (signal: AbortSignal) => Promise<void>): Thenable<void> {
  const options = { location: vscode.ProgressLocation.Notification, title: message, cancellable: true };
  return vscode.window.withProgress(options, async (_progress, cancellation) => {
    const abort = new AbortController();
    const watching = cancellation.onCancellationRequested(() => abort.abort());
    try {
      await work(abort.signal);
    } finally {
      watching.dispose();
    }
  });
}
