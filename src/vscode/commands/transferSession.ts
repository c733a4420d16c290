import path from 'node:path';
import * as vscode from 'vscode';
import { CancelledError } from '../../base/errors.ts';
import { claudeFolder, findSessions, runningSessions } from '../../claude/sessions.ts';
import type { CommandParts } from '../commands.ts';
import { chooseRepository } from '../repositories.ts';

const title = 'Transfer Claude Session to Codex';

/** Asks which session of Claude Code is to go on in Codex, and takes it there. */
export async function transferSession({ app, host }: Pick<CommandParts, 'app' | 'host'>): Promise<void> {
  app.requireTrust();
  const repository = await chooseRepository(app);
  const source = await chooseSession(repository, host.env);
  await app.place({ kind: 'transfer', source }, { cwd: repository, origin: 'editor', session: null });
}

interface Choice extends vscode.QuickPickItem {
  /** Undefined: it is to be asked for. */
  file?: string;
}

async function chooseSession(repository: string, env: NodeJS.ProcessEnv): Promise<string> {
  const picked = await vscode.window.showQuickPick(choices(repository, env), {
    title,
    placeHolder: `Which session of Claude Code in ${path.basename(repository)}?`,
    matchOnDescription: true,
  });
  if (!picked) throw new CancelledError();
  return picked.file ?? chooseFile(env);
}

async function choices(repository: string, env: NodeJS.ProcessEnv): Promise<Choice[]> {
  const [sessions, running] = await Promise.all([findSessions(env, repository), runningSessions(env)]);
  const now = new Set(running.map(({ sessionId }) => sessionId));
  const another: Choice = { label: 'Another session…', description: 'by its transcript' };
  return [
    ...sessions.map(({ id, file, title: name, updatedAt }) => ({
      label: name === '' ? 'Session without a title' : name,
      description: `${new Date(updatedAt).toLocaleString()}${now.has(id) ? ', running' : ''}`,
      file,
    })),
    another,
  ];
}

async function chooseFile(env: NodeJS.ProcessEnv): Promise<string> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: 'Transfer',
      canSelectMany: false,
      filters: { 'Sessions of Claude Code': ['jsonl'] },
      defaultUri: vscode.Uri.file(path.join(claudeFolder(env), 'projects')),
    })) ?? [];
  if (!file) throw new CancelledError();
  return file.fsPath;
}
