import path from 'node:path';
import * as vscode from 'vscode';
import type { Host } from '../app/host.ts';
import { stateHome } from '../base/paths.ts';
import { askCheck } from './askCheck.ts';
import { codeProblems } from './codeProblems.ts';
import { askConsent } from './consent.ts';
import { childEnvironment } from './environment.ts';
import { readSettings } from './settings.ts';
import type { TokenStore } from './tokenStore.ts';

/** What the core needs, from a VS Code window. */
export function createHost(
  context: vscode.ExtensionContext,
  logger: vscode.LogOutputChannel,
  tokens: TokenStore,
): Host {
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
    settings: () => readSettings(vscode.workspace),
    appServerToken: (endpoint) => tokens.read(endpoint),
    askConsent,
    askCheck,
    problems: codeProblems,
  };
}

/** The folders that are on this machine's disk. */
export function workspaceFolders(): string[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}
