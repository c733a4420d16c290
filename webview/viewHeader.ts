import { h, type VNode } from './dom.ts';
import type { HeaderModel, Progress } from './header.ts';
import type { HeaderAction } from './headerActions.ts';
import { icon } from './icons.ts';

/** The review's state. Focusable by script, so that the keyboard has a place to be when the button that had it goes. */
export function viewHeader(model: HeaderModel, summaryOpen: boolean): VNode {
  const { kind, time, progress, subject, facts, paragraphs, actions } = model;
  return h('section', { class: 'run', 'data-kind': kind, 'aria-label': 'Review', tabindex: -1 }, [
    h('div', { class: 'run-title' }, [
      model.icon === 'progress' ? ring() : model.icon === null ? null : icon(model.icon),
      h('h1', {}, model.title),
      time === null ? null : h('span', { class: 'time', title: time.hint }, time.text),
    ]),
    subject === '' ? null : h('p', { class: 'subject' }, subject),
    facts.length === 0 ? null : h('p', { class: 'facts' }, facts.join(' · ')),
    progress === null ? null : viewProgress(progress),
    paragraphs.length === 0
      ? null
      : h(
          'div',
          { class: 'paragraphs' },
          paragraphs.map((text, index) => h('p', { key: index }, text)),
        ),
    ...viewSummary(model, summaryOpen),
    actions.length === 0 ? null : h('div', { class: 'actions' }, actions.map(viewAction)),
  ]);
}

/** Hidden from screen readers: the toolkit would make it an alert, and the title says the same. */
function ring(): VNode {
  return h('vscode-progress-ring', { key: 'ring', 'aria-hidden': 'true' });
}

function viewProgress({ phase, activity }: Progress): VNode {
  return h('div', { class: 'progress' }, [
    h('p', { class: 'phase' }, phase),
    activity === null ? null : h('p', { class: 'activity', title: activity }, activity),
  ]);
}

function viewSummary({ summary }: HeaderModel, open: boolean): (VNode | null)[] {
  if (summary === null) return [];
  const text = h(
    'div',
    { class: 'summary markdown', role: 'group', 'aria-label': 'Summary' },
    { markdown: summary.markdown },
  );
  if (!summary.collapsible) return [text];
  const toggle = h(
    'button',
    { class: 'disclosure', type: 'button', 'aria-expanded': String(open), 'data-action': 'toggleSummary' },
    [icon('chevron'), h('span', {}, 'Summary')],
  );
  return [toggle, open ? text : null];
}

function viewAction({ label, command, run, look, hint }: HeaderAction): VNode {
  const shared = {
    key: command,
    'data-action': command === 'compare' ? command : 'command',
    'data-command': command,
    'data-id': run ?? null,
    title: hint ?? null,
    'aria-label': hint ?? null,
  };
  if (look === 'link') return h('button', { ...shared, class: 'link', type: 'button' }, label);
  return h('vscode-button', { ...shared, appearance: look }, label);
}
