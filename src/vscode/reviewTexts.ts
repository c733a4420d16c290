import { findingsSummary } from '../jobs/report.ts';
import type { Finding, ReviewerId } from '../protocol/finding.ts';
import type { Job, Phase } from '../protocol/job.ts';
import { targetLabel } from '../protocol/target.ts';
import type { CommandId } from './contributions.ts';
import { plainText, sentences } from './errorMessage.ts';
import type { WatchedReview } from './reviewWatch.ts';

const reviewerNames: Readonly<Record<ReviewerId, string>> = { codex: 'Codex', claude: 'Claude' };

export function reviewerName(reviewer: ReviewerId): string {
  return reviewerNames[reviewer];
}

/** Title of the progress notification. */
export function progressTitle(job: Job): string {
  return plainText(`${reviewerName(job.reviewer)} reviews ${targetLabel(job.target)}`);
}

const acting: ReadonlySet<Phase> = new Set(['reading', 'running a command']);

/** Longer activities are cut, so that the notification keeps to its place. Characters. */
const maxActivity = 80;

/** What the review is doing now: the phase, and what the reviewer was last seen doing. */
export function progressText({ state, phase, activity }: Job): string {
  if (state === 'cancelling') return 'cancelling';
  const line = plainText(activity ?? '');
  const action = line.length > maxActivity ? `${line.slice(0, maxActivity - 1)}…` : line;
  if (phase === null || phase === 'starting') return action === '' ? 'starting' : action;
  // The last action is over by the time the reviewer reasons or writes.
  return acting.has(phase) && action !== '' ? `${phase}: ${action}` : phase;
}

/** How the end of a review is told. */
export interface Completion {
  level: 'info' | 'warning' | 'error';
  text: string;
  /** Buttons, the first one first. */
  actions: readonly { label: string; command: CommandId | 'workbench.actions.view.problems' }[];
}

const show = { label: 'Show', command: 'tandem.showFindings' } as const;
const showProblems = { label: 'Show Problems', command: 'workbench.actions.view.problems' } as const;
const showLog = { label: 'Show Log', command: 'tandem.showLog' } as const;
const showRaw = { label: 'Show Raw Answer', command: 'tandem.showRawAnswer' } as const;

/**
 * Null where there is nothing to tell: the window is closing.
 * @param known the findings that are listed now
 */
export function completion({ job, result }: WatchedReview, known: readonly Finding[]): Completion | null {
  const what = `Review of ${targetLabel(job.target)}`;
  const why = job.failure === null ? '' : sentences(job.failure.message, job.failure.advice);
  const kept = known.length === 0 ? '' : 'The former findings are kept.';
  switch (job.state) {
    case 'succeeded': {
      const findings = result?.findings ?? [];
      const places = findings.some(({ place }) => place === 'anchored');
      return {
        level: 'info',
        text: plainText(`${what}: ${lowerFirst(findingsSummary(findings))}.`),
        actions: places ? [show, showProblems] : [show],
      };
    }
    case 'inconclusive':
      return {
        level: 'warning',
        text: plainText(sentences(`${what} gave no verdict. ${why}`, kept)),
        actions: result === null ? [show, showLog] : [show, showRaw],
      };
    case 'failed':
      return {
        level: 'error',
        text: plainText(sentences(`${what} failed. ${why}`, kept)),
        actions: [show, showLog],
      };
    case 'cancelled':
      return { level: 'info', text: plainText(sentences(`${what} was cancelled.`, kept)), actions: [] };
    default:
      return null;
  }
}

/** The status bar item: what runs, or how many findings there are. `text` may hold icons of VS Code. */
export function statusText(
  running: readonly Job[],
  findings: readonly Finding[],
): { text: string; label: string } {
  const count = findings.length === 0 ? 'no findings' : findingsSummary(findings);
  const newest = running.at(-1);
  if (!newest) {
    const text = findings.length === 0 ? 'Tandem' : `Tandem: ${findings.length}`;
    return { text: `$(code-review) ${text}`, label: `Tandem: ${count}` };
  }
  const phase = newest.state === 'cancelling' ? 'cancelling' : (newest.phase ?? 'starting');
  const more = running.length === 1 ? '' : ` (and ${running.length - 1} more)`;
  return {
    text: `$(loading~spin) Tandem: ${phase}${more}`,
    label: `Tandem: ${progressTitle(newest)}, ${phase}${more}; ${count}`,
  };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
