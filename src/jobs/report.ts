import { codeSpan } from '../base/markdownCode.ts';
import { type Finding, voiceName, voicesText } from '../protocol/finding.ts';
import { type Job, type JobKind, isAtLimit, isReview, isTerminal } from '../protocol/job.ts';
import type { JobResult, News } from '../protocol/report.ts';
import { type ChangeState, type TaskChange, isPending } from '../protocol/taskChange.ts';
import { checkSentence } from './checkText.ts';
import { problemsText } from './problemsText.ts';
import { resumeCommand } from './resumeCommand.ts';
import { elapsedText } from './times.ts';

/** Longer raw answers are cut in reports; the whole text stays on disk and in the editor. Characters. */
const maxRawLength = 20_000;

export interface ReportOptions {
  /** With the raw answer, and what else is kept. */
  full: boolean;
  /** Milliseconds since the epoch. */
  now: number;
  /** What the task changed; left out where nothing is known of it. */
  change?: TaskChange;
  /** Without a window of VS Code, so that the way by hand is said too. */
  headless?: boolean;
}

/** A job for people, as Markdown: where it stands, or what came of it. */
export function jobMarkdown(job: Job, result: JobResult | null, options: ReportOptions): string {
  const lines = [`# ${jobHeading(job)}`, '', headline(job, result, options.now)];
  // First of all, so that nobody who reads of changed files looks for them in vain.
  if (isTerminal(job.state)) lines.push(...pendingLines(options));
  if (isTerminal(job.state) && result) lines.push(...body(job, result, options));
  if (job.failure?.advice !== undefined) lines.push('', job.failure.advice);
  for (const note of job.notes) lines.push('', `Note: ${note}`);
  const { problems } = options.change ?? {};
  if (problems)
    lines.push('', `Compilers and linters, since the changes were applied: ${problemsText(problems)}`);
  lines.push('', ...details(job));
  return lines.join('\n');
}

/** Where a change is that is not in the working tree, and how it gets there; nothing for any other. */
function pendingLines({ change, headless = false }: ReportOptions): string[] {
  if (!change || !isPending(change) || change.result === null || change.files.length === 0) return [];
  const { base, result, worktree, state } = change;
  const byHand = codeSpan(`git diff-tree -p --binary ${base} ${result} | git apply`);
  const sentences = [
    whereItIs(state),
    ...(worktree === null
      ? []
      : [`The task worked in ${codeSpan(worktree)}, where they are commit ${result}.`]),
    'In VS Code, “Tandem: Apply Changes of a Task” brings them there.',
    // Git takes nothing of what is there in part.
    ...(headless && state !== 'partly applied'
      ? [`Without VS Code: ${byHand} in the root folder of the repository.`]
      : []),
  ];
  return ['', sentences.join(' ')];
}

function whereItIs(state: ChangeState): string {
  if (state === 'partly applied') return 'Only a part of the changes is in the working tree.';
  if (state === 'undone') return 'The changes were taken back: they are not in the working tree.';
  return 'The changes are not in the working tree yet.';
}

const headings: Readonly<Record<JobKind, (agent: string) => string>> = {
  review: (agent) => `${agent} review of`,
  'adversarial-review': (agent) => `Adversarial review by ${agent} of`,
  gate: () => 'Review at the end of Claude’s turn:',
  task: (agent) => `${agent} task:`,
  transfer: () => 'Transfer to Codex:',
  question: (agent) => `Question to ${agent} about the finding`,
  proof: () => 'Is it fixed:',
  'cross-examination': (agent) => `Cross-examination by ${agent} of the finding`,
  'tie-break': (agent) => `Tie-break by ${agent} on the finding`,
  'second-opinion': (agent) => `Second opinion by ${agent} on`,
};

/** `Codex review of uncommitted changes (3 files)`, `Codex task: Fix the flaky test`. */
export function jobHeading({ kind, title, reviewer }: Job): string {
  return `${headings[kind](voiceName(reviewer))} ${title}`;
}

export interface ListOptions {
  /** Name of the repository; null for jobs of all of them. */
  repository: string | null;
  /** Session of Claude Code that asks; its jobs are marked. */
  session: string | undefined;
  /** How many there are beyond the listed ones. */
  more: number;
  /** What became of the tasks' changes, by job. */
  changes: Readonly<Record<string, ChangeState>>;
  /** Milliseconds since the epoch. */
  now: number;
}

/** Several jobs as Markdown: those that run, and those that have ended. */
export function jobsMarkdown(jobs: readonly Job[], options: ListOptions): string {
  const where = options.repository === null ? '' : ` in ${options.repository}`;
  if (jobs.length === 0) return `No jobs yet${where}.`;
  const active = jobs.filter(({ state }) => !isTerminal(state));
  const done = jobs.filter(({ state }) => isTerminal(state));
  return [
    ...section(`Running${where}`, active, options),
    ...(active.length > 0 && done.length > 0 ? [''] : []),
    ...section(`Finished${where}`, done, options),
    ...(options.more > 0 ? ['', `… and ${options.more} older ones: \`status --all\` shows them.`] : []),
  ].join('\n');
}

