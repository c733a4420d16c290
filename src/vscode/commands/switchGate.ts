import path from 'node:path';
import * as vscode from 'vscode';
import type { CommandParts } from '../commands.ts';
import { chooseRepository } from '../repositories.ts';

/** Switches the review at the end of Claude's turns on or off, for one repository. */
export async function switchGate(
  { app, gateKeys }: Pick<CommandParts, 'app' | 'gateKeys'>,
  on: boolean,
): Promise<void> {
  app.requireTrust();
  const repository = await chooseRepository(app);
  await app.gates.switch(repository, on);
  await gateKeys.update();
  const name = path.basename(repository);
  void vscode.window.showInformationMessage(
    on
      ? `The stop-time review gate is on for ${name}: when Claude Code is about to stop, Codex reviews what it changed, and findings go back to Claude.`
      : `The stop-time review gate is off for ${name}.`,
  );
}
