import path from 'node:path';
import * as vscode from 'vscode';
import type { Host } from '../app/host.ts';
import { locateClaude } from '../claude/locate.ts';
import { locateCodex } from '../codex/locate.ts';

/** A terminal whose program is an agent itself: a file and its arguments, no shell in between. */
export interface AgentLaunch {
  readonly name: string;
  readonly shellPath: string;
  readonly shellArgs: string[];
  readonly env: Record<string, string>;
}

/** @throws UserError if there is no Claude Code. */
export async function claudeLaunch(host: Host): Promise<AgentLaunch> {
  const { file } = await locateClaude(host.settings().claudePath, host.env);
  return { name: 'Claude Code', shellPath: file, shellArgs: [], env: {} };
}

/** @throws UserError if there is no Codex. */
export async function codexLaunch(host: Host, args: readonly string[] = []): Promise<AgentLaunch> {
  const codex = await locateCodex(host.settings().codexPath, host.env);
  const PATH = [...codex.pathFolders, host.env['PATH'] ?? ''].filter(Boolean).join(path.delimiter);
  return {
    name: 'Codex',
    shellPath: codex.file,
    shellArgs: [...codex.args, ...args],
    env: { ...codex.env, PATH },
  };
}

export interface TerminalPlace {
  /** Absolute real path of the repository's root. */
  readonly cwd: string;
  /** Beside this terminal instead of in a tab of its own. */
  readonly beside?: vscode.Terminal | undefined;
  readonly icon?: string;
}

export function openAgent(
  launch: AgentLaunch,
  { cwd, beside, icon = 'terminal' }: TerminalPlace,
): vscode.Terminal {
  return vscode.window.createTerminal({
    ...launch,
    cwd,
    iconPath: new vscode.ThemeIcon(icon),
    location: beside ? { parentTerminal: beside } : vscode.TerminalLocation.Panel,
  });
}

/**
 * Opens an agent beside a terminal that is there already, in whose folder it works. The API does that for new terminals only
 * (VS Code 1.139 looks the other one up by an id that it has given up); the command takes what the API would.
 * @returns undefined where VS Code has opened none
 */
export async function splitAgent(
  launch: AgentLaunch,
  parent: vscode.Terminal,
): Promise<vscode.Terminal | undefined> {
  const before = new Set(vscode.window.terminals);
  parent.show();
  const { name, shellPath: executable, shellArgs: args, env } = launch;
  const config = { name, executable, args, env };
  await vscode.commands.executeCommand('workbench.action.terminal.split', { config });
  return vscode.window.terminals.find((terminal) => !before.has(terminal));
}

/**
 * A terminal in which that program still runs, started by us in that folder, with these arguments or more: a Codex that goes
 * on with a thread is a Codex. Only since the last reload of the window: of older ones VS Code does not tell how they were
 * started (measured, 1.139).
 */
export function findAgent({ shellPath, shellArgs }: AgentLaunch, cwd: string): vscode.Terminal | undefined {
  return vscode.window.terminals.find(({ creationOptions, exitStatus }) => {
    if (exitStatus !== undefined || !('shellPath' in creationOptions)) return false;
    const { shellPath: file, shellArgs: args, cwd: folder } = creationOptions;
    const isSameProgram = file === shellPath && shellArgs.every((arg, place) => args?.[place] === arg);
    return isSameProgram && (typeof folder === 'string' ? folder : folder?.fsPath) === cwd;
  });
}
