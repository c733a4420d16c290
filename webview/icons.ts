import { h, type VNode } from './dom.ts';

/** Drawn for this page on a 16x16 grid, in the manner of VS Code's own icons; filled with the colour of the text around them. */
const paths = {
  chevron: 'M5.7 3.3l.7-.7L11.8 8l-5.4 5.4-.7-.7L10.4 8z',
  close: 'M8 7.3l3.6-3.7.8.8L8.7 8l3.7 3.6-.8.8L8 8.7l-3.6 3.7-.8-.8L7.3 8 3.6 4.4l.8-.8z',
  filter: 'M2 3h12v1.2L9.5 9v4.2l-3 1.2V9L2 4.2zm1.6 1l3.9 4.4v4.5l1-.4V8.4L12.4 4z',
  findings: 'M2 3h2v2H2zm4 .5h8v1H6zM2 7h2v2H2zm4 .5h8v1H6zM2 11h2v2H2zm4 .5h8v1H6z',
  pass: 'M8 1.5a6.5 6.5 0 110 13 6.5 6.5 0 010-13zm0 1a5.5 5.5 0 100 11 5.5 5.5 0 000-11zm2.9 3l.7.7-4.4 4.5-2.3-2.3.7-.7 1.6 1.6z',
  error:
    'M8 1.5a6.5 6.5 0 110 13 6.5 6.5 0 010-13zm0 1a5.5 5.5 0 100 11 5.5 5.5 0 000-11zM8 7.3l2-2 .7.7-2 2 2 2-.7.7-2-2-2 2-.7-.7 2-2-2-2 .7-.7z',
  warning: 'M8 1.6l6.6 12.4H1.4zm0 2.1L3.1 13h9.8zM7.5 6.5h1v3.6h-1zm0 4.4h1v1h-1z',
  stopped:
    'M8 1.5a6.5 6.5 0 110 13 6.5 6.5 0 010-13zM4.1 4.8a5.5 5.5 0 007.1 7.1zm.7-.7l7.1 7.1a5.5 5.5 0 00-7.1-7.1z',
  shield:
    'M8 1.3l5.5 1.9v4.3c0 3.3-2.2 5.9-5.5 7.2-3.3-1.3-5.5-3.9-5.5-7.2V3.2zm0 1.1L3.5 3.9v3.6c0 2.7 1.7 4.8 4.5 6.1 2.8-1.3 4.5-3.4 4.5-6.1V3.9z',
  demo: 'M5.5 1.5h5v1h-1v3.2l3.7 6.9c.4.8-.1 1.9-1.1 1.9H3.9c-1 0-1.5-1.1-1.1-1.9l3.7-6.9V2.5h-1zm2 1v3.5L6.1 8.5h3.8L8.5 6V2.5zM5.5 9.5l-1.8 3.5c0 .2 0 .5.3.5h8c.3 0 .3-.3.2-.5l-1.8-3.5z',
  settings:
    'M2 4h7v1H2zm9.5-1.5a2 2 0 11-1.9 2.6A2 2 0 0111.5 2.5zm0 1a1 1 0 100 2 1 1 0 000-2zM13.5 4H15v1h-1.5zM7 11h7v1H7zM4.5 9.5a2 2 0 110 4 2 2 0 010-4zm0 1a1 1 0 100 2 1 1 0 000-2zM1 11h1.5v1H1z',
  more: 'M3 7h2v2H3zm4 0h2v2H7zm4 0h2v2h-2z',
  running:
    'M8 1.5a6.5 6.5 0 110 13 6.5 6.5 0 010-13zm0 1a5.5 5.5 0 100 11 5.5 5.5 0 000-11zM7.5 4h1v3.8l2.6 1.5-.5.9-3.1-1.8z',
} as const;

export type IconName = keyof typeof paths;

/** Decoration: screen readers skip it, the text beside it says the same. */
export function icon(name: IconName, attributes: Readonly<Record<string, string>> = {}): VNode {
  const { class: extra = '', ...rest } = attributes;
  const all = {
    class: `icon icon-${name} ${extra}`.trim(),
    viewBox: '0 0 16 16',
    'aria-hidden': 'true',
    ...rest,
  };
  return h('svg', all, [h('path', { d: paths[name] }, [])]);
}
