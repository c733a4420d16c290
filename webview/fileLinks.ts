import type { MarkdownIt, Token } from 'markdown-it';
import { isRepositoryPath } from '../src/protocol/repositoryPath.ts';

/** A file of the repository that a text names. Where it leads is for the host to find out. */
export interface FileLink {
  /** Relative to the repository with `/`. */
  readonly path: string;
  /** 1-based; null where none is given. */
  readonly line: number | null;
}

/** `src/a.ts`, `./src/a.ts:12`, `src/a.ts:12-14`, `src/a.ts#L12` as the destination of a link; null for anything else. */
export function fileLinkOf(href: string): FileLink | null {
  const match =
    /^(?:\.\/)?([^#?:]+)(?:#L(\d{1,7})(?:C\d+)?(?:-L?\d+(?:C\d+)?)?|:(\d{1,7})(?:[:-]\d+)?)?$/.exec(
      decoded(href),
    );
  const [, path = '', hashLine, colonLine] = match ?? [];
  if (!isRepositoryPath(path)) return null;
  const line = hashLine ?? colonLine;
  return { path, line: line === undefined ? null : Number(line) };
}

/** markdown-it encodes destinations; one that can't be decoded is no path of ours. */
function decoded(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch (error) {
    if (error instanceof URIError) return '';
    throw error;
  }
}

/** A file with a line, in running text: there a line is what tells a place from a word. */
const places =
  /(?<![\w@+./\\:-])(?:[\w@.+-]+\/)*[\w@.+-]*[\w@+-]\.[A-Za-z]\w{0,9}:\d{1,7}(?:-\d{1,7})?(?![\w/\\])/g;

/** Makes links of the places that a text names: `src/a.ts:12`, in code or not. */
export function linkPlaces(markdown: MarkdownIt): void {
  markdown.core.ruler.push('places', ({ tokens, Token: NewToken }) => {
    for (const token of tokens) {
      if (token.type !== 'inline' || token.children === null) continue;
      let depth = 0;
      token.children = token.children.flatMap((child) => {
        if (child.type === 'link_open') depth += 1;
        if (child.type === 'link_close') depth -= 1;
        return depth > 0 ? [child] : linked(child, NewToken);
      });
    }
  });
}

type TokenClass = new (type: string, tag: string, nesting: -1 | 0 | 1) => Token;

function linked(token: Token, NewToken: TokenClass): Token[] {
  if (token.type !== 'text' && token.type !== 'code_inline') return [token];
  const { content } = token;
  const found = [...content.matchAll(places)].filter(([place]) => fileLinkOf(place) !== null);
  if (found.length === 0) return [token];
  if (token.type === 'code_inline')
    return found[0]?.[0] === content.trim() ? link(content.trim(), [token], NewToken) : [token];
  let end = 0;
  const parts = found.flatMap((match) => {
    const before = content.slice(end, match.index);
    end = match.index + match[0].length;
    return [text(before, NewToken), ...link(match[0], [text(match[0], NewToken)], NewToken)];
  });
  return [...parts, text(content.slice(end), NewToken)];
}

function link(href: string, inside: readonly Token[], NewToken: TokenClass): Token[] {
  const open = new NewToken('link_open', 'a', 1);
  open.attrSet('href', href);
  return [open, ...inside, new NewToken('link_close', 'a', -1)];
}

function text(content: string, NewToken: TokenClass): Token {
  const token = new NewToken('text', '', 0);
  token.content = content;
  return token;
}
