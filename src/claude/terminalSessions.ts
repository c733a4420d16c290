import { type ProcessRow, processRow } from '../base/processTable.ts';
import type { RunningSession } from '../protocol/claudeSession.ts';

/** An interactive session of Claude Code, and the terminal that it runs in. */
export interface TerminalSession<T> {
  readonly terminal: T;
  readonly session: RunningSession;
}

/** A terminal by the process that it was opened with: a shell, or Claude Code itself. */
export interface TerminalProcess<T> {
  readonly terminal: T;
  readonly pid: number;
}

/** What a session that runs says of itself. Only what is `free` takes a prompt. */
export type Readiness = 'free' | 'busy' | 'asks' | 'unknown';

export function readiness({ status }: RunningSession): Readiness {
  switch (status) {
    case 'idle':
    case 'shell':
      return 'free';
    case 'busy':
      return 'busy';
    case 'waiting':
      return 'asks';
    default:
      return 'unknown';
  }
}

type Lookup = (pid: number) => ProcessRow | null;

/**
 * The sessions that what is typed into one of these terminals reaches. A suspended one is none of them: what is typed then
 * goes to the shell. Where the platform tells nothing of processes (Windows), only a terminal that is Claude Code itself
 * is known.
 */
export function sessionsIn<T>(
  terminals: readonly TerminalProcess<T>[],
  sessions: readonly RunningSession[],
  row: Lookup = processRow,
): TerminalSession<T>[] {
  const byPid = new Map(terminals.map(({ terminal, pid }) => [pid, terminal]));
  return sessions.flatMap((session) => {
    // What has no status is no prompt: `claude -p`, or one that is only starting.
    if (session.status === null || !isTypedTo(session, row)) return [];
    const terminal = nearest(session.pid, byPid, row);
    return terminal === undefined ? [] : [{ terminal, session }];
  });
}

/** Whether what is typed into its terminal goes to the session and not to somebody else. */
export function isTypedTo({ pid }: RunningSession, row: Lookup = processRow): boolean {
  return row(pid)?.inForeground ?? true;
}

function nearest<T>(pid: number, terminals: ReadonlyMap<number, T>, row: Lookup): T | undefined {
  const seen = new Set<number>();
  for (let at: number | undefined = pid; at !== undefined && at > 1 && !seen.has(at); at = row(at)?.parent) {
    const terminal = terminals.get(at);
    if (terminal !== undefined) return terminal;
    seen.add(at);
  }
  return undefined;
}
