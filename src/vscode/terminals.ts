import type * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import { hostVariable } from '../protocol/discovery.ts';

/** Tells the programs in integrated terminals which window they are in. */
export function announceHost(
  variables: vscode.EnvironmentVariableCollection,
  discoveryFile: string,
): Disposable {
  // The file is gone with this window: a terminal that VS Code restores later must not name it.
  variables.persistent = false;
  variables.description = 'Lets Claude Code in this terminal reach Tandem in this window.';
  variables.replace(hostVariable, discoveryFile);
  return { dispose: () => variables.clear() };
}
