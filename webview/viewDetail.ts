import { voicesText } from '../src/protocol/finding.ts';
import type { Look } from '../src/protocol/evidence.ts';
import {
  type Comment,
  type HistoryEntry,
  actorName,
  joinHeading,
  otherStatements,
  statementHeading,
} from '../src/protocol/knownFinding.ts';
import type { FindingDetail, ListedFinding } from '../src/protocol/pageSlices.ts';
import type { OfferedAction } from './actions.ts';
import { h, type VNode } from './dom.ts';
import { obstacleOf, placeText } from './findingText.ts';
import { momentText } from './time.ts';
import { viewAction, viewMore } from './viewFilter.ts';
import { viewExamination } from './viewExamination.ts';
import { viewClose, viewLookList, viewPart, viewPriority, viewTags } from './viewParts.ts';

/**
 * Everything about the selected finding.
 * @param detail null until the host has sent it
 * @param now ms since the epoch
 */
export function viewDetail(
  finding: ListedFinding,
  detail: FindingDetail | null,
  actions: readonly OfferedAction[],
  now: number,
): VNode {
  const { priority, id } = finding;
  const tags = viewTags(finding);
  return h('section', { class: 'detail', 'aria-label': 'Details of the finding' }, [
    h('div', { class: 'detail-head' }, [
      viewPriority(priority),
      h('h2', { key: 'title' }, detail?.title ?? finding.title),
      viewClose('closeDetail'),
    ]),
    h('p', { class: 'where' }, [viewPlace(finding)]),
    tags.length === 0 ? null : h('p', { class: 'tags' }, tags),
    h('p', { class: 'facts' }, factsText(finding, detail, now)),
    viewActions(actions),
    // Keyed by the finding: another one begins at its top.
    h(
      'div',
      { class: 'body', key: id, 'data-repository': finding.repository },
      detail === null ? [h('p', { class: 'waiting' }, 'Loading')] : viewBody(detail, finding.repository, now),
    ),
  ]);
}

/** Stands in for the details where there is room for them beside the list. */
export function viewNoDetail(): VNode {
  return h('p', { class: 'no-detail' }, 'Select a finding to read about it.');
}

function viewActions(actions: readonly OfferedAction[]): VNode {
  const direct = actions.filter(({ action }) =>
    [
      'tieBreak',
      'fixWithCodex',
      'askOther',
      'dismiss',
      'resolve',
      'reopen',
      'part',
      'joinAgain',
      'copyPrompt',
    ].includes(action),
  );
  return h('div', { class: 'detail-actions', role: 'group', 'aria-label': 'Actions' }, [
    ...direct.map((one) => viewAction(one, 'detail')),
    viewMore('detail'),
  ]);
}

function viewPlace(finding: ListedFinding): VNode {
  const text = placeText(finding);
  const obstacle = obstacleOf(finding.place);
  if (obstacle !== null) return h('span', { class: 'place', key: 'place' }, `${text} (${obstacle})`);
  return h(
    'button',
    {
      class: 'link place',
      type: 'button',
      'data-action': 'openSelected',
      title: 'Open in the editor (Enter in the list)',
    },
    text,
  );
}

function factsText(finding: ListedFinding, detail: FindingDetail | null, now: number): string {
  const confidence = detail?.confidence ?? null;
  const percentage = Math.round(Math.min(1, Math.max(0, confidence ?? 0)) * 100);
  return [
    confidence === null ? '' : `${percentage}% confidence`,
    voicesText(finding),
    `first seen ${momentText(finding.firstSeenAt, now)}`,
    finding.lastSeenAt === finding.firstSeenAt ? '' : `last seen ${momentText(finding.lastSeenAt, now)}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

function viewBody(detail: FindingDetail, repository: string, now: number): (VNode | null)[] {
  const { body, recommendation, looks, comments, history, reason, by } = detail;
  return [
    reason === '' ? null : h('p', { class: 'reason' }, `${actorName(by)}: ${reason}`),
    h(
      'div',
      { class: 'markdown', key: 'body', role: 'group', 'aria-label': 'Description' },
      { markdown: body },
    ),
    recommendation === ''
      ? null
      : viewPart('recommendation', 'Recommendation', [
          h('div', { class: 'markdown', key: 'text' }, { markdown: recommendation }),
        ]),
    ...viewOthers(detail),
    ...viewJoins(detail),
    ...detail.examinations.map((one, index) => viewExamination(one, index, { repository, now })),
    viewPart('evidence', 'Evidence', [viewLooks(looks)]),
    viewPart(
      'comments',
      'Comments',
      comments.map((comment, index) => viewComment(comment, index, now)),
    ),
    viewPart('history', 'History', [viewHistory(history, now)]),
  ];
}

/** What others that raised it say of it, in their own words. */
function viewOthers(detail: FindingDetail): (VNode | null)[] {
  return otherStatements(detail).map((one) =>
    viewPart(`statement-${one.by}`, statementHeading(one, detail), [
      h('p', { key: 'title' }, [h('strong', { key: 'text' }, one.title)]),
      h('div', { class: 'markdown', key: 'text' }, { markdown: one.body }),
      one.recommendation === ''
        ? null
        : h(
            'div',
            { class: 'markdown', key: 'recommendation' },
            {
              markdown: `**Recommendation:** ${one.recommendation}`,
            },
          ),
    ]),
  );
}

/** Why it is one finding, where that took more than the words of both. */
function viewJoins({ joins = [] }: FindingDetail): VNode[] {
  return joins.flatMap((join, index) => {
    const heading = joinHeading(join);
    if (heading === null) return [];
    const reason = join.reason === '' ? [] : [h('p', { key: 'reason' }, join.reason)];
    return viewPart(`join-${index}`, heading, reason) ?? h('p', { key: `join-${index}` }, heading);
  });
}

function viewLooks(looks: readonly Look[] | null): VNode {
  if (looks === null) return h('p', { class: 'quiet' }, 'What the reviewer looked at was not recorded.');
  if (looks.length === 0)
    return h('p', { class: 'quiet' }, 'The reviewer was not seen looking at this file.');
  return viewLookList(looks);
}

function viewComment({ at, by, text }: Comment, index: number, now: number): VNode {
  return h('div', { class: 'comment', key: `comment-${index}` }, [
    h('p', { class: 'comment-by' }, `${actorName(by)}, ${momentText(at, now)}`),
    h('div', { class: 'markdown', key: 'text' }, { markdown: text }),
  ]);
}

function viewHistory(history: readonly HistoryEntry[], now: number): VNode | null {
  if (history.length === 0) return null;
  return h(
    'ol',
    { class: 'history' },
    history.map(({ at, what, by, text }, index) =>
      h('li', { key: index }, [
        h('span', { class: 'when' }, momentText(at, now)),
        h(
          'span',
          { key: 'what' },
          `${capitalised(what)} (${actorName(by)})${text === '' ? '' : `: ${text}`}`,
        ),
      ]),
    ),
  );
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
