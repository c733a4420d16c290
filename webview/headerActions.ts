import type { PageCommand } from '../src/protocol/findingsPage.ts';
import type { RunOutcome } from './run.ts';

/** What the top of the page tells of. */
export type HeaderKind = 'loading' | 'untrusted' | 'empty' | 'kept' | 'running' | RunOutcome;

export interface HeaderAction {
  readonly label: string;
  readonly command: PageCommand | 'compare';
  /** Id of the review that `compare` is about. */
  readonly run?: string;
  readonly look: 'primary' | 'secondary' | 'link';
  /** Says more than a short label. */
  readonly hint?: string;
}

const reviewAgain: HeaderAction = { label: 'Review Again', command: 'review', look: 'secondary' };
const tryAgain: HeaderAction = { label: 'Try Again', command: 'review', look: 'primary' };
const showLog: HeaderAction = { label: 'Show Log', command: 'showLog', look: 'secondary' };
export const restart: HeaderAction = { label: 'Restart Codex', command: 'restart', look: 'link' };
const showRaw: HeaderAction = { label: 'Show Raw Answer', command: 'showRaw', look: 'secondary' };
const rawAnswer: HeaderAction = {
  label: 'Raw Answer',
  command: 'showRaw',
  look: 'link',
  hint: 'Show Raw Answer',
};
const clear: HeaderAction = { label: 'Clear', command: 'clear', look: 'link', hint: 'Clear all findings' };

export const actions: Readonly<Record<Exclude<HeaderKind, 'loading'>, readonly HeaderAction[]>> = {
  untrusted: [{ label: 'Manage Workspace Trust', command: 'manageTrust', look: 'primary' }],
  empty: [{ label: 'Review Changes', command: 'review', look: 'primary' }],
  kept: [{ label: 'Review Changes', command: 'review', look: 'primary' }, clear],
  running: [{ label: 'Cancel', command: 'cancel', look: 'secondary' }],
  failed: [tryAgain, showLog, restart],
  cancelled: [tryAgain, showLog],
  interrupted: [tryAgain, showLog],
  inconclusive: [tryAgain, showRaw],
  clean: [reviewAgain, rawAnswer],
  findings: [reviewAgain, rawAnswer, clear],
};
