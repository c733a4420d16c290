import type { Look } from '../src/protocol/evidence.ts';
import type { Priority } from '../src/protocol/finding.ts';
import { h, type VNode } from './dom.ts';
import { tagsOf } from './findingText.ts';
import type { ListedFinding } from '../src/protocol/pageSlices.ts';
import { icon } from './icons.ts';

/** Words between the parts of a row for screen readers, which take the row's text for its name; nobody sees them. */
export function told(key: string, text: string): VNode {
  return h('span', { key, class: 'told' }, text);
}

export function viewPriority(priority: Priority): VNode {
  return h('span', { class: `priority priority-${priority}` }, priority);
}

export function viewTags(finding: ListedFinding): VNode[] {
  return tagsOf(finding).map(({ kind, text, hint }) =>
    h('span', { key: `tag-${kind}`, class: `tag tag-${kind}`, title: hint }, text),
  );
}

export function viewClose(action: string): VNode {
  const attributes = {
    class: 'icon-button',
    type: 'button',
    'aria-label': 'Close details',
    title: 'Close details',
    'data-action': action,
  };
  return h('button', attributes, [icon('close')]);
}

/** A part of the details with its heading; null where there is nothing in it. */
export function viewPart(key: string, title: string, content: readonly (VNode | null)[]): VNode | null {
  const parts = content.filter((one) => one !== null);
  if (parts.length === 0) return null;
  return h('section', { key, class: `part part-${key}`, 'aria-label': title }, [
    h('h3', { key: 'title' }, title),
    ...parts,
  ]);
}

/** Commands of an agent, and whether they succeeded. */
export function viewLookList(looks: readonly Pick<Look, 'command' | 'succeeded'>[]): VNode {
  return h(
    'ul',
    { class: 'looks' },
    looks.map(({ command, succeeded }, index) =>
      h('li', { key: index }, [
        icon(succeeded ? 'pass' : 'error'),
        h('span', { key: 'told', class: 'told' }, succeeded ? 'Succeeded:' : 'Failed:'),
        h('code', { key: 'command' }, command),
      ]),
    ),
  );
}

/** A place in a file that the host opens; its text is the place. */
export function viewFileLink(key: string, repository: string, path: string, lines: string): VNode {
  const attributes = {
    key,
    class: 'link file',
    type: 'button',
    title: 'Open in the editor',
    'data-file': path,
    'data-line': lines.split('-')[0] ?? '',
    'data-repository': repository,
  };
  return h('button', attributes, `${path}:${lines}`);
}
