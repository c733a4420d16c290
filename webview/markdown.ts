import MarkdownIt, { type MarkdownIt as Renderer, type Token } from 'markdown-it';
import { fileLinkOf, linkPlaces } from './fileLinks.ts';
import { visibleText } from './visible.ts';

/** The only addresses that a finding may carry; of the rest, files of the repository are links for the host, all else is text. */
const followable = /^https?:\/\//i;

const renderer = createRenderer();

/** True for an address that may be handed to the host to be opened in a browser. */
export function isFollowable(href: string): boolean {
  return followable.test(href);
}

/**
 * Markdown of a reviewer as HTML: no HTML of its own, no images, links only to http and https and, without an address, to files:
 * `<a role="link" tabindex="0" data-file="src/a.ts" data-line="12">`.
 */
export function renderMarkdown(source: string): string {
  return renderer.render(visibleText(source));
}

/** Replaces what is in `element` by the rendered Markdown. */
export function putMarkdown(element: Element, source: string): void {
  // Safe, and the only innerHTML of the page: with `html: false` markdown-it escapes all that the source brings, so the markup
  // is its own fixed set of tags; renderMarkdown admits http(s) addresses only and no images; and the page's
  // Content-Security-Policy allows no script, no inline style and no request to anywhere.
  element.innerHTML = renderMarkdown(source);
}

function createRenderer(): Renderer {
  const markdown = new MarkdownIt({ html: false, linkify: true, typographer: false, breaks: false });
  // Else `main.rs` and `run.sh` would be taken for hosts.
  markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
  markdown.validateLink = (href) => isFollowable(href) || fileLinkOf(href) !== null;
  linkPlaces(markdown);
  markdown.renderer.rules['image'] = (tokens, index) => {
    const alt = tokens[index]?.content.trim() ?? '';
    return markdown.utils.escapeHtml(alt === '' ? '[image]' : `[image: ${alt}]`);
  };
  markdown.renderer.rules['link_open'] = (tokens, index, options, _env, self) => {
    const link = tokens[index];
    if (link !== undefined) setTarget(link);
    return self.renderToken(tokens, index, options);
  };
  return markdown;
}

/** Where a link leads is seen before it is followed: its text is the model's. */
function setTarget(link: Token): void {
  const href = String(link.attrGet('href') ?? '');
  if (isFollowable(href)) {
    link.attrSet('title', href);
    return;
  }
  const { path, line } = fileLinkOf(href) ?? { path: '', line: null };
  // Without an address nothing but our own code can follow it.
  link.attrs = [
    ['class', 'file'],
    ['role', 'link'],
    ['tabindex', '0'],
    ['title', line === null ? path : `${path}:${line}`],
    ['data-file', path],
    ...(line === null ? [] : [['data-line', String(line)] as [string, string]]),
  ];
}
