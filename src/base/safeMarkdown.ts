import MarkdownIt, { type MarkdownIt as Parser, type Token } from 'markdown-it';
import { codeBlock, codeSpan } from './markdownCode.ts';
import { printable } from './printable.ts';

/** Longer bodies are cut where nothing else is said: a hover is no place to read them. Characters. */
const maxLength = 8_000;

const followable = /^https?:\/\//i;
const parser = createParser();

/** Makes text of what Markdown could take for more. */
type Escape = (text: string) => string;

/**
 * A reviewer's Markdown, written anew for renderers that would follow `file:` and `command:` links, load images, or let
 * HTML through: the result holds no image, no HTML and no link but to http(s). Code is kept as it is, tables stay text.
 * @param most longer sources are cut; characters
 */
export function safeMarkdown(source: string, most = maxLength, escape: Escape = escapeMarkdown): string {
  const cut = source.length > most ? `${source.slice(0, most)}\n\n…` : source;
  const clean = printable(cut.replaceAll(/\r\n?/g, '\n'));
  // Entities become letters only now.
  return renderBlocks(parser.parse(clean, {}), (text) => escape(printable(text))).trim();
}

/** Text in which Markdown sees nothing but text. */
export function escapeMarkdown(text: string): string {
  // Any ASCII punctuation may be escaped (CommonMark 0.31, 2.4). Left bare: what has no meaning or only reads worse.
  return text.replaceAll(/[!#$%&()*+\-:;<=>@[\\\]^_`{|}~]/g, '\\$&').replace(/^(\s*\d+)\./, '$1\\.');
}

function createParser(): Parser {
  const markdown = new MarkdownIt({ html: false, linkify: true });
  // Else `main.rs` and `run.sh` would be taken for hosts.
  markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
  markdown.validateLink = (href) => followable.test(href);
  return markdown.disable('table');
}

/** A block that has been opened, with what it holds so far. */
interface Frame {
  readonly opened: Token | null;
  readonly parts: string[];
  /** Of a list: the next item's number. */
  number: number;
  /** Of an item: its text is no paragraph of its own, so that nothing stands apart in the list. */
  tight: boolean;
}

/** Writes a list of blocks; what is nested is written first and then prefixed line by line. */
function renderBlocks(tokens: readonly Token[], escape: Escape): string {
  const root: Frame = { opened: null, parts: [], number: 1, tight: false };
  const stack = [root];
  for (const token of tokens) {
    const top = stack.at(-1) ?? root;
    if (token.nesting === 0) top.parts.push(leaf(token, escape));
    else if (token.nesting === 1)
      stack.push({ opened: token, parts: [], number: Number(token.attrGet('start') ?? 1), tight: false });
    else {
      stack.pop();
      const parent = stack.at(-1) ?? root;
      parent.parts.push(close(top, parent.number));
      parent.number += 1;
      parent.tight ||= token.hidden;
    }
  }
  return root.parts.join('\n\n');
}

function close({ opened, parts, tight }: Frame, number: number): string {
  const isList = opened?.type === 'bullet_list_open' || opened?.type === 'ordered_list_open';
  const text = parts.filter((part) => part !== '').join(isList || tight ? '\n' : '\n\n');
  switch (opened?.type) {
    case 'heading_open':
      return `**${text}**`;
    case 'blockquote_open':
      return prefixed(text, '> ', '> ');
    case 'list_item_open': {
      const marker = opened.markup === '.' || opened.markup === ')' ? `${number}. ` : '- ';
      return prefixed(text, marker, ' '.repeat(marker.length));
    }
    default:
      return text;
  }
}

function leaf(token: Token, escape: Escape): string {
  switch (token.type) {
    case 'inline':
      return renderInline(token.children ?? [], escape);
    case 'fence':
      return codeBlock(token.content, /^[\w+#.-]*/.exec(token.info.trim())?.[0] ?? '');
    case 'code_block':
      return codeBlock(token.content);
    case 'hr':
      return '---';
    default:
      return escape(token.content);
  }
}

/** What stands for the tokens that carry no text of their own. */
const marks: Readonly<Record<string, string>> = {
  softbreak: '\n',
  hardbreak: '\\\n',
  strong_open: '**',
  strong_close: '**',
  em_open: '*',
  em_close: '*',
  s_open: '~~',
  s_close: '~~',
  link_open: '[',
};

function renderInline(tokens: readonly Token[], escape: Escape): string {
  const links: string[] = [];
  const parts = tokens.map((token) => {
    if (token.type === 'link_open') links.push(String(token.attrGet('href') ?? ''));
    const mark = marks[token.type];
    return mark ?? (token.type === 'link_close' ? closeLink(links.pop() ?? '') : inlineText(token, escape));
  });
  return parts
    .join('')
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}

function closeLink(href: string): string {
  return `](<${href.replaceAll(/[<>\s\\]/g, encodeURIComponent)}>)`;
}

function inlineText({ type, content }: Token, escape: Escape): string {
  if (type === 'code_inline') return codeSpan(content);
  if (type !== 'image') return escape(content);
  return escape(content.trim() === '' ? '[image]' : `[image: ${content.trim()}]`);
}

function prefixed(text: string, first: string, rest: string): string {
  return text
    .split('\n')
    .map((line, index) => (index === 0 ? first : line === '' ? rest.trimEnd() : rest) + line)
    .join('\n');
}
