import { reviewers, voiceName } from '../src/protocol/finding.ts';
import { isAtLimit, isTerminal, type Job, type JobState, type WaitReason } from '../src/protocol/job.ts';
import type { ListedFinding } from '../src/protocol/pageSlices.ts';
import { type HeaderAction, type HeaderKind, actions, restart } from './headerActions.ts';
import type { IconName } from './icons.ts';
import { capitalised, formNote, kindFacts, reviewerFacts, timeOf, withoutCodeSpans } from './jobText.ts';
import {
  countText,
  currentFindings,
  earlierFindings,
  foundText,
  hasVerdict,
  originText,
  outcomeIcons,
  outcomeOf,
  outcomeOfBoth,
  type RunOutcome,
  type Snapshot,
} from './run.ts';
import { clockText } from './time.ts';

/** All that the top of the page says about the review, as text. */
export interface HeaderModel {
  readonly kind: HeaderKind;
  /** `progress` is the ring that turns. */
  readonly icon: IconName | 'progress' | null;
  readonly title: string;
  /** What was reviewed, or empty. */
  readonly subject: string;
  /** Reviewer, model, provider, effort, as far as they are known. */
  readonly facts: readonly string[];
  /** A running clock, or when the review ended; null where there was none. */
  readonly time: { readonly text: string; readonly hint: string } | null;
  readonly progress: Progress | null;
  /** What happened and what to do, one paragraph each. */
  readonly paragraphs: readonly string[];
  /** The reviewer's overall explanation (Markdown). */
  readonly summary: { readonly markdown: string; readonly collapsible: boolean } | null;
  readonly actions: readonly HeaderAction[];
}

export interface Progress {
  readonly phase: string;
  /** The last thing that the reviewer was seen doing; null where there is no line for it. */
  readonly activity: string | null;
}

const nothing = {
  icon: null,
  subject: '',
  facts: [],
  time: null,
  progress: null,
  paragraphs: [],
  summary: null,
} as const;

/** @param now ms since the epoch; only a running review and the date of an ended one depend on it */
export function headerModel(snapshot: Snapshot | null, now: number): HeaderModel {
  if (snapshot === null) return { ...nothing, kind: 'loading', title: 'Loading', actions: [] };
  if (!snapshot.trusted) return untrusted();
  const { job } = snapshot;
  if (job === null) {
    const earlier = earlierFindings(snapshot);
    return earlier.length === 0 ? empty() : kept(earlier);
  }
  return isTerminal(job.state) ? ended(snapshot, job, now) : running(job, now);
}

/** True while the header shows a clock that runs. */
export function isTicking(snapshot: Snapshot | null): boolean {
  return snapshot?.trusted === true && snapshot.job !== null && !isTerminal(snapshot.job.state);
}

function untrusted(): HeaderModel {
  return {
    ...nothing,
    kind: 'untrusted',
    icon: 'shield',
    title: 'This workspace is not trusted',
    paragraphs: [
      'A review runs programs on the files of the workspace, so Tandem starts nothing until you trust it.',
    ],
    actions: actions.untrusted,
  };
}

function empty(): HeaderModel {
  return {
    ...nothing,
    kind: 'empty',
    title: 'Nothing reviewed yet',
    paragraphs: [
      'Let Codex review your changes. What it finds is listed here, in the editor and in the Problems panel.',
    ],
    actions: actions.empty,
  };
}

function kept(earlier: readonly ListedFinding[]): HeaderModel {
  const title = `${earlier.length} ${originText(earlier)}`;
  return { ...nothing, kind: 'kept', icon: 'findings', title, actions: actions.kept };
}

function running(job: Job, now: number): HeaderModel {
  const since = Date.parse(job.startedAt ?? job.createdAt);
  return {
    ...nothing,
    kind: 'running',
    icon: 'progress',
    title: runningTitle(job),
    subject: capitalised(job.title),
    facts: reviewerFacts(job),
    time: { text: clockText(now - since), hint: 'Time since the review was started' },
    progress: progressOf(job),
    actions: job.state === 'cancelling' ? [] : actions.running,
  };
}

/** Both lines are kept while it runs, so that the page does not jump with every step of the reviewer. */
function progressOf({ state, phase, activity }: Job): Progress | null {
  if (state === 'running') return { phase: capitalised(phase ?? 'starting'), activity: activity ?? '' };
  return state === 'waiting' && activity !== null ? { phase: activity, activity: null } : null;
}

const waitingTitles: Readonly<Record<WaitReason, string>> = {
  approval: 'Waiting for an approval',
  network: 'Waiting for the network',
  limit: 'Waiting for the usage limit',
};

