import path from 'node:path';
import type { WorkSoFar } from '../jobs/agent.ts';
import type { ListedJob } from '../jobs/jobList.ts';
import { changeText, costText, endWord, jobHeading, quietText, stateText } from '../jobs/report.ts';
import { voiceName } from '../protocol/finding.ts';
import { type Job, type JobKind, isAtLimit, isTerminal } from '../protocol/job.ts';
import { type TaskChange, isOnlyThere, isPending } from '../protocol/taskChange.ts';
import { plainText, sentences } from './errorMessage.ts';
import { type WorkNode, workNodes } from './jobWork.ts';
import { escapeMarkdown } from '../base/safeMarkdown.ts';

/** A job as the tree shows it. Its texts hold words of users and models, and are plain. */
export interface JobNode extends ListedJob {
  /** Unique in the tree: a job that moves to another section is another node there. */
  readonly key: string;
  readonly label: string;
  readonly description: string;
  /** Name of a codicon, and of a colour of the theme; null for the colour of the text. */
  readonly icon: { readonly name: string; readonly color: string | null };
  /** What a screen reader says. */
  readonly spoken: string;
  /** What it plans and has changed so far. */
  readonly work: readonly WorkNode[];
  /** Words for `when` clauses, of `jobFlags`. */
  readonly flags: readonly JobFlag[];
}

export const sectionIds = ['running', 'waiting', 'finished'] as const;
export type SectionId = (typeof sectionIds)[number];

export interface Section {
  readonly id: SectionId;
  readonly jobs: readonly JobNode[];
}

/**
 * What can be done with a job: `active` can be cancelled, `asks` be answered, `steered` be told something, `changed` show what it changed,
 * `raced` be compared with what the other agent made of it, `pending` be decided about, `left` be rid of files that are no part of its change, `applied` be taken back, `finished`
 * be deleted, `thread` be resumed in a terminal, `order` be asked for again, `both` be compared with the other review of its run.
 */
export const jobFlags = [
  'active',
  'asks',
  'steered',
  'changed',
  'raced',
  'pending',
  'left',
  'applied',
  'finished',
  'thread',
  'order',
  'both',
] as const;
export type JobFlag = (typeof jobFlags)[number];

/**
 * The jobs by what may be done about them; sections without jobs are left out.
 * @param jobs newest first
 * @param now in milliseconds since the epoch
 * @param workOf what a job of this window plans and has changed so far
 */
export function jobsTree(
  jobs: readonly ListedJob[],
  now: number,
  changeOf: (job: string) => TaskChange | undefined = () => undefined,
  workOf: (job: string) => WorkSoFar | null = () => null,
): Section[] {
  const isSeveral = new Set(jobs.map(({ job }) => job.repository)).size > 1;
  const nodes = jobs.map((listed) =>
    nodeOf(listed, {
      ...{ now, withRepository: isSeveral },
      change: changeOf(listed.job.id),
      work: workOf(listed.job.id),
    }),
  );
  return sectionIds
    .map((id) => ({ id, jobs: nodes.filter(({ job }) => sectionOf(job) === id) }))
    .filter((section) => section.jobs.length > 0);
}

/** `2 running, 1 waiting`; empty at rest. */
export function countText(jobs: readonly ListedJob[]): string {
  const count = (id: SectionId) => jobs.filter(({ job }) => sectionOf(job) === id).length;
  const running = count('running');
  const waiting = count('waiting');
  return [running > 0 ? `${running} running` : '', waiting > 0 ? `${waiting} waiting` : '']
    .filter((text) => text !== '')
    .join(', ');
}

function sectionOf({ state }: Job): SectionId {
  if (isTerminal(state)) return 'finished';
  return state === 'running' || state === 'cancelling' ? 'running' : 'waiting';
}

