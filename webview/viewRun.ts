import type { ListedFinding, ListedRun, RunDetail } from '../src/protocol/pageSlices.ts';
import { isTerminal } from '../src/protocol/job.ts';
import { h, type VNode } from './dom.ts';
import { linesText, placeText } from './findingText.ts';
import { capitalised, formNote } from './jobText.ts';
import { icon } from './icons.ts';
import { outcomeOf } from './run.ts';
import { momentText } from './time.ts';
import { viewClose, viewFileLink, viewPart, viewPriority, viewTags } from './viewParts.ts';
import { runFacts } from './viewRuns.ts';

export interface RunLook {
  readonly rawOpen: boolean;
  /** Nothing is kept of what it answered. */
  readonly gone: boolean;
  /** A finding as it is now, where it is still known. */
  readonly known: (id: string) => ListedFinding | undefined;
}

/**
 * Everything about the selected review.
 * @param detail null until the host has sent it, and where nothing is kept of it
 * @param now ms since the epoch
 */
export function viewRun(
  run: ListedRun,
  detail: RunDetail | null,
  { rawOpen, gone, known }: RunLook,
  now: number,
): VNode {
  const { failure } = run;
  return h('section', { class: 'detail', 'aria-label': 'Details of the review' }, [
    h('div', { class: 'detail-head' }, [
      h('h2', { key: 'title' }, capitalised(run.title)),
      viewClose('closeRun'),
    ]),
    h('p', { class: 'facts', key: 'when' }, whenText(run, now)),
    h('p', { class: 'facts', key: 'facts' }, runFacts(run).join(' · ')),
    run.byBoth ? viewCompareButton(run) : null,
    h('div', { class: 'body', key: run.id, 'data-repository': run.repository }, [
      ...[failure?.message ?? '', failure?.advice ?? '', noteOf(run)].map((text, index) =>
        text === '' ? null : h('p', { key: `note-${index}` }, text),
      ),
      detail === null
        ? h('p', { class: 'waiting' }, gone ? 'Nothing is kept of what this review answered.' : 'Loading')
        : h('div', { class: 'run-parts' }, viewParts(run, detail, rawOpen, known)),
    ]),
  ]);
}

/** It is one of two. */
function viewCompareButton({ id }: ListedRun): VNode {
  const attributes = {
    class: 'action',
    type: 'button',
    title: 'Both reviews side by side',
    'data-action': 'compare',
    'data-id': id,
  };
  return h('div', { class: 'detail-actions' }, [h('button', attributes, 'Compare Reviews')]);
}

export function viewNoRun(): VNode {
  return h('p', { class: 'no-detail' }, 'Select a review to read about it.');
}

function whenText({ createdAt, endedAt }: ListedRun, now: number): string {
  const ended = endedAt === null ? '' : `, ended ${momentText(endedAt, now)}`;
  return `Asked for ${momentText(createdAt, now)}${ended}`;
}

function noteOf(run: ListedRun): string {
  return isTerminal(run.state) ? formNote(run, outcomeOf(run)) : '';
}

function viewParts(
  run: ListedRun,
  detail: RunDetail,
  rawOpen: boolean,
  known: RunLook['known'],
): (VNode | null)[] {
  const { summary, notes, findings } = detail;
  return [
    summary === ''
      ? null
      : viewPart('summary', 'Summary', [h('div', { class: 'markdown', key: 'text' }, { markdown: summary })]),
    viewPart(
      'notes',
      'Notes',
      notes.map((note, index) => h('p', { key: index }, note)),
    ),
    viewPart(
      'findings',
      'Findings',
      findings.map((one) => viewFinding(one, known(one.id))),
    ),
    viewPart('coverage', 'Coverage', viewCoverage(run, detail)),
    viewRaw(run, detail, rawOpen),
  ];
}

function viewFinding(reported: RunDetail['findings'][number], known: ListedFinding | undefined): VNode {
  const { id, priority, title } = reported;
  const link = {
    class: 'link',
    type: 'button',
    'data-action': 'reveal',
    'data-id': id,
    title: 'Show in the list',
  };
  return h('div', { key: id, class: 'run-finding' }, [
    viewPriority(priority),
    known === undefined ? h('span', { key: 'name' }, title) : h('button', link, title),
    h('span', { class: 'line' }, placeText(reported)),
    ...(known === undefined ? [h('span', { class: 'obstacle' }, 'no longer listed')] : viewTags(known)),
  ]);
}

/** Changed places that nothing showed to the reviewer: its silence about them means nothing. */
function viewCoverage({ repository }: ListedRun, { evidence }: RunDetail): VNode[] {
  if (evidence === null) return [h('p', { class: 'quiet' }, 'What the reviewer looked at was not recorded.')];
  const { hunks, notLookedAt, notLookedAtCount } = evidence;
  if (hunks === null)
    return [
      h('p', { class: 'quiet' }, 'There are no changed places: no change was reviewed, or a very large one.'),
    ];
  const seen = Math.max(0, hunks - notLookedAtCount);
  const told = h('p', { key: 'told' }, `The reviewer looked at ${seen} of ${hunks} changed places.`);
  if (notLookedAtCount === 0) return [told];
  const more = notLookedAtCount - notLookedAt.length;
  return [
    told,
    h('h4', { key: 'not' }, 'Not looked at'),
    h(
      'ul',
      { class: 'hunks' },
      notLookedAt.map((hunk, index) =>
        h('li', { key: index }, [viewFileLink('place', repository, hunk.file, linesText(hunk))]),
      ),
    ),
    ...(more > 0 ? [h('p', { key: 'more', class: 'quiet' }, `and ${more} more`)] : []),
  ];
}

function viewRaw({ id }: ListedRun, { rawText, rawTextIsCut }: RunDetail, open: boolean): VNode | null {
  if (rawText === '') return null;
  return h('section', { class: 'part part-raw', 'aria-label': 'Raw answer' }, [
    h('div', { class: 'raw-head' }, [
      h(
        'button',
        { class: 'disclosure', type: 'button', 'aria-expanded': String(open), 'data-action': 'toggleRaw' },
        [icon('chevron'), h('span', {}, 'Raw answer')],
      ),
      h(
        'button',
        { class: 'link', type: 'button', 'data-action': 'raw', 'data-id': id },
        'Open in an Editor',
      ),
    ]),
    open ? h('pre', { class: 'raw', tabindex: 0, 'aria-label': 'Raw answer' }, rawText) : null,
    open && rawTextIsCut ? h('p', { class: 'quiet' }, 'Cut here. The editor shows all of it.') : null,
  ]);
}
