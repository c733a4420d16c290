import { type Finding, voicesText } from '../src/protocol/finding.ts';
import { h, type VNode } from './dom.ts';
import { icon } from './icons.ts';
import { linesText, obstacleOf } from './list.ts';
import { viewPriority } from './viewList.ts';

/** Everything about the selected finding. */
export function viewDetail(finding: Finding): VNode {
  const { title, priority, id } = finding;
  return h('section', { class: 'detail', 'aria-label': 'Details of the finding' }, [
    h('div', { class: 'detail-head' }, [
      viewPriority(priority),
      h('h2', { key: 'title' }, title),
      h(
        'button',
        {
          class: 'icon-button',
          type: 'button',
          'aria-label': 'Close details',
          title: 'Close details',
          'data-action': 'closeDetail',
        },
        [icon('close')],
      ),
    ]),
    h('p', { class: 'where' }, [viewPlace(finding)]),
    h('p', { class: 'facts' }, factsText(finding)),
    // Keyed by the finding: another one begins at its top.
    h(
      'div',
      {
        class: 'body markdown',
        key: id,
        role: 'group',
        'aria-label': 'Description',
      },
      { markdown: bodyOf(finding) },
    ),
  ]);
}

function bodyOf({ body, recommendation }: Finding): string {
  const advice = recommendation === '' ? '' : `**Recommendation**\n\n${recommendation}`;
  return [body, advice].filter((part) => part !== '').join('\n\n');
}

/** Stands in for the details where there is room for them beside the list. */
export function viewNoDetail(): VNode {
  return h('p', { class: 'no-detail' }, 'Select a finding to read about it.');
}

function viewPlace(finding: Finding): VNode {
  const text = finding.file === '' ? 'No file given' : `${finding.file}:${linesText(finding)}`;
  const obstacle = obstacleOf(finding.place);
  if (obstacle !== null) return h('span', { class: 'place', key: 'place' }, `${text} (${obstacle})`);
  return h(
    'button',
    { class: 'link place', type: 'button', 'data-action': 'openSelected', title: 'Open in the editor' },
    text,
  );
}

function factsText(finding: Finding): string {
  const { confidence } = finding;
  const percentage = Math.round(Math.min(1, Math.max(0, confidence ?? 0)) * 100);
  return [confidence === null ? '' : `${percentage}% confidence`, voicesText(finding)]
    .filter(Boolean)
    .join(' · ');
}