const kindNames: Readonly<Record<JobKind, string>> = {
  review: 'Review',
  'adversarial-review': 'Adversarial',
  task: 'Task',
  gate: 'Gate',
  transfer: 'Transfer',
  question: 'Question',
  proof: 'Proof',
  'cross-examination': 'Examination',
  'tie-break': 'Tie-break',
  'second-opinion': 'Second opinion',
};

/** The view is narrow, and what a job came to should be seen too. Characters. */
const maxTitle = 40;

function labelOf({ kind, title, target, run, race, reviewer }: Job): string {
  if (target?.kind === 'turn' && kind === 'gate') return 'Gate: Claude’s turn';
  const subject = title.replace(/ \(\d+ files?\)(?=$|, )/, '');
  const cut = subject.length > maxTitle ? `${subject.slice(0, maxTitle - 1)}…` : subject;
  // Else the two of a run, or of a fix race, would look the same.
  const by = run ? ` by ${voiceName(reviewer)}` : '';
  return plainText(`${race ? voiceName(reviewer) : kindNames[kind]}${by}: ${cut}`);
}

interface NodeContext {
  now: number;
  withRepository: boolean;
  change: TaskChange | undefined;
  work: WorkSoFar | null;
}

function nodeOf({ job, elsewhere }: ListedJob, context: NodeContext): JobNode {
  const { now, withRepository, change, work } = context;
  const state = isTerminal(job.state)
    ? [`${stateText(job, now)}${undecidedText(job, change)}`, momentText(job.endedAt ?? job.createdAt, now)]
    : doing(job, now);
  const where = [
    withRepository ? path.basename(job.repository) : '',
    elsewhere ? 'in another window or terminal' : '',
  ];
  const description = plainText([...state, ...where].filter((text) => text !== '').join(' · '));
  return {
    key: `${sectionOf(job)}/${job.id}`,
    job,
    elsewhere,
    label: labelOf(job),
    description,
    icon: iconOf(job),
    spoken: plainText(`${jobHeading(job)}, ${description}`),
    work: workNodes(job.id, work),
    flags: [...flagsOf(job, elsewhere), ...changeFlags(job, change), ...(job.run ? (['both'] as const) : [])],
  };
}

/** What it does, how long already, and the last action: what matters first, because the view is narrow. */
function doing(job: Job, now: number): string[] {
  const elapsed = minutesText(now - Date.parse(job.startedAt ?? job.createdAt));
  if (job.state !== 'running') return [stateText(job, now), elapsed];
  const quiet = quietText(job, now).replace(/^, /, '');
  return [job.phase ?? 'starting', elapsed, quiet, job.activity ?? ''];
}

/** What is still to be decided, and what is no part of it; empty for nothing. */
function undecidedText(job: Job, change: TaskChange | undefined): string {
  if (!change || !isOnlyThere(change)) return '';
  const { files, leftOut = [] } = change;
  const left = leftOut.length === 0 ? '' : `, ${leftOut.length} left out`;
  return `${isPending(change) && files.length > 0 ? changeText(job, change.state) : ''}${left}`;
}

function changeFlags({ state, race }: Job, change: TaskChange | undefined): JobFlag[] {
  if (!isTerminal(state) || !change) return [];
  const isWaiting = isPending(change) && change.files.length > 0;
  return [
    ...(change.files.length > 0 ? (['changed'] as const) : []),
    ...(race && change.files.length > 0 ? (['raced'] as const) : []),
    ...(isWaiting ? (['pending'] as const) : []),
    // Discarding a change takes them along.
    ...(!isWaiting && isOnlyThere(change) ? (['left'] as const) : []),
    ...(change.applied.length > 0 ? (['applied'] as const) : []),
  ];
}

