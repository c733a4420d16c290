import type { CommandCount, ReviewProgress } from '../jobs/reviewer.ts';
import type { AppServerNotification, ThreadItem } from '../protocol/appServer.ts';
import type { Phase } from '../protocol/job.ts';

/** How the review's turn ended. */
export type TurnEnd =
  | { readonly kind: 'completed' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly message: string };

/** All that is known of a running review, folded from the notifications of its thread. */
export interface ReviewState {
  /**
   * The inner turn, which `turn/interrupt` wants. A review has two turn ids: `review/start` answers with one,
   * `turn/started` brings the other (facts: app-server.md, rule 4).
   */
  innerTurn: string | null;
  progress: ReviewProgress;
  commands: CommandCount;
  /** Texts of the model's own messages, as raw response items: the reviewer's JSON is among them. */
  rawMessages: string[];
  /** The review as Codex renders it for people. */
  renderedText: string | null;
  /** A fatal error; `turn/completed` usually follows, but not always (facts: app-server.md, rule 6). */
  fatalError: string | null;
  end: TurnEnd | null;
}

export const initialReviewState: ReviewState = {
  innerTurn: null,
  progress: { phase: 'starting' },
  commands: { succeeded: 0, failed: 0, lastFailure: null },
  rawMessages: [],
  renderedText: null,
  fatalError: null,
  end: null,
};

/** The state after a notification of the review's own thread. Pure. */
export function foldReview(state: ReviewState, notification: AppServerNotification): ReviewState {
  switch (notification.method) {
    case 'turn/started':
      return { ...state, innerTurn: notification.params.turn.id };
    case 'item/started':
      return startItem(state, notification.params.item);
    case 'item/completed':
      return completeItem(state, notification.params.item);
    case 'rawResponseItem/completed':
      return { ...state, rawMessages: [...state.rawMessages, ...assistantTexts(notification.params.item)] };
    case 'error':
      return notification.params.willRetry
        ? { ...state, progress: { ...state.progress, activity: oneLine(notification.params.error.message) } }
        : { ...state, fatalError: notification.params.error.message };
    case 'turn/completed':
      return { ...state, end: endOf(notification.params.turn, state.fatalError) };
  }
}

/** The review mode is left before its text is repeated as a message: that is not writing again. */
function startItem(state: ReviewState, item: ThreadItem): ReviewState {
  const progress = state.progress.phase === 'finishing' ? null : progressOf(item);
  return progress ? { ...state, progress } : state;
}

function completeItem(state: ReviewState, item: ThreadItem): ReviewState {
  if (item.type === 'exitedReviewMode') return { ...state, renderedText: item.review };
  if (item.type !== 'commandExecution') return state;
  const { succeeded, failed, lastFailure } = state.commands;
  const commands =
    item.status === 'completed'
      ? { succeeded: succeeded + 1, failed, lastFailure }
      : { succeeded, failed: failed + 1, lastFailure: lastLine(item.aggregatedOutput) };
  return { ...state, commands };
}

function endOf(
  turn: { status: string | null; error: { message: string } | null },
  fatal: string | null,
): TurnEnd {
  if (turn.status === 'completed') return { kind: 'completed' };
  if (turn.status === 'interrupted') return { kind: 'interrupted' };
  return {
    kind: 'failed',
    message: turn.error?.message ?? fatal ?? `The turn ended as “${turn.status ?? 'unknown'}”.`,
  };
}

/** What a started item says about the phase; null for items that say nothing. */
function progressOf(item: ThreadItem): ReviewProgress | null {
  switch (item.type) {
    case 'enteredReviewMode':
      return { phase: 'starting' };
    case 'reasoning':
      return { phase: 'reasoning' };
    case 'commandExecution':
      return {
        phase: commandPhase(item),
        activity: oneLine(item.commandActions[0]?.command ?? item.command ?? ''),
      };
    case 'agentMessage':
      return { phase: 'writing' };
    case 'exitedReviewMode':
      return { phase: 'finishing' };
    default:
      return null;
  }
}

function commandPhase(item: ThreadItem): Phase {
  const reads = item.commandActions.some(
    ({ type }) => type === 'read' || type === 'search' || type === 'listFiles',
  );
  return reads ? 'reading' : 'running a command';
}

function assistantTexts(item: {
  type: string;
  role: string | null;
  content: { text: string | null }[];
}): string[] {
  if (item.type !== 'message' || item.role !== 'assistant') return [];
  const text = item.content.map((part) => part.text ?? '').join('');
  return text === '' ? [] : [text];
}

const maxActivityLength = 200;

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > maxActivityLength ? `${line.slice(0, maxActivityLength - 1)}…` : line;
}

function lastLine(text: string | null): string | null {
  const line = text?.trim().split('\n').at(-1);
  return line === undefined || line === '' ? null : oneLine(line);
}
