import { oneLine } from '../base/printable.ts';
import type { AgentProgress, CommandCount, PlanStep } from '../jobs/agent.ts';
import { type Looks, noLooks } from '../jobs/observations.ts';
import type { AppServerNotification, ThreadItem, TurnError } from '../protocol/appServer.ts';
import type { ProposedFile } from '../protocol/approval.ts';
import type { Phase, WaitReason } from '../protocol/job.ts';
import { withLook } from './looks.ts';

import { type ToldEnds, endedItems, noToldEnds, withBegun, withOutput, withoutEnded } from './toldEnds.ts';
import { type FailedEnd, type TurnEnd, endOf, failedBy } from './turnEnd.ts';
import { type Usage, noUsage, withAnswer, withThreadTotal } from './usage.ts';

/** A file that Codex changed with its own tool. Absolute path. */
export interface FileChange {
  path: string;
  kind: 'add' | 'update' | 'delete';
}

/** Longer lines of it are cut. Characters. */
const maxLine = 200;
/** Longer plans are cut. */
const maxSteps = 50;
/** What a larger diff adds is not shown while the turn runs. Characters. */
const maxDiff = 4_000_000;

/** All that is known of a running turn, folded from the notifications of its thread. */
export interface TurnState {
  /**
   * The turn that `turn/interrupt` wants. A review has two turn ids: `review/start` answers with one, `turn/started`
   * brings the other (facts: app-server.md, rule 4).
   */
  activeTurn: string | null;
  progress: AgentProgress;
  commands: CommandCount;
  /** What it was seen looking at. */
  looks: Looks;
  usage: Usage;
  /** What the agent means to do, as it said last. */
  plan: readonly PlanStep[];
  /** What it changed with its own tool, as git prints it, bounded; commands may have changed more. */
  diff: string;
  /** Commands that have begun and not ended, by their ids. */
  openCommands: readonly string[];
  /** What else is known of their ends; see `withToldEnds`. */
  toldEnds: ToldEnds;
  /** Changes of files that have begun and not ended, by their ids; one that was refused may never end. */
  openChanges: Readonly<Record<string, readonly ProposedFile[]>>;
  /** What the agent said, in order; the last one is its answer. */
  messages: string[];
  /** The last version of each file's change. */
  changes: FileChange[];
  /** Texts of the model's own messages, as raw response items: a reviewer's JSON is among them. */
  rawMessages: string[];
  /** A review as Codex renders it for people. */
  renderedText: string | null;
  /** A fatal error; `turn/completed` usually follows, but not always (facts: app-server.md, rule 6). */
  fatalError: FailedEnd | null;
  /** For a while nobody listened: raw messages may be missing. */
  hasGap: boolean;
  end: TurnEnd | null;
}

export const initialTurnState: TurnState = {
  activeTurn: null,
  progress: { phase: 'starting' },
  commands: { succeeded: 0, failed: 0, lastFailure: null },
  looks: noLooks,
  usage: noUsage,
  plan: [],
  diff: '',
  openCommands: [],
  toldEnds: noToldEnds,
  openChanges: {},
  messages: [],
  changes: [],
  rawMessages: [],
  renderedText: null,
  fatalError: null,
  hasGap: false,
  end: null,
};

/** The state after a notification of the turn's own thread. Pure. */
export function foldTurn(state: TurnState, notification: AppServerNotification): TurnState {
  switch (notification.method) {
    case 'error':
      return foldError(state, notification.params.error, notification.params.willRetry);
    case 'thread/status/changed':
      return foldStatus(state, notification.params.status.activeFlags);
    case 'turn/started':
      return { ...state, activeTurn: notification.params.turn.id };
    case 'item/started':
      return startItem(opened(connected(state), notification.params.item), notification.params.item);
    case 'item/completed':
      return completeItem(connected(state), notification.params.item);
    case 'turn/plan/updated':
      return foldPlan(connected(state), notification.params.plan);
    case 'turn/diff/updated':
      return foldDiff(state, notification.params.diff);
    case 'rawResponseItem/completed':
      return {
        ...state,
        rawMessages: [...state.rawMessages, ...assistantTexts(notification.params.item)],
        toldEnds: withOutput(state.toldEnds, notification.params.item),
      };
    case 'rawResponse/completed':
      return { ...state, usage: withAnswer(state.usage, notification.params.usage) };
    case 'thread/tokenUsage/updated':
      return { ...state, usage: withThreadTotal(state.usage, notification.params.tokenUsage.total) };
    case 'turn/completed':
      return { ...state, end: endOf(notification.params.turn, state.fatalError) };
  }
}

/** Once nothing more is told: commands whose end the model was given have ended. Pure. */
export function withToldEnds(state: TurnState): TurnState {
  return endedItems(state.toldEnds).reduce(completeItem, state);
}

/** Offline is not an error: Codex tries for ever (facts: app-server.md, rule 7). */
function foldError(state: TurnState, error: TurnError, willRetry: boolean): TurnState {
  if (!willRetry) return { ...state, fatalError: failedBy(error) };
  const waitingFor: WaitReason = isLimit(error) ? 'limit' : 'network';
  const details = error.additionalDetails === null ? '' : ` (${error.additionalDetails})`;
  return withProgress(state, { waitingFor, activity: short(`${error.message}${details}`) });
}

/** While it is tried again only words may tell. */
function isLimit({ codexErrorInfo, message, additionalDetails }: TurnError): boolean {
  return /usageLimit|rateLimit|\b429\b|too many requests/i.test(
    `${JSON.stringify(codexErrorInfo)} ${message} ${additionalDetails ?? ''}`,
  );
}