function flagsOf({ state, kind, reviewer, threadId, waitingFor }: Job, elsewhere: boolean): JobFlag[] {
  if (!isTerminal(state)) {
    if (state === 'cancelling') return [];
    const isHere = !elsewhere && state !== 'queued';
    return [
      'active',
      ...(isHere && waitingFor === 'approval' ? (['asks'] as const) : []),
      ...(isHere && kind === 'task' && reviewer === 'codex' ? (['steered'] as const) : []),
    ];
  }
  return [
    'finished',
    // Two programs must not write to one thread at once.
    ...(threadId === null ? [] : (['thread'] as const)),
    // What a gate looked at is over.
    ...(kind === 'gate' ? [] : (['order'] as const)),
  ];
}

const passed = 'testing.iconPassed';
const failed = 'testing.iconFailed';
const warning = 'problemsWarningIcon.foreground';

function iconOf({ state, verdict, failure }: Job): JobNode['icon'] {
  switch (state) {
    case 'queued':
      return { name: 'watch', color: null };
    case 'waiting':
      return { name: 'debug-pause', color: warning };
    case 'running':
    case 'cancelling':
      return { name: 'loading~spin', color: null };
    case 'succeeded':
      return verdict === 'findings' ? { name: 'checklist', color: warning } : { name: 'pass', color: passed };
    case 'failed':
      return isAtLimit(failure) ? { name: 'watch', color: warning } : { name: 'error', color: failed };
    case 'cancelled':
      return { name: 'circle-slash', color: null };
    case 'interrupted':
      return { name: 'debug-disconnect', color: warning };
    case 'inconclusive':
      return { name: 'question', color: warning };
  }
}

const origins: Readonly<Record<Job['origin'], string>> = {
  editor: 'in VS Code',
  claude: 'in Claude Code',
  cli: 'in a terminal',
};

/** All that is worth knowing of a job, as Markdown without links: the words of others are escaped. */
export function jobTooltip({ job, elsewhere }: ListedJob, now: number): string {
  const plain = (text: string) => escapeMarkdown(plainText(text));
  const { model, effort, failure, notes, startedAt, endedAt } = job;
  const times = [
    `asked for ${origins[job.origin]} ${momentText(job.createdAt, now)}`,
    ...(startedAt !== null && endedAt !== null
      ? [`took ${minutesText(Date.parse(endedAt) - Date.parse(startedAt))}`]
      : []),
    ...(job.resumed > 0 ? ['taken up again after its window or terminal had gone'] : []),
  ];
  const agent = [
    voiceName(job.reviewer),
    ...(model === null ? [] : [model]),
    ...(effort === null ? [] : [`${effort} effort`]),
    ...(job.cost === null ? [] : [costText(job.cost)]),
    ...(job.kind === 'task' ? [job.write ? 'may change files' : 'read-only'] : []),
    ...(job.tokens === null ? [] : [`${job.tokens.toLocaleString('en-GB')} tokens`]),
  ];
  const state = failure === null || !isTerminal(job.state) ? stateText(job, now) : failureText(job);
  return [
    `**${plain(jobHeading(job))}**`,
    plain(upperFirst(state)),
    plain(agent.join(', ')),
    plain(upperFirst(times.join(', '))),
    ...notes.map((note) => plain(`Note: ${note}`)),
    ...(elsewhere ? ['It runs in another window or terminal\\.'] : []),
    plain(`${job.id} · ${job.repository}`),
  ].join('\n\n');
}

function failureText(job: Job): string {
  const { failure } = job;
  return `${endWord(job)}: ${failure === null ? '' : sentences(failure.message, failure.advice)}`;
}

const minute = 60_000;

/** Minutes are enough: the texts are renewed once a minute. */
function minutesText(milliseconds: number): string {
  const minutes = Math.floor(Math.max(0, milliseconds) / minute);
  if (minutes === 0) return '<1 min';
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const time = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' });

/** A time of day, which stays true while nothing is drawn anew; with its date if that is not today. */
function momentText(moment: string, now: number): string {
  const date = new Date(moment);
  const isToday = date.toDateString() === new Date(now).toDateString();
  return isToday ? time.format(date) : `${day.format(date)}, ${time.format(date)}`;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
