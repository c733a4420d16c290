import * as vscode from 'vscode';
import type { Host } from '../app/host.ts';
import { pause } from '../base/async.ts';
import { CancelledError, UserError } from '../base/errors.ts';
import { isInside } from '../base/paths.ts';
import { type PromptTarget, handOver } from '../claude/handOver.ts';
import { runningSession, runningSessions } from '../claude/sessions.ts';
import { type TerminalSession, readiness, sessionsIn } from '../claude/terminalSessions.ts';
import type { RunningSession } from '../protocol/claudeSession.ts';
import { claudeLaunch, openAgent } from './agentTerminals.ts';
import { shortText } from './errorMessage.ts';

export type ClaudeTerminal = TerminalSession<vscode.Terminal>;

/** A prompt that a session has taken. */
export interface Handed {
  readonly terminal: vscode.Terminal;
  readonly session: RunningSession;
  /** For `turnEnded`. */
  readonly since: number;
}

/** A terminal that has no process yet has no session either. Milliseconds. */
const processTime = 1_000;

/** The sessions of Claude Code in this window's terminals that work in a repository. */
export async function claudeTerminals({ env }: Host, repository: string): Promise<ClaudeTerminal[]> {
  const found = await sessionsOf(vscode.window.terminals, env);
  return found.filter(({ session }) => isInside(repository, session.cwd));
}

async function sessionsOf(
  terminals: readonly vscode.Terminal[],
  env: NodeJS.ProcessEnv,
): Promise<ClaudeTerminal[]> {
  const processes = await Promise.all(
    terminals.map(async (terminal) => {
      const pid = await Promise.race([terminal.processId, pause(processTime)]);
      return typeof pid === 'number' ? [{ terminal, pid }] : [];
    }),
  );
  return sessionsIn(processes.flat(), await runningSessions(env));
}

/**
 * Types a prompt into a session that runs, and sends it.
 * @throws UserError as `handOver`
 */
export async function promptSession(
  { env }: Host,
  { terminal, session }: ClaudeTerminal,
  prompt: string,
): Promise<Handed> {
  terminal.show(true);
  const since = await handOver(targetOf(env, terminal, session), prompt);
  return { terminal, session, since };
}

export function targetOf(
  env: NodeJS.ProcessEnv,
  terminal: vscode.Terminal,
  { pid }: Pick<RunningSession, 'pid'>,
): PromptTarget {
  return {
    look: () => runningSession(env, pid),
    // Neither a newline of VS Code's own, nor a shell: the program reads just this.
    type: (text) => terminal.sendText(text, false),
  };
}

/** Between two looks whether a new session is ready. Milliseconds. */
const startLook = 200;

/**
 * Starts a session in a new terminal, and gives it the prompt once it waits for one: whoever has to trust the folder or log
 * in there first does so meanwhile. Not as an argument of the program: others on this machine could read it there, VS Code
 * would start it with the same prompt again after a restart, and systems allow 32 KB (Windows) to 128 KB (Linux) only.
 * @param subject what it is about, in a few words; names the terminal
 * @throws UserError if it ends before, CancelledError
 */
export async function promptNewSession(
  host: Host,
  { repository, subject, prompt }: { repository: string; subject: string; prompt: string },
): Promise<Handed> {
  const launch = await claudeLaunch(host);
  const name = shortText(`Claude: ${subject}`, 40);
  const terminal = openAgent({ ...launch, name }, { cwd: repository, icon: 'sparkle' });
  terminal.show();
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: 'Claude Code starts; it gets the prompt as soon as it is ready.',
    cancellable: true,
  };
  const session = await vscode.window.withProgress(options, (_, cancellation) =>
    readySession(host, terminal, cancellation),
  );
  return promptSession(host, { terminal, session }, prompt);
}

async function readySession(
  { env }: Host,
  terminal: vscode.Terminal,
  cancellation: vscode.CancellationToken,
): Promise<RunningSession> {
  for (;;) {
    if (cancellation.isCancellationRequested) throw new CancelledError();
    if (terminal.exitStatus !== undefined)
      throw new UserError('Claude Code ended before it could be given the prompt.', 'Start it again.');
    const [found] = await sessionsOf([terminal], env);
    if (found && readiness(found.session) === 'free') return found.session;
    await pause(startLook);
  }
}
