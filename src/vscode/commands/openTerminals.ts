import type * as vscode from 'vscode';
import { claudeLaunch, codexLaunch, findAgent, openAgent } from '../agentTerminals.ts';
import { claudeTerminals } from '../claudeTerminals.ts';
import type { CommandParts } from '../commands.ts';
import { chooseRepository } from '../repositories.ts';

type Parts = Pick<CommandParts, 'app' | 'host'>;

/** Shows the session of Claude Code that works in the repository in a terminal of this window, or starts one. */
export async function openClaude({ app, host }: Parts): Promise<void> {
  app.requireTrust();
  const cwd = await chooseRepository(app);
  ((await runningClaude(host, cwd)) ?? openAgent(await claudeLaunch(host), { cwd, icon: claudeIcon })).show();
}

export async function openCodex({ app, host }: Parts): Promise<void> {
  app.requireTrust();
  const cwd = await chooseRepository(app);
  const launch = await codexLaunch(host);
  (findAgent(launch, cwd) ?? openAgent(launch, { cwd, icon: codexIcon })).show();
}

/** Which terminal was opened beside which: VS Code does not tell. */
const besides = new WeakMap<vscode.Terminal, vscode.Terminal>();

/** Both in one tab of the panel. One that runs already is taken, and the other one opened beside it. */
export async function openSideBySide({ app, host }: Parts): Promise<void> {
  app.requireTrust();
  const cwd = await chooseRepository(app);
  const [claude, codex] = [await claudeLaunch(host), await codexLaunch(host)];
  const left = await runningClaude(host, cwd);
  const right = findAgent(codex, cwd);
  if (left && right && besides.get(left) === right) {
    left.show();
    return;
  }
  // Two that run in tabs of their own cannot be brought together: Claude's session is the one that is worth keeping.
  const first = left ?? right ?? openAgent(claude, { cwd, icon: claudeIcon });
  const second =
    first === right
      ? openAgent(claude, { cwd, icon: claudeIcon, beside: first })
      : openAgent(codex, { cwd, icon: codexIcon, beside: first });
  // One is drawn only once it is shown; the second one where the first one is.
  first.show();
  second.show(true);
  besides.set(first, second);
  besides.set(second, first);
}

const claudeIcon = 'sparkle';
const codexIcon = 'terminal';

/** One that the user has started by hand counts as well. */
async function runningClaude(host: Parts['host'], cwd: string): Promise<vscode.Terminal | undefined> {
  const [found] = await claudeTerminals(host, cwd);
  return found?.terminal ?? findAgent(await claudeLaunch(host), cwd);
}
