import * as vscode from 'vscode';
import { resumeArgs } from '../../jobs/resumeCommand.ts';
import {
  type AgentLaunch,
  claudeLaunch,
  codexLaunch,
  findAgent,
  openAgent,
  splitAgent,
} from '../agentTerminals.ts';
import { claudeTerminals } from '../claudeTerminals.ts';
import type { CommandParts } from '../commands.ts';
import { chooseRepository } from '../repositories.ts';
import { type Thread, chooseThread } from './chooseThread.ts';

type Parts = Pick<CommandParts, 'app' | 'host' | 'list' | 'pairs'>;

/** Shows the session of Claude Code that works in the repository in a terminal of this window, or starts one. */
export async function openClaude(parts: Parts): Promise<void> {
  const { app, host } = parts;
  app.requireTrust();
  const cwd = await chooseRepository(app);
  const launch = await claudeLaunch(host);
  ((await runningClaude(parts, cwd, launch)) ?? openAgent(launch, { cwd, icon: claudeIcon })).show();
}

export async function openCodex({ app, host }: Parts): Promise<void> {
  app.requireTrust();
  const cwd = await chooseRepository(app);
  const launch = await codexLaunch(host);
  (findAgent(launch, cwd) ?? openAgent(launch, { cwd, icon: codexIcon })).show();
}

/** Goes on with a thread of Codex, beside the session of Claude Code that works in the repository, if one does. */
export async function openThread(
  parts: Pick<Parts, 'host' | 'pairs'>,
  thread: Thread,
  cwd: string,
): Promise<void> {
  const launch = await launchOf(parts, thread, cwd);
  const claude = await runningClaude(parts, cwd);
  if (claude) await openBeside(parts, claude, launch);
  else openAgent(launch, { cwd, icon: codexIcon }).show();
}

/**
 * Both in one tab of the panel. One that runs already is taken, and the other one opened beside it; a Codex that is opened goes
 * on with a thread of the repository, if the user wants it to.
 */
export async function openSideBySide(parts: Parts): Promise<void> {
  const { app, host, pairs } = parts;
  app.requireTrust();
  const cwd = await chooseRepository(app);
  const [claude, codex] = [await claudeLaunch(host), await codexLaunch(host)];
  const left = await runningClaude(parts, cwd, claude);
  const right = findAgent(codex, cwd);
  if (left && (await pairs.partnerOf(left))) left.show();
  else if (right && !left) await openBeside(parts, right, claude);
  else {
    const chosen = await launchOf(parts, await chooseThread(parts, cwd), cwd);
    // Two that run in tabs of their own cannot be brought together: Claude's session is the one that is worth keeping.
    if (left) await openBeside(parts, left, chosen);
    else await pairs.note(...openPair(claude, chosen, cwd));
  }
}

/** @param thread null for a new one */
async function launchOf(
  { host }: Pick<Parts, 'host'>,
  thread: Thread | null,
  cwd: string,
): Promise<AgentLaunch> {
  if (thread === null) return codexLaunch(host);
  const { threadId, name } = thread;
  return { ...(await codexLaunch(host, resumeArgs(threadId, cwd))), name };
}

async function openBeside(
  { pairs }: Pick<Parts, 'pairs'>,
  one: vscode.Terminal,
  launch: AgentLaunch,
): Promise<void> {
  const other = await splitAgent(launch, one);
  if (other) await pairs.note(one, other);
}

function openPair(claude: AgentLaunch, codex: AgentLaunch, cwd: string): [vscode.Terminal, vscode.Terminal] {
  const left = openAgent(claude, { cwd, icon: claudeIcon });
  const right = openAgent(codex, { cwd, icon: codexIcon, beside: left });
  // One is drawn only once it is shown.
  left.show();
  right.show(true);
  return [left, right];
}

const claudeIcon = 'sparkle';
const codexIcon = 'terminal';

/**
 * One that the user has started by hand counts as well; of several the one in front, or beside a Codex.
 * @param launch to find also one of ours that has no session yet
 */
async function runningClaude(
  { host, pairs }: Pick<Parts, 'host' | 'pairs'>,
  cwd: string,
  launch?: AgentLaunch,
): Promise<vscode.Terminal | undefined> {
  const terminals = (await claudeTerminals(host, cwd)).map(({ terminal }) => terminal);
  const active = terminals.find((terminal) => terminal === vscode.window.activeTerminal);
  if (active) return active;
  for (const terminal of terminals) if (await pairs.partnerOf(terminal)) return terminal;
  return terminals.at(-1) ?? (launch && findAgent(launch, cwd));
}
