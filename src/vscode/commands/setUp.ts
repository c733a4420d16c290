import * as vscode from 'vscode';
import type { CommandParts } from '../commands.ts';
import { plainText } from '../errorMessage.ts';
import { workspaceFolders } from '../host.ts';
import { type SetupAction, offeredActions, setupActions, setupSummary } from '../setupActions.ts';
import { installCodex } from './installCodex.ts';
import { logIn } from './logIn.ts';

type Parts = Pick<CommandParts, 'app' | 'host' | 'errors' | 'documents' | 'plugin' | 'gateKeys'>;

/**
 * Checks what reviews and slash commands need, shows the report, and offers what helps; after each step it looks anew,
 * until the user has had enough.
 */
export async function setUp(parts: Parts): Promise<void> {
  parts.app.requireTrust();
  for (let action = await check(parts, false); action !== null;)
    action = await check(parts, await act(parts, action));
}

/** @returns what the user wants done about it */
async function check({ app, documents, gateKeys }: Parts, test: boolean): Promise<SetupAction | null> {
  const title = test ? 'Asking Codex for a first answer' : 'Checking the set-up of Tandem';
  const result = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title },
    () => app.setup({ cwd: workspaceFolders()[0] ?? app.stateHome, session: null, test }),
  );
  await documents.showSetUp(result.markdown);
  await gateKeys.update();
  const useless = [...(test ? ['test'] : []), ...(app.appServer.isRemote ? ['install'] : [])];
  const offered = offeredActions(result.checks).filter((action) => !useless.includes(action));
  const labels = offered.map((action) => setupActions[action]);
  const chosen = await vscode.window.showInformationMessage(plainText(setupSummary(result)), ...labels);
  return offered.find((action) => setupActions[action] === chosen) ?? null;
}

/** @returns true if Codex is to be tested next */
async function act(parts: Parts, action: SetupAction): Promise<boolean> {
  switch (action) {
    case 'install':
      await installCodex(parts.host.env);
      return false;
    case 'logIn':
      await logIn(parts);
      return false;
    case 'plugin':
    case 'repair':
      await parts.plugin.install();
      return false;
    case 'test':
      return true;
  }
}
