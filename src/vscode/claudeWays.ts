import type { Readiness } from '../claude/terminalSessions.ts';
import { shortText } from './errorMessage.ts';

/*
 * The ways to give Claude Code a prompt, and which of them the user is asked about. Pure.
 */

/** A session in a terminal of this window. */
export interface SessionSeen<S> {
  readonly session: S;
  /** Of its terminal. A program may have set it. */
  readonly name: string;
  readonly readiness: Readiness;
}

export interface WaysSeen<S> {
  /** Those that work in the repository. */
  readonly sessions: readonly SessionSeen<S>[];
  /** The official extension is installed. */
  readonly hasPanel: boolean;
  /** Of the prompt; characters. */
  readonly length: number;
  /** It is work that a job can do: `claude -p` in a worktree, whose change waits for a decision. */
  readonly canBeTask: boolean;
  /** `terminal`: not asked where one terminal is meant. `background`: a task, wherever it can be one. */
  readonly preference: 'ask' | 'terminal' | 'background';
}

/** One way. */
export type Way<S> =
  | { readonly kind: 'session'; readonly session: S }
  | { readonly kind: 'new terminal' }
  | { readonly kind: 'task' }
  | { readonly kind: 'panel' };

export interface OfferedWay<S> {
  readonly way: Way<S>;
  readonly label: string;
  readonly description: string;
  /** For the new session: which ones cannot be had now, and why. */
  readonly detail?: string;
}

/**
 * The panel is filled by a link (see claudePanel.ts). How much it takes is documented for the same link of the program
 * itself only: 5,000 characters.
 */
export const maxPanelPrompt = 5_000;

/** Of a terminal. Characters. */
const maxName = 40;

export interface Ways<S> {
  readonly offered: readonly OfferedWay<S>[];
  /** The one that is taken without a question; null where the user is to choose. */
  readonly obvious: Way<S> | null;
}

/** In the order in which they are offered. */
export function claudeWays<S>({ sessions, hasPanel, length, canBeTask, preference }: WaysSeen<S>): Ways<S> {
  const free = sessions.filter(({ readiness }) => readiness === 'free');
  const taken = sessions.filter(({ readiness }) => readiness !== 'free');
  const wantsPanel = hasPanel && sessions.length === 0;
  const notes = [
    ...taken.map(
      (one) =>
        `The session in terminal “${shortText(one.name, maxName)}” ${reasons[one.readiness]}, and is left alone.`,
    ),
    ...(wantsPanel && length > maxPanelPrompt ? ['This is too long for Claude’s own panel.'] : []),
  ];
  const offered: OfferedWay<S>[] = [
    ...free.map(({ session, name }) => ({
      way: { kind: 'session', session } as const,
      label: `$(terminal) The session in terminal “${shortText(name, maxName)}”`,
      description: 'waits for a prompt',
      detail: 'What you have begun to type there goes with it.',
    })),
    {
      way: { kind: 'new terminal' },
      label: '$(add) A new session',
      description: 'in a terminal',
      ...(notes.length > 0 && { detail: notes.join(' ') }),
    },
    ...(canBeTask ? [task] : []),
    ...(wantsPanel && length <= maxPanelPrompt ? [panel] : []),
  ];
  if (canBeTask && preference === 'background') return { offered, obvious: task.way };
  return { offered, obvious: obviousWay(offered, taken.length, preference) };
}

const task = {
  way: { kind: 'task' },
  label: '$(server-process) In the background',
  description: 'a task without a terminal; you see its change before it lands',
} as const;

const panel = {
  way: { kind: 'panel' },
  label: '$(link-external) Claude’s own panel',
  description: 'the prompt is filled in there; you send it',
} as const;

const reasons: Readonly<Record<Readiness, string>> = {
  free: 'is free',
  busy: 'is busy',
  asks: 'has a question or a dialog open',
  unknown: 'does not say whether it is free',
};

function obviousWay<S>(
  offered: readonly OfferedWay<S>[],
  taken: number,
  preference: WaysSeen<S>['preference'],
): Way<S> | null {
  // A session that is there and cannot be had is worth a question: the user may rather wait for it.
  if (preference !== 'terminal' || taken > 0) return null;
  const sessions = offered.filter(({ way }) => way.kind === 'session');
  if (sessions.length > 1) return null;
  return sessions[0]?.way ?? { kind: 'new terminal' };
}
