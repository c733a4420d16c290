import MarkdownIt, { type MarkdownIt as Renderer } from 'markdown-it';

/** The only links that a finding may carry; everything else (`command:`, `javascript:`, `file:`, relative) stays text. */
const followable = /^https?:\/\//i;

const renderer = createRenderer();

/** True for an address that may be handed to the host to be opened in a browser. */
export function isFollowable(href: string): boolean {
  return followable.test(href);
}

/** Markdown of a reviewer as HTML: no HTML of its own, no images, links only to http and https. */
export function renderMarkdown(source: string): string {
  return renderer.render(source);
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
  markdown.validateLink = isFollowable;
  markdown.renderer.rules['image'] = (tokens, index) => {
    const alt = tokens[index]?.content.trim() ?? '';
    return markdown.utils.escapeHtml(alt === '' ? '[image]' : `[image: ${alt}]`);
  };
  markdown.renderer.rules['link_open'] = (tokens, index, options, _env, self) => {
    // Where it leads is seen before it is followed: the text is the model's.
    const link = tokens[index];
    link?.attrSet('title', link.attrGet('href') ?? '');
    return self.renderToken(tokens, index, options);
  };
  return markdown;
}
