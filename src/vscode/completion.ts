import { findingsSummary } from '../jobs/report.ts';
import { problemsSummary, problemsText } from '../jobs/problemsText.ts';
import type { ProblemsChange } from '../protocol/codeProblems.ts';
import type { Finding } from '../protocol/finding.ts';
import { type Job, isAtLimit, isReview } from '../protocol/job.ts';
import { type TaskChange, isPending } from '../protocol/taskChange.ts';
import type { CommandId } from './contributions.ts';
import { plainText, sentences } from './errorMessage.ts';
import { jobSubject, lowerFirst } from './jobTexts.ts';
import type { WatchedJob } from './jobWatch.ts';

/** How the end of a job is told. */
export interface Completion {
  level: 'info' | 'warning' | 'error';
  text: string;
  /** Buttons, the first one first. */
  actions: readonly CompletionAction[];
}

export interface CompletionAction {
  label: string;
  command: CommandId | 'workbench.actions.view.problems';
  /** Id of the job or the finding that the command is about, if it is about one. */
  about?: string;
}

export const show: CompletionAction = { label: 'Show', command: 'tandem.showFindings' };
export const showProblems: CompletionAction = {
  label: 'Show Problems',
  command: 'workbench.actions.view.problems',
};
export const showLog: CompletionAction = { label: 'Show Log', command: 'tandem.showLog' };

/**
 * Null where there is nothing to tell: the window is closing, or the gate itself says why there was no review.
 * @param known the findings that are listed now
 * @param change of a task
 */
export function completion(
  ended: WatchedJob,
  known: readonly Finding[],
  change?: TaskChange,
): Completion | null {
  const { job, result } = ended;
  if (job.kind === 'gate' && (job.state === 'failed' || job.state === 'inconclusive')) return null;
  const what = jobSubject(job);
  const kept =
    isReview(job.kind) && known.length > 0 ? 'The former findings are kept.' : leftText(job, change);
  switch (job.state) {
    case 'succeeded':
      return isReview(job.kind) ? reviewed(ended) : done(job, change);
    case 'inconclusive': {
      const text = sentences(`${what} gave no verdict. ${why(job)}`, kept);
      return told('warning', text, [show, result === null ? showLog : rawAnswer(job)]);
    }
    case 'failed': {
      const actions = isReview(job.kind)
        ? [show, showLog]
        : [...changeActions(change), showAnswer(job) ?? showResult(job), showLog];
      return failed(job, kept, actions);
    }
    case 'cancelled': {
      const claude = job.kind === 'gate' ? 'Claude may stop.' : '';
      return told(
        'info',
        sentences(sentences(`${what} was cancelled.`, claude), kept),
        changeActions(change),
      );
    }
    default:
      return null;
  }
}

/** Null where compilers and linters say the same as before, or nothing: the task's result has that. */
export function problemsMessage(job: Job, problems: ProblemsChange): Completion | null {
  const summary = problemsSummary(problems);
  if (summary === '') return null;
  const text = sentences(`${jobSubject(job)}, compilers and linters: ${summary}.`, problemsText(problems));
  return told(problems.appearedCount > 0 ? 'warning' : 'info', text, [showProblems, showResult(job)]);
}

/** A limit is no failure of anything: it is over by itself. */
function failed(job: Job, kept: string, actions: readonly CompletionAction[]): Completion {
  const what = jobSubject(job);
  return isAtLimit(job.failure)
    ? told('warning', sentences(`${what} is at a limit. ${why(job)}`, kept), actions)
    : told('error', sentences(`${what} failed. ${why(job)}`, kept), actions);
}

function reviewed({ job, result }: WatchedJob): Completion {
  const findings = result?.findings ?? [];
  const text = `${jobSubject(job)}: ${lowerFirst(job.summary ?? findingsSummary(findings))}.`;
  // Nobody has to act on it, and without a button it goes by itself: a gate ends often.
  if (job.kind === 'gate' && findings.length === 0) return told('info', text, []);
  const hasPlaces = findings.some(({ place }) => place === 'anchored');
  const steps = result && result.nextSteps.length > 0 ? [showResult(job)] : [];
  return told('info', text, [show, ...(hasPlaces ? [showProblems] : []), ...steps]);
}

function done(job: Job, change: TaskChange | undefined): Completion {
  const text = sentences(`${jobSubject(job)}: ${lowerFirst(job.summary ?? 'done')}.`, waitingText(change));
  const actions = [
    ...(job.kind === 'transfer' ? [resume(job)] : []),
    ...changeActions(change),
    showAnswer(job) ?? showResult(job),
  ];
  const [note, ...others] = job.notes;
  if (note === undefined) return told('info', text, actions);
  const more =
    others.length === 0
      ? ''
      : `The result has ${others.length} more ${others.length === 1 ? 'note' : 'notes'}.`;
  return told('warning', sentences(sentences(text, note), more), actions);
}

/** What is as it was where there is no result. */
function leftText({ kind }: Job, change: TaskChange | undefined): string {
  return kind === 'second-opinion' ? 'The findings stay apart.' : waitingText(change);
}

/** Nobody is to look for it in vain. */
function waitingText(change: TaskChange | undefined): string {
  if (!change || !isPending(change) || change.files.length === 0) return '';
  return 'The changes are not in your working tree yet.';
}

function changeActions(change: TaskChange | undefined): CompletionAction[] {
  if (!change || change.files.length === 0) return [];
  const about = change.job;
  const showChanges: CompletionAction = { label: 'Show Changes', command: 'tandem.task.showChanges', about };
  if (isPending(change)) return [showChanges, { label: 'Apply', command: 'tandem.task.apply', about }];
  if (change.applied.length > 0) return [showChanges, { label: 'Undo', command: 'tandem.task.undo', about }];
  return [];
}

export function why({ failure }: Job): string {
  return failure === null ? '' : sentences(failure.message, failure.advice);
}

/** Where the question was asked. */
function showAnswer({ finding }: Job): CompletionAction | null {
  return finding === undefined ? null : { label: 'Show', command: 'tandem.finding.discuss', about: finding };
}

function showResult({ id }: Job): CompletionAction {
  return { label: 'Show Result', command: 'tandem.showJobResult', about: id };
}

function rawAnswer({ id }: Job): CompletionAction {
  return { label: 'Show Raw Answer', command: 'tandem.showRawAnswer', about: id };
}

function resume({ id }: Job): CompletionAction {
  return { label: 'Resume in Terminal', command: 'tandem.resumeInTerminal', about: id };
}

export function told(
  level: Completion['level'],
  text: string,
  actions: readonly CompletionAction[],
): Completion {
  return { level, text: plainText(text.trim()), actions };
}