/** `waitingOnApproval` and `waitingOnUserInput` stand there as long as a question is open. */
function foldStatus(state: TurnState, activeFlags: readonly string[]): TurnState {
  const isAsking = activeFlags.some((flag) => flag.startsWith('waitingOn'));
  if (isAsking) return withProgress(state, { waitingFor: 'approval' });
  return state.progress.waitingFor === 'approval' ? withProgress(state, { waitingFor: null }) : state;
}

/** Whatever arrives from the model shows that the connection is back. */
function connected(state: TurnState): TurnState {
  const { waitingFor } = state.progress;
  const isBack = waitingFor === 'network' || waitingFor === 'limit';
  return isBack ? withProgress(state, { waitingFor: null }) : state;
}

function opened(state: TurnState, item: ThreadItem): TurnState {
  const { type, id } = item;
  if (id === null) return state;
  if (type === 'commandExecution')
    return {
      ...state,
      openCommands: [...state.openCommands, id],
      toldEnds: withBegun(state.toldEnds, item),
    };
  if (type !== 'fileChange') return state;
  return { ...state, openChanges: { ...state.openChanges, [id]: item.changes.map(proposed) } };
}

function proposed({ path, kind, diff }: ThreadItem['changes'][number]): ProposedFile {
  const trailer = kind.move_path === null ? '' : `\n\nMoved to: ${kind.move_path}`;
  const text = trailer !== '' && diff.endsWith(trailer) ? diff.slice(0, -trailer.length) : diff;
  return { path, kind: changeKind(kind.type), movedTo: kind.move_path, diff: text };
}

/** The review mode is left before its text is repeated as a message: that is not writing again. */
function startItem(state: TurnState, item: ThreadItem): TurnState {
  const progress = state.progress.phase === 'finishing' ? null : progressOf(item);
  return progress ? withProgress(state, progress) : state;
}

function completeItem(state: TurnState, item: ThreadItem): TurnState {
  switch (item.type) {
    case 'exitedReviewMode':
      return { ...state, renderedText: item.review };
    case 'agentMessage':
      return item.text === null || item.text === ''
        ? state
        : { ...state, messages: [...state.messages, item.text] };
    case 'commandExecution':
      return {
        ...state,
        commands: count(state.commands, item),
        looks: withLook(state.looks, item),
        openCommands: state.openCommands.filter((id) => id !== item.id),
        toldEnds: withoutEnded(state.toldEnds, item.id),
      };
    case 'mcpToolCall':
      return { ...state, looks: withLook(state.looks, item) };
    case 'fileChange':
      return completeChange(state, item);
    default:
      return state;
  }
}

function completeChange(state: TurnState, item: ThreadItem): TurnState {
  const openChanges = Object.fromEntries(Object.entries(state.openChanges).filter(([id]) => id !== item.id));
  const changes = item.status === 'completed' ? merged(state.changes, item) : state.changes;
  return { ...state, openChanges, changes };
}

function count({ succeeded, failed, lastFailure }: CommandCount, item: ThreadItem): CommandCount {
  return item.status === 'completed'
    ? { succeeded: succeeded + 1, failed, lastFailure }
    : { succeeded, failed: failed + 1, lastFailure: lastLine(item.aggregatedOutput) };
}

function merged(known: readonly FileChange[], item: ThreadItem): FileChange[] {
  const changed = item.changes.map(({ path, kind }) => ({ path, kind: changeKind(kind.type) }));
  return [...known.filter(({ path }) => changed.every((change) => change.path !== path)), ...changed];
}

function changeKind(type: string | null): FileChange['kind'] {
  return type === 'add' || type === 'delete' ? type : 'update';
}

function foldPlan(state: TurnState, plan: readonly { step: string; status: string | null }[]): TurnState {
  const steps = plan
    .slice(0, maxSteps)
    .map(({ step, status }) => ({ text: short(step), state: stepState(status) }));
  const planned = { ...state, plan: steps };
  const at = plan.findIndex(({ status }) => status === 'inProgress');
  const current = plan[at];
  if (!current) return planned;
  return withProgress(planned, { activity: short(`Step ${at + 1} of ${plan.length}: ${current.step}`) });
}

function stepState(status: string | null): PlanStep['state'] {
  return status === 'completed' || status === 'inProgress' ? status : 'pending';
}

/** It is told several times for each change (facts: app-server.md, 4.4). */
function foldDiff(state: TurnState, diff: string): TurnState {
  return diff === state.diff || diff.length > maxDiff ? state : { ...state, diff };
}

function withProgress(state: TurnState, progress: AgentProgress): TurnState {
  return { ...state, progress: { ...state.progress, ...progress } };
}

/** What a started item says about the phase; null for items that say nothing. */
function progressOf(item: ThreadItem): AgentProgress | null {
  switch (item.type) {
    case 'enteredReviewMode':
      return { phase: 'starting' };
    case 'reasoning':
      return { phase: 'reasoning' };
    case 'commandExecution':
      return {
        phase: commandPhase(item),
        activity: short(item.commandActions[0]?.command ?? item.command ?? ''),
      };
    case 'fileChange':
      return { phase: 'writing', activity: short(item.changes.map(({ path }) => path).join(', ')) };
    case 'mcpToolCall':
      return { phase: 'running a command', activity: short(item.tool ?? '') };
    case 'webSearch':
      return { phase: 'reading', activity: short(item.query ?? '') };
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

function lastLine(text: string | null): string | null {
  const line = text?.trim().split('\n').at(-1);
  return line === undefined || line === '' ? null : short(line);
}

function short(text: string): string {
  return oneLine(text, maxLine);
}
