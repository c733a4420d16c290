import { voiceName } from '../protocol/finding.ts';
import type { CheckResult } from '../protocol/fixCheck.ts';
import { type Job, isAtLimit, isTerminal } from '../protocol/job.ts';
import { type TaskChange, isPending } from '../protocol/taskChange.ts';
import { checkWords } from './checkText.ts';
import { costText } from './report.ts';
import { duration } from './times.ts';

/** What is known of one agent's part in a fix race. */
export interface RaceSide {
  readonly job: Job;
  /** Null before there is one. */
  readonly change: TaskChange | null;
  /** Null where nothing was checked. */
  readonly check: CheckResult | null;
  /** Null where there is no change. Binary files have no lines. */
  readonly lines: { readonly added: number; readonly removed: number } | null;
}

/** What can be taken of it: a change that nobody has decided about. */
export function canBeTaken({ job, change }: Pick<RaceSide, 'job' | 'change'>): boolean {
  return isTerminal(job.state) && change !== null && isPending(change) && change.files.length > 0;
}

/** `Codex: +3 −1, checks pass, 12,345 tokens, 40 s`. Holds words of programs and models: for display only. */
export function sideText(side: RaceSide): string {
  return `${voiceName(side.job.reviewer)}: ${sideFacts(side).join(', ')}`;
}

function sideFacts(side: RaceSide): string[] {
  const { job, check } = side;
  const { tokens, cost } = job;
  return [
    came(side),
    ...(check ? [checkWords(check)] : []),
    ...(!check && job.race?.check === null && hasChange(side) ? ['not checked'] : []),
    ...(tokens === null ? [] : [`${tokens.toLocaleString('en-GB')} tokens`]),
    ...(cost === null ? [] : [costText(cost)]),
    ...(job.startedAt === null || job.endedAt === null
      ? []
      : [duration(Date.parse(job.endedAt) - Date.parse(job.startedAt))]),
  ];
}

function hasChange({ change }: RaceSide): boolean {
  return change !== null && change.files.length > 0;
}

/** What it came to. A change is worth a look also where its task did not get to its end. */
function came(side: RaceSide): string {
  const { job, lines, change } = side;
  const changed = hasChange(side) && lines ? `+${lines.added} −${lines.removed}` : 'changed nothing';
  const become = change && !isPending(change) ? decided[change.state] : undefined;
  const end = endOf(job);
  return [...(end === '' ? [] : [end]), changed, ...(become === undefined ? [] : [become])].join(', ');
}

const decided: Partial<Record<TaskChange['state'], string>> = {
  applied: 'taken',
  discarded: 'discarded',
  'kept as a branch': 'kept as a branch',
  continued: 'gone on with by a later task',
};

/** Empty where it got to its end. */
function endOf({ state, failure }: Job): string {
  if (!isTerminal(state)) return 'still at work';
  if (state === 'succeeded') return '';
  const why = failure === null ? '' : `: ${failure.message.replace(/\.$/, '')}`;
  return state === 'failed' ? `${isAtLimit(failure) ? 'at its limit' : 'failed'}${why}` : `${state}${why}`;
}
