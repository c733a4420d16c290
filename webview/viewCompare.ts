import type {
  ComparedReview,
  ComparedRow,
  Comparison,
  Reported,
  Right,
} from '../src/protocol/comparePage.ts';
import { type ReviewerId, reviewers, voiceName } from '../src/protocol/finding.ts';
import { isTerminal } from '../src/protocol/job.ts';
import type { ListedFinding } from '../src/protocol/pageSlices.ts';
import { actionsFor, type OfferedAction } from './actions.ts';
import { comparisonOf, offeredFor, type CompareState } from './compareState.ts';
import {
  decisionText,
  doingText,
  kindTitles,
  rowKey,
  rowKind,
  rowKinds,
  silenceText,
  spentFacts,
  standingText,
  totalText,
  wordsFacts,
  type RowKind,
} from './compareText.ts';
import { h, type VNode } from './dom.ts';
import { isDone, obstacleOf, placeText } from './findingText.ts';
import { formNote, withoutCodeSpans } from './jobText.ts';
import { icon } from './icons.ts';
import { outcomeIcons, outcomeOf } from './run.ts';
import { viewMenu } from './viewMenu.ts';
import { viewPart, viewPriority, viewTags } from './viewParts.ts';

/** The page as a function of the state. @param now ms since the epoch */
export function viewCompare(state: CompareState, now: number): VNode {
  const { menu, unreadable } = state;
  const comparison = comparisonOf(state);
  return h('main', { class: 'compare', tabindex: -1 }, [
    unreadable ? mismatch() : null,
    ...(comparison === null ? [nothing(state)] : viewComparison(comparison, now)),
    menu === null
      ? null
      : viewMenu({ ids: [menu.id], x: menu.x, y: menu.y, active: menu.active }, offeredFor(state, menu.id)),
  ]);
}

function nothing({ comparison }: CompareState): VNode {
  const text = comparison === 'loading' ? 'Loading' : 'Nothing is kept of these reviews any more.';
  return h('p', { class: 'nothing' }, text);
}

function mismatch(): VNode {
  const text =
    'Tandem sent something that this page does not understand. Reload the window, so that both are of one version.';
  return h('p', { class: 'banner mismatch', role: 'alert' }, [icon('warning'), h('span', {}, text)]);
}

function viewComparison(comparison: Comparison, now: number): VNode[] {
  const known = new Map(comparison.findings.map((finding) => [finding.id, finding]));
  const total = totalText(comparison);
  return [
    h('header', { class: 'compare-head' }, [
      h('h1', { key: 'title' }, headingOf(comparison)),
      total === '' ? null : h('p', { key: 'total', class: 'total' }, total),
    ]),
    h(
      'div',
      { class: 'pair sides' },
      reviewers.map((reviewer) => viewSide(reviewer, comparison, now)),
    ),
    ...rowKinds.flatMap((kind) => viewKind(kind, comparison, known) ?? []),
  ];
}

function headingOf({ title, codex, claude }: Comparison): string {
  const isAdversarial = (codex ?? claude)?.kind === 'adversarial-review';
  return `${isAdversarial ? 'Adversarial review' : 'Review'} of ${title}`;
}