function section(title: string, jobs: readonly Job[], options: ListOptions): string[] {
  return jobs.length === 0 ? [] : [`${title}:`, '', ...jobs.map((job) => jobLine(job, options))];
}

function jobLine(job: Job, { repository, session, now, changes }: ListOptions): string {
  const own = session !== undefined && job.session === session ? ', this session' : '';
  const where = repository === null ? `, in ${job.repository}` : '';
  return `- ${job.id}: ${stateText(job, now)}${changeText(job, changes[job.id])}; ${jobHeading(job)}${where} (${elapsedText(job, now)}${own})`;
}

/** `, not applied`, `, discarded`: what became of a task's change, where there was one. */
export function changeText({ state: job }: Pick<Job, 'state'>, state: ChangeState | undefined): string {
  if (!isTerminal(job) || state === undefined) return '';
  const words: Readonly<Record<ChangeState, string>> = {
    running: '',
    pending: 'not applied',
    applied: 'applied',
    'partly applied': 'applied in part',
    undone: 'taken back',
    'kept as a branch': 'kept as a branch',
    discarded: 'discarded',
    continued: 'gone on with by a later task',
    none: '',
  };
  return words[state] === '' ? '' : `, ${words[state]}`;
}

/** `running, reading: cat a.ts`, `waiting for the network`, `3 findings, 1 of them P1`, `failed: …`. */
export function stateText(job: Job, now: number): string {
  switch (job.state) {
    case 'queued':
      return job.activity === null ? 'queued' : `queued: ${job.activity}`;
    case 'cancelling':
      return 'cancelling';
    case 'waiting':
      return `waiting for ${waitText(job)}`;
    case 'running':
      return `${doing(job)}${quietText(job, now)}`;
    case 'succeeded':
      return job.summary === null ? 'done' : lowerFirst(job.summary);
    default:
      return job.failure === null ? job.state : `${endWord(job)}: ${job.failure.message}`;
  }
}

/** How a job ended that came to nothing. A limit is no failure of anything: it is over by itself. */
export function endWord({ state, failure }: Pick<Job, 'state' | 'failure'>): string {
  return isAtLimit(failure) ? 'limit reached' : state;
}

function waitText({ waitingFor, activity }: Job): string {
  const what = { approval: 'an approval', network: 'the network', limit: 'the usage limit' };
  const words = waitingFor === null ? 'something' : what[waitingFor];
  return activity === null ? words : `${words}: ${activity}`;
}

function doing({ phase, activity }: Job): string {
  if (phase === null) return 'running';
  // That phase says by itself that it runs.
  const words = phase === 'running a command' ? phase : `running, ${phase}`;
  return activity === null ? words : `${words}: ${activity}`;
}

/** Less than this is not worth a word. Milliseconds. */
export const quietAfter = 90_000;

/** `, quiet for 2 min`, or nothing. */
export function quietText({ lastHeardAt }: Job, now: number): string {
  if (lastHeardAt === null) return '';
  const silence = now - Date.parse(lastHeardAt);
  if (silence < quietAfter) return '';
  return `, quiet for ${silence < 120_000 ? `${Math.floor(silence / 1000)} s` : `${Math.floor(silence / 60_000)} min`}`;
}

/** `3 findings, 1 of them P1`: what matters of a list of findings. */
export function findingsSummary(findings: readonly Finding[]): string {
  const [first] = findings;
  if (!first) return 'No findings';
  if (findings.length === 1) return `1 finding (${first.priority})`;
  const urgent = (['P0', 'P1'] as const).find((priority) =>
    findings.some((finding) => finding.priority === priority),
  );
  if (urgent === undefined) return `${findings.length} findings`;
  const count = findings.filter(({ priority }) => priority === urgent).length;
  return `${findings.length} findings, ${count === findings.length ? 'all' : count} of them ${urgent}`;
}

/** How it stands or ended, in one sentence. */
export function headline(job: Job, result: JobResult | null, now: number): string {
  const why = job.failure?.message ?? 'for an unknown reason.';
  switch (job.state) {
    case 'succeeded':
      return result === null
        ? `${job.summary ?? 'Done'}. The details are no longer there.`
        : `${job.summary ?? (isReview(job.kind) ? findingsSummary(result.findings) : 'Done')}.`;
    case 'inconclusive':
      return `Inconclusive: ${why}`;
    case 'failed':
      return `${upperFirst(endWord(job))}: ${why}`;
    case 'cancelled':
      return isReview(job.kind) ? 'Cancelled. Earlier findings are kept.' : 'Cancelled.';
    case 'interrupted':
      return `Interrupted: ${why}`;
    default:
      return `${upperFirst(stateText(job, now))} (${elapsedText(job, now)}).`;
  }
}

function body(job: Job, result: JobResult, options: ReportOptions): string[] {
  const lines = result.summary === '' ? [] : ['', result.summary];
  for (const finding of result.findings) lines.push('', ...findingLines(finding));
  return [...lines, ...afterFindings(job, result, options)];
}

/** What a review said besides its findings. */
export function besideFindings(job: Job, result: JobResult, full: boolean): string[] {
  return [...(result.summary === '' ? [] : ['', result.summary]), ...afterFindings(job, result, { full })];
}

