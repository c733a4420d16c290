import { groupBy } from '../base/groupBy.ts';
import { oneLine } from '../base/printable.ts';
import { findingsSummary } from '../jobs/report.ts';
import { examinationVerdicts, verdictSummaries } from '../protocol/examination.ts';
import { type Finding, voiceName } from '../protocol/finding.ts';
import type { Job, JobKind, Phase } from '../protocol/job.ts';
import type { TaskChange } from '../protocol/taskChange.ts';
import { plainText } from './errorMessage.ts';

const subjects: Readonly<Record<JobKind, (title: string) => string>> = {
  review: (title) => `Review of ${title}`,
  'adversarial-review': (title) => `Adversarial review of ${title}`,
  gate: (title) => `Review of ${title}`,
  task: (title) => `Task “${title}”`,
  transfer: (title) => `Transfer of “${title}”`,
  question: (title) => `Question about “${title}”`,
  proof: (title) => `Proof of fix of “${title}”`,
  'cross-examination': (title) => `Cross-examination of “${title}”`,
  'tie-break': (title) => `Tie-break on “${title}”`,
  'second-opinion': (title) => `Second opinion on ${title}`,
};

/** The job as the subject of a sentence: `Review of uncommitted changes (3 files)`, `Task “Fix the flaky test”`. */
export function jobSubject({ kind, title }: Pick<Job, 'kind' | 'title'>): string {
  return subjects[kind](title);
}

/** Title of the progress notification. */
export function progressTitle(job: Job): string {
  const name = voiceName(job.reviewer);
  switch (job.kind) {
    case 'review':
    case 'gate':
      return plainText(`${name} reviews ${job.title}`);
    case 'task':
      return plainText(`${name} works on “${job.title}”`);
    case 'adversarial-review':
      return plainText(jobSubject(job));
    case 'transfer':
      return plainText(`${name} takes over “${job.title}”`);
    case 'proof':
      return plainText(`${name} looks whether “${job.title}” is fixed`);
    case 'cross-examination':
      return plainText(`${name} examines “${job.title}”`);
    case 'tie-break':
      return plainText(`${name} judges who is right about “${job.title}”`);
    case 'second-opinion':
      return plainText(`${name} looks whether ${job.title} are the same`);
    case 'question':
      return plainText(`${name} answers a question about “${job.title}”`);
  }
}

/** The rest of the progress notification; its button is VS Code's own, and says only “Cancel”. */
export function progressMessage(job: Job): string {
  return job.kind === 'gate' ? `${progressText(job)}. Cancel lets Claude stop now.` : progressText(job);
}

const acting: ReadonlySet<Phase> = new Set(['reading', 'running a command']);

/** Longer activities are cut, so that the notification keeps to its place. Characters. */
const maxActivity = 80;

const waits = { approval: 'an approval', network: 'the network', limit: 'the usage limit' } as const;

/** What the job is doing now: the phase, and what the agent was last seen doing. */
export function progressText({ state, waitingFor, phase, activity }: Job): string {
  if (state === 'cancelling') return 'cancelling';
  if (state === 'queued') return 'waiting for other jobs';
  if (waitingFor !== null) return `waiting for ${waits[waitingFor]}`;
  const line = plainText(activity ?? '');
  const action = line.length > maxActivity ? `${line.slice(0, maxActivity - 1)}…` : line;
  if (phase === null || phase === 'starting') return action === '' ? 'starting' : action;
  // The last action is over by the time the agent reasons or writes.
  return acting.has(phase) && action !== '' ? `${phase}: ${action}` : phase;
}

/** The status bar item: what runs, or how many findings there are. `text` may hold icons of VS Code. */
export function statusText(
  running: readonly Job[],
  findings: readonly Finding[],
): { text: string; label: string } {
  const count = findings.length === 0 ? 'no findings' : findingsSummary(findings);
  const newest = newestRunning(running);
  if (!newest) {
    const text = findings.length === 0 ? 'Tandem' : `Tandem: ${findings.length}`;
    return { text: `$(code-review) ${text}`, label: `Tandem: ${count}` };
  }
  const state = shortState(newest);
  const more = running.length === 1 ? '' : ` (and ${running.length - 1} more)`;
  return {
    text: `$(loading~spin) Tandem: ${state}${more}`,
    label: `Tandem: ${jobSubject(newest)}, ${state}${more}; ${count}`,
  };
}

/** What is at work says more than what waits for its turn. */
export function newestRunning(running: readonly Job[]): Job | undefined {
  return running.findLast(({ state }) => state !== 'queued') ?? running.at(-1);
}

function shortState({ state, waitingFor, phase }: Job): string {
  if (state === 'cancelling' || state === 'queued') return state;
  return waitingFor === null ? (phase ?? 'starting') : `waiting for ${waits[waitingFor]}`;
}

/** The end of several cross-examinations: `Cross-examination of 5 findings: 3 right, 1 wrong, 1 failed (…)`. */
export function examinationsText(ended: readonly Job[]): string {
  const counts = groupBy(ended, endOf);
  const parts = [...counts].map(([end, jobs]) => `${jobs.length} ${end}`);
  const why = ended.find(({ failure }) => failure !== null)?.failure?.message;
  const reason = why === undefined ? '' : ` The first failure: ${why}`;
  return plainText(`Cross-examination of ${ended.length} findings: ${parts.join(', ')}.${reason}`);
}

function endOf({ state, summary }: Job): string {
  if (state !== 'succeeded') return state;
  const ends = { confirm: 'right', refute: 'wrong', 'cannot tell': 'where it cannot tell' } as const;
  const verdict = examinationVerdicts.find((one) => verdictSummaries[one] === summary);
  return verdict === undefined ? 'done' : ends[verdict];
}

/** Longer lists of files are cut. */
const maxLeftOut = 3;

/** Where files of a task are that are no part of its change; empty for none. */
export function leftOutText({ leftOut = [], worktree }: TaskChange): string {
  if (leftOut.length === 0 || worktree === null) return '';
  const named = leftOut.slice(0, maxLeftOut).map((file) => oneLine(file, 60));
  const more = leftOut.length > maxLeftOut ? ` and ${leftOut.length - maxLeftOut} more` : '';
  return plainText(`Not part of the change: ${named.join(', ')}${more} (in ${worktree}, until discarded).`);
}

export function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