/** One review: how it went, what it took, and its own explanation. */
function viewSide(reviewer: ReviewerId, comparison: Comparison, now: number): VNode {
  const review = comparison[reviewer];
  const name = voiceName(reviewer);
  const attributes = {
    key: reviewer,
    class: `side side-${reviewer}`,
    'aria-label': `Review by ${name}`,
    'data-repository': comparison.repository,
  };
  if (review === null)
    return h('section', attributes, [
      h('h2', { key: 'name' }, [h('span', { key: 'text' }, `${name}: ${standingText(null)}`)]),
    ]);
  const doing = doingText(review);
  return h('section', attributes, [
    h('h2', { key: 'name' }, [
      icon(isTerminal(review.state) ? outcomeIcons[outcomeOf(review)] : 'running'),
      h('span', { key: 'text' }, `${name}: ${standingText(review)}`),
    ]),
    h('p', { class: 'facts' }, spentFacts(review, now).join(' · ')),
    doing === '' ? null : h('p', { class: 'doing' }, doing),
    ...remarks(review).map((text, index) => h('p', { key: `remark-${index}`, class: 'remark' }, text)),
    review.explanation === ''
      ? null
      : h('div', { class: 'markdown', key: 'explanation' }, { markdown: review.explanation }),
    viewPart(
      'notes',
      'Notes',
      review.notes.map((note, index) => h('p', { key: index }, note)),
    ),
    isTerminal(review.state) && review.structure !== null
      ? h(
          'button',
          { class: 'link raw-answer', type: 'button', 'data-action': 'raw', 'data-id': review.id },
          'Raw answer',
        )
      : null,
  ]);
}

/** Why there is no result, or not all of it. */
function remarks(review: ComparedReview): string[] {
  const { failure, state } = review;
  const form = isTerminal(state) ? formNote(review, outcomeOf(review)) : '';
  return [failure?.message ?? '', failure?.advice ?? '', form]
    .filter((text) => text !== '')
    .map(withoutCodeSpans);
}

type Known = ReadonlyMap<string, ListedFinding>;

function viewKind(kind: RowKind, { rows, repository }: Comparison, known: Known): VNode | null {
  const own = rows.filter((row) => rowKind(row) === kind);
  if (own.length === 0) return null;
  return h('section', { key: kind, class: `kind kind-${kind}`, 'aria-label': kindTitles[kind] }, [
    h('h2', { key: 'title', class: 'kind-title' }, [
      h('span', { key: 'text' }, kindTitles[kind]),
      h('span', { class: 'count' }, String(own.length)),
    ]),
    ...own.map((row) => viewRow(row, kind, repository, known)),
  ]);
}

function viewRow(row: ComparedRow, kind: RowKind, repository: string, known: Known): VNode {
  const { codex, claude } = row;
  const shown = codex ?? claude;
  const now = shown === null ? undefined : known.get(shown.id);
  const isDispute = kind === 'dispute';
  const done = !isDispute && now !== undefined && isDone(now);
  const attributes = {
    key: rowKey(row),
    class: `match match-${kind}${done ? ' done' : ''}${row.decision === 'open' ? ' undecided' : ''}`,
    'aria-label': shown?.title ?? '',
    'data-repository': repository,
    'data-key': rowKey(row),
    tabindex: -1,
  };
  return h('article', attributes, [
    isDispute || shown === null ? null : viewFindingHead(shown, now),
    row.joined === undefined ? null : h('p', { class: 'quiet joined', key: 'joined' }, row.joined),
    h('div', { class: 'pair voices' }, [
      viewVoice('codex', row, isDispute ? known : null),
      viewVoice('claude', row, isDispute ? known : null),
    ]),
    isDispute ? viewDecision(row) : null,
  ]);
}

/** @param known of a dispute, where each side is a finding of its own */
function viewVoice(reviewer: ReviewerId, row: ComparedRow, known: Known | null): VNode {
  const said = row[reviewer];
  const name = voiceName(reviewer);
  if (said === null)
    return h('div', { key: reviewer, class: `voice-cell silent voice-${reviewer}` }, [
      h('p', { class: 'quiet' }, silenceText(reviewer, row.silence ?? 'unknown')),
    ]);
  const now = known?.get(said.id);
  const done = now !== undefined && isDone(now);
  return h('div', { key: reviewer, class: `voice-cell voice-${reviewer}${done ? ' done' : ''}` }, [
    h('p', { class: 'voice-name' }, [
      h('strong', { key: 'name' }, name),
      h(
        'span',
        { class: 'quiet' },
        wordsFacts(said, row.codex !== null && row.claude !== null && known === null),
      ),
    ]),
    h('h3', { class: 'voice-title', key: 'title' }, said.title),
    known === null ? null : viewFindingHead(said, now),
    h('div', { class: 'markdown', key: 'body' }, { markdown: said.body }),
    said.recommendation === ''
      ? null
      : h(
          'div',
          { class: 'markdown recommendation', key: 'recommendation' },
          { markdown: `**Recommendation:** ${said.recommendation}` },
        ),
  ]);
}