function afterFindings(
  job: Job,
  result: JobResult,
  { full, change }: Pick<ReportOptions, 'full' | 'change'>,
): string[] {
  const { summary, nextSteps, changes, check, news, rawText } = result;
  const lines = news === null ? [] : newsLines(news);
  if (nextSteps.length > 0) lines.push('', 'Next steps:', '', ...nextSteps.map((step) => `- ${step}`));
  if (changes.length > 0) {
    const files = changes.map(({ file, kind }) => `- ${file} (${kind})`);
    lines.push('', changedBy(job, change), '', ...files);
  }
  if (check) {
    lines.push('', checkSentence(check));
    if (check.outcome !== 'passed' && check.output !== '') lines.push('', ...quoted(check.output));
  }
  if (job.structure === 'parsed') lines.push('', 'The findings were recovered from the text of the answer.');
  const isRaw = full || job.structure === 'raw';
  if (isRaw && rawText !== '' && rawText !== summary)
    lines.push('', 'The answer as it came:', '', ...quoted(rawText));
  return lines;
}

/** In place nobody can tell its changes from those that somebody else made meanwhile. */
function changedBy({ reviewer }: Job, change: TaskChange | undefined): string {
  if (change?.worktree !== null) return `Files changed by ${voiceName(reviewer)}:`;
  return `Files changed while ${voiceName(reviewer)} worked in your working tree, by it or by somebody else:`;
}

/** `These findings: 1 new, 2 still there. Earlier findings: 1 fixed, 3 not looked at.` Nothing for a first review. */
function newsLines(news: News): string[] {
  const { fresh, shared, stillThere, cameBack, fixed, notReported, notLookedAt } = news;
  if (shared + stillThere + cameBack + fixed + notReported + notLookedAt === 0) return [];
  const counts = (of: readonly (readonly [count: number, words: string])[]) =>
    of.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
  const these = counts([
    [fresh, 'new'],
    [shared, 'that the other reviewer had found'],
    [stillThere, 'still there'],
    [cameBack, 'came back'],
  ]);
  const others = counts([
    [fixed, 'fixed'],
    [notReported, 'not reported again'],
    [notLookedAt, 'not looked at'],
  ]);
  const parts = [
    ...(these.length > 0 ? [`These findings: ${these.join(', ')}.`] : []),
    ...(others.length > 0 ? [`Earlier findings: ${others.join(', ')}.`] : []),
  ];
  return ['', parts.join(' ')];
}

export function findingLines(finding: Finding): string[] {
  const facts = [
    ...(finding.confidence === null ? [] : [`confidence ${Math.round(finding.confidence * 100)} %`]),
    ...(finding.reviewers.length > 1 ? [`raised by ${voicesText(finding)}`] : []),
  ];
  const texts = [
    finding.body,
    ...(finding.recommendation === '' ? [] : [`Recommendation: ${finding.recommendation}`]),
  ];
  return [
    `- [${finding.priority}] ${finding.title}: ${placeText(finding)}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`,
    ...texts
      .filter((text) => text !== '')
      .flatMap((text) => ['', ...text.split('\n').map((line) => `  ${line}`)]),
  ];
}

/** Where a finding stands, in words. */
export function placeText({ file, startLine, endLine, place }: Finding): string {
  if (file === '') return 'no file named';
  const lines = startLine === endLine ? `${startLine}` : `${startLine}-${endLine}`;
  const note = {
    anchored: '',
    stale: ' (its text is gone)',
    missing: ' (no such file now)',
    outside: ' (outside the repository)',
  }[place];
  return `${file}:${lines}${note}`;
}

function quoted(text: string): string[] {
  const cut =
    text.length > maxRawLength
      ? `${text.slice(0, maxRawLength)}\n[… ${text.length - maxRawLength} more characters]`
      : text;
  return cut.split('\n').map((line) => `> ${line}`);
}

/** What it ran with, and how to go on with its thread once nobody else writes to it. */
export function details(job: Job): string[] {
  const { id, state, model, effort, provider, threadId, tokens, cost, write, kind } = job;
  const parts = [
    `Job ${id}`,
    ...(model === null ? [] : [`model ${model}`]),
    ...(effort === null ? [] : [`effort ${effort}`]),
    ...(provider === null || provider === 'openai' ? [] : [`provider ${provider}`]),
    ...(tokens === null ? [] : [`${tokens.toLocaleString('en-GB')} tokens`]),
    ...(cost === null ? [] : [costText(cost)]),
    ...(kind === 'task' ? [write ? 'may write files of the repository' : 'read-only'] : []),
  ];
  const canResume = threadId !== null && isTerminal(state);
  const resume = canResume ? [`Go on with it in Codex: ${codeSpan(resumeCommand(threadId, job))}`] : [];
  return [`${parts.join(', ')}.`, ...resume];
}

/** `$0.12`; of less than a cent it says so. */
export function costText(dollars: number): string {
  return dollars < 0.01 ? 'less than $0.01' : `$${dollars.toFixed(2)}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
