import * as vscode from 'vscode';
import { CancelledError } from '../../base/errors.ts';
import { readiness } from '../../claude/terminalSessions.ts';
import { fillClaudePanel, hasClaudePanel } from '../claudePanel.ts';
import {
  type ClaudeTerminal,
  type Handed,
  claudeTerminals,
  promptNewSession,
  promptSession,
} from '../claudeTerminals.ts';
import { type OfferedWay, type Way, type Ways, claudeWays } from '../claudeWays.ts';
import type { CommandParts } from '../commands.ts';
import { shortText } from '../errorMessage.ts';
import { readSetting } from '../settings.ts';

export interface PromptRequest {
  /** What is asked for, for the question which way to take. */
  readonly title: string;
  /** What it is about, in a few words. Text of users and models. */
  readonly subject: string;
  readonly repository: string;
  readonly prompt: string;
  /** Starts it as a task of Claude; left out where it is none. */
  readonly startTask?: () => Promise<unknown>;
}

/** Who has got a prompt, in words that follow “Given to”; and the session, where it is one that can be followed. */
export interface Recipient {
  readonly name: string;
  readonly handed: Handed | null;
}

/**
 * Gives Claude Code a prompt in the way that the user chooses.
 * @throws UserError if it was not taken, CancelledError if no way is chosen, or the user sees what leaves the machine and
 * thinks better of it
 */
export async function promptClaude(
  { host, leaving }: Pick<CommandParts, 'host' | 'leaving'>,
  { title, ...request }: PromptRequest,
): Promise<Recipient> {
  const { subject, repository, prompt, startTask } = request;
  const sessions = await claudeTerminals(host, repository);
  const ways = claudeWays({
    sessions: sessions.map((session) => ({
      session,
      name: session.terminal.name,
      readiness: readiness(session.session),
    })),
    hasPanel: hasClaudePanel(),
    length: prompt.length,
    canBeTask: startTask !== undefined,
    preference: readSetting(vscode.workspace, 'tandem.fix.claude'),
  });
  const way = ways.obvious ?? (await ask(shortText(`${title}: ${subject}`, 100), ways));
  // A session that works there has had its part of the repository already.
  if (way.kind !== 'session')
    await leaving.confirmWork(way.kind === 'task' ? 'task' : 'session', ['claude'], repository);
  return take(way, { host, ...request });
}

async function ask(title: string, { offered }: Ways<ClaudeTerminal>): Promise<Way<ClaudeTerminal>> {
  const items: (vscode.QuickPickItem & Pick<OfferedWay<ClaudeTerminal>, 'way'>)[] = [...offered];
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: 'Where is Claude Code to get this?',
    ignoreFocusOut: true,
  });
  if (!picked) throw new CancelledError();
  return picked.way;
}

async function take(
  way: Way<ClaudeTerminal>,
  { host, ...request }: Pick<CommandParts, 'host'> & Omit<PromptRequest, 'title'>,
): Promise<Recipient> {
  switch (way.kind) {
    case 'session':
      return named(await promptSession(host, way.session, request.prompt));
    case 'new terminal':
      return named(await promptNewSession(host, request));
    case 'task':
      await request.startTask?.();
      return { name: 'Claude Code, as a task in the background', handed: null };
    case 'panel':
      await fillClaudePanel(request.prompt);
      return { name: 'Claude’s own panel, where it is still to be sent', handed: null };
  }
}

function named(handed: Handed): Recipient {
  return { name: `Claude Code in terminal “${handed.terminal.name}”`, handed };
}