/** Where the finding is, how it stands, and what can be done with it. */
function viewFindingHead(reported: Reported, now: ListedFinding | undefined): VNode {
  const tags = now === undefined ? [] : viewTags(now);
  return h('div', { class: 'match-head', key: `head-${reported.id}` }, [
    viewPriority(now?.priority ?? reported.priority),
    viewPlace(reported, now),
    ...tags,
    now === undefined
      ? h('span', { class: 'obstacle' }, 'no longer listed')
      : h('div', { class: 'match-actions', role: 'group', 'aria-label': 'Actions' }, [
          ...direct(now).map(({ action, label }) => viewAction(reported.id, action, label)),
          viewMore(reported.id),
        ]),
  ]);
}

function viewPlace(reported: Reported, now: ListedFinding | undefined): VNode {
  const text = placeText(now ?? reported);
  const obstacle = now === undefined ? '' : obstacleOf(now.place);
  if (obstacle !== null)
    return h('span', { class: 'place' }, obstacle === '' ? text : `${text} (${obstacle})`);
  const attributes = {
    class: 'link place',
    type: 'button',
    title: 'Open in the editor',
    'data-action': 'open',
    'data-id': reported.id,
  };
  return h('button', attributes, text);
}

function direct(finding: ListedFinding): OfferedAction[] {
  return actionsFor([finding]).filter(({ action }) =>
    ['fixWithCodex', 'dismiss', 'reopen', 'part', 'joinAgain'].includes(action),
  );
}

function viewAction(id: string, action: string, label: string): VNode {
  const attributes = {
    key: action,
    class: 'action',
    type: 'button',
    'data-action': 'perform',
    'data-perform': action,
    'data-id': id,
  };
  return h('button', attributes, label);
}

/** Opens the menu with all actions. */
function viewMore(id: string): VNode {
  const attributes = {
    class: 'action more-actions',
    type: 'button',
    'aria-haspopup': 'menu',
    'aria-label': 'More actions',
    title: 'More actions',
    'data-action': 'openMenu',
    'data-id': id,
  };
  return h('button', attributes, [icon('more')]);
}

const rightLabels: Readonly<Record<Right, string>> = {
  codex: 'Codex is right',
  claude: 'Claude is right',
  both: 'Both stand',
};

/** The decision box of a dispute. */
function viewDecision({ codex, claude, decision }: ComparedRow): VNode {
  const state = decision ?? 'over';
  return h('div', { class: 'decision', role: 'group', 'aria-label': 'Decide the dispute' }, [
    h('p', { class: 'decision-text' }, [
      icon(state === 'open' ? 'warning' : 'pass'),
      h('span', { key: 'text' }, decisionText(state)),
    ]),
    state === 'over'
      ? null
      : h(
          'div',
          { class: 'decision-buttons' },
          (Object.keys(rightLabels) as Right[]).map((right) =>
            h(
              'button',
              {
                key: right,
                class: 'action',
                type: 'button',
                'aria-pressed': String(state === right),
                title: hintOf(right),
                'data-action': 'decide',
                'data-right': right,
                'data-codex': codex?.id ?? '',
                'data-claude': claude?.id ?? '',
              },
              rightLabels[right],
            ),
          ),
        ),
  ]);
}

function hintOf(right: Right): string {
  if (right === 'both') return 'Neither is dismissed; each has a comment that says so';
  return `Dismisses the finding of ${right === 'codex' ? 'Claude' : 'Codex'}, with this as the reason`;
}
