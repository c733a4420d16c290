import * as vscode from 'vscode';
import { UserError } from '../base/errors.ts';
import { harmless } from '../claude/pastedPrompt.ts';
import { claudePanelId, panelQuery } from './claudePanelLink.ts';

/** Whether the official extension is there, with a panel of its own. */
export function hasClaudePanel(): boolean {
  return vscode.extensions.getExtension(claudePanelId) !== undefined;
}

/**
 * Opens a tab of the official extension with the prompt filled in; the user sends it.
 * @throws UserError if VS Code does not open the link
 */
export async function fillClaudePanel(prompt: string): Promise<void> {
  const link = vscode.Uri.from({
    scheme: vscode.env.uriScheme,
    authority: claudePanelId,
    path: '/open',
    query: panelQuery(harmless(prompt)),
  });
  if (!(await vscode.env.openExternal(link)))
    throw new UserError(
      'VS Code did not open the link to Claude’s panel.',
      'Copy the finding as a prompt instead.',
    );
}
