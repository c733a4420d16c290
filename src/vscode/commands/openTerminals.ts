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

type Parts = Pick<CommandParts, 'app' | 'host'>;

/** Shows the session of Claude Code that works in the repository in a terminal of this window, or starts one. */
export async function openClaude({ app, host }: Parts): Promise<void> {
  app.requireTrust();
  const cwd = await chooseRepository(app);
  const launch = await claudeLaunch(host);
  ((await runningClaude(host, cwd, launch)) ?? openAgent(launch, { cwd, icon: claudeIcon })).show();
}

export async function openCodex({ app, host }: Parts): Promise<void> {
  app.requireTrust();
  const cwd = await chooseRepository(app);
  const launch = await codexLaunch(host);
  (findAgent(launch, cwd) ?? openAgent(launch, { cwd, icon: codexIcon })).show();
}

/** Goes on with a thread of Codex, beside the session of Claude Code that works in the repository, if one does. */
export async function openThread(
  { host }: Pick<Parts, 'host'>,
  { threadId, name, cwd }: Thread,
): Promise<void> {
  const launch = { ...(await codexLaunch(host, resumeArgs(threadId, cwd))), name };
  const claude = await runningClaude(host, cwd);
  if (!claude) openAgent(launch, { cwd, icon: codexIcon }).show();
  else pair(claude, await splitAgent(launch, claude));
}

interface Thread {
  threadId: string;
  /** Of the terminal. */
  name: string;
  /** Absolute real path of the repository's root. */
  cwd: string;
}

/** Which terminal was opened beside which: VS Code does not tell. */
const besides = new WeakMap<vscode.Terminal, vscode.Terminal>();

/** Both in one tab of the panel. One that runs already is taken, and the other one opened beside it. */
export async function openSideBySide({ app, host }: Parts): Promise<void> {
  app.requireTrust();
  const cwd = await chooseRepository(app);
  const [claude, codex] = [await claudeLaunch(host), await codexLaunch(host)];
  const left = await runningClaude(host, cwd, claude);
  const right = findAgent(codex, cwd);
  if (left && right && besides.get(left) === right) left.show();
  // Two that run in tabs of their own cannot be brought together: Claude's session is the one that is worth keeping.
  else if (left) pair(left, await splitAgent(codex, left));
  else if (right) pair(right, await splitAgent(claude, right));
  else pair(...openPair(claude, codex, cwd));
}

function openPair(claude: AgentLaunch, codex: AgentLaunch, cwd: string): [vscode.Terminal, vscode.Terminal] {
  const left = openAgent(claude, { cwd, icon: claudeIcon });
  const right = openAgent(codex, { cwd, icon: codexIcon, beside: left });
  // One is drawn only once it is shown.
  left.show();
  right.show(true);
  return [left, right];
}

function pair(one: vscode.Terminal, other: vscode.Terminal | undefined): void {
  if (!other) return;
  besides.set(one, other);
  besides.set(other, one);
}

const claudeIcon = 'sparkle';
const codexIcon = 'terminal';

/**
 * One that the user has started by hand counts as well; of several the one in front, or beside a Codex.
 * @param launch to find also one of ours that has no session yet
 */
async function runningClaude(
  host: Parts['host'],
  cwd: string,
  launch?: AgentLaunch,
): Promise<vscode.Terminal | undefined> {
  const terminals = (await claudeTerminals(host, cwd)).map(({ terminal }) => terminal);
  return (
    terminals.find((terminal) => terminal === vscode.window.activeTerminal) ??
    terminals.find((terminal) => besides.get(terminal)?.exitStatus === undefined && besides.has(terminal)) ??
    terminals.at(-1) ??
    (launch && findAgent(launch, cwd))
  );
}
