import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Host } from '../app.ts';
import { stateHome } from '../base/paths.ts';
import { type SettingId, readSetting } from './contributions.ts';
import { childEnvironment } from './environment.ts';

/** What the core needs, from a VS Code window. */
export function createHost(context: vscode.ExtensionContext, logger: vscode.LogOutputChannel): Host {
  return {
    kind: 'window',
    version: TANDEM_VERSION,
    logger,
    stateHome: stateHome(process.env),
    pluginSource: context.asAbsolutePath(path.join('dist', 'claude-plugin')),
    env: childEnvironment(process.env),
    folders: workspaceFolders,
    onDidChangeFolders: (listener: () => void, thisArgs?: unknown, disposables?: vscode.Disposable[]) =>
      vscode.workspace.onDidChangeWorkspaceFolders(() => listener.call(thisArgs), undefined, disposables),
    trusted: () => vscode.workspace.isTrusted,
    settings: () => ({
      codexPath: pathSetting('tandem.codex.path'),
      claudePath: pathSetting('tandem.claude.path'),
      reviewModel: readSetting(vscode.workspace, 'tandem.review.model'),
      reviewEffort: readSetting(vscode.workspace, 'tandem.review.effort'),
      baseBranch: readSetting(vscode.workspace, 'tandem.review.baseBranch'),
    }),
  };
}

/** The folders that are on this machine's disk. */
export function workspaceFolders(): string[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}

function pathSetting(id: SettingId): string {
  return readSetting(vscode.workspace, id).replace(/^~(?=[/\\])/, homedir());
}