function runningTitle({ state, waitingFor }: Job): string {
  return waitingFor === null ? (runningTitles[state] ?? 'Reviewing') : waitingTitles[waitingFor];
}

const runningTitles: Readonly<Partial<Record<JobState, string>>> = {
  queued: 'Waiting to start',
  running: 'Reviewing',
  waiting: 'Waiting',
  cancelling: 'Cancelling',
};

function ended(snapshot: Snapshot, job: Job, now: number): HeaderModel {
  const { partner } = snapshot;
  const kind = outcomeOfBoth(job, partner);
  const isPartial = partner !== undefined && hasVerdict(job) !== hasVerdict(partner);
  const paragraphs = [
    ...(partner ? failuresOf([job, partner]) : [job.failure?.message ?? '', job.failure?.advice ?? '']),
    formNote(job, outcomeOf(job)),
    ...notesOf(job),
  ]
    .filter((text) => text !== '')
    .map(withoutCodeSpans);
  const summary = snapshot.summary.trim();
  const told = paragraphs.includes(summary);
  return {
    ...nothing,
    kind,
    icon: isPartial || isAtLimit(job.failure) ? 'warning' : outcomeIcons[kind],
    title: endedTitle(snapshot, kind, isPartial),
    subject: capitalised(job.title),
    facts: partner
      ? [kindFacts[job.kind] ?? '', bothNames].filter((fact) => fact !== '')
      : reviewerFacts(job),
    time: timeOf(job, now),
    paragraphs,
    // One reviewer's words are not those of both: the comparison has them.
    summary: summary === '' || told || partner ? null : { markdown: summary, collapsible: kind !== 'clean' },
    actions: partner
      ? actionsOfBoth(job, kind)
      : actions[kind].filter((action) => action !== restart || job.reviewer === 'codex'),
  };
}

const bothNames = reviewers.map(voiceName).join(' and ');

/** Of a review by both: whose result is missing, and why. */
function failuresOf(jobs: readonly Job[]): string[] {
  return jobs
    .filter((one) => !hasVerdict(one))
    .map(({ reviewer, failure }) =>
      [`No result of ${voiceName(reviewer)}.`, failure?.message ?? '', failure?.advice ?? '']
        .filter((text) => text !== '')
        .join(' '),
    );
}

/** The answer as it came is one of two, and both are in the comparison. */
function actionsOfBoth({ id }: Job, kind: RunOutcome): HeaderAction[] {
  const compare: HeaderAction = {
    label: 'Compare',
    command: 'compare',
    run: id,
    look: 'secondary',
    hint: 'Compare both reviews',
  };
  return [compare, ...actions[kind].filter(({ command }) => command !== 'showRaw')];
}

/** @param isPartial only one of the two reviewers has said anything */
function endedTitle(snapshot: Snapshot, kind: RunOutcome, isPartial: boolean): string {
  const found = currentFindings(snapshot);
  const { job, partner } = snapshot;
  const one = [job, partner].find((review) => review && hasVerdict(review));
  const by = isPartial && one ? ` by ${voiceName(one.reviewer)}` : '';
  switch (kind) {
    case 'findings':
      return found.length === 0
        ? 'No findings left to show'
        : `${countText(found.length)}${by}: ${foundText(found)}`;
    case 'clean':
      return `No findings${by}`;
    case 'inconclusive':
      return 'No verdict';
    case 'failed':
      return isAtLimit(job?.failure ?? null) ? 'Limit reached' : 'Review failed';
    case 'interrupted':
      return 'Review interrupted';
    case 'cancelled':
      return 'Review cancelled';
  }
}

/** More notes are only counted: the details of the review have all of them. */
const maxNotes = 3;

/** What the review was not about, was not shown, or did not look at: its verdict says nothing of that. */
function notesOf({ notes }: Job): string[] {
  const more = notes.length - maxNotes;
  const counted = `And ${more} more ${more === 1 ? 'note' : 'notes'}: see Reviews.`;
  return [...notes.slice(0, maxNotes), ...(more > 0 ? [counted] : [])];
}

/** What stands above the list, or empty: former findings are never taken for those of the review in the header. */
export function listTitle(snapshot: Snapshot): string {
  const { job, former } = snapshot;
  const earlier = earlierFindings(snapshot);
  if (earlier.length === 0 || job === null) return '';
  if (former) return capitalised(originText(earlier, 'findings'));
  return isTerminal(job.state) ? `Including ${earlier.length} ${originText(earlier)}` : '';
}
