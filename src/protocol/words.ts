/** A word of a command, and where it stands in the text it was typed in. */
export interface Word {
  /** Without its quotes. */
  text: string;
  /** Something in it was quoted: then it is never an option. */
  quoted: boolean;
  /** It begins with a quote that is never closed: its text is as typed. */
  unclosed: boolean;
  start: number;
  end: number;
}

/**
 * Splits the text behind a slash command into words: white space separates; double or single quotes at the beginning of
 * a word, or of the value after `=`, keep words together; a backslash in double quotes takes the next quote or backslash
 * literally. Nothing is expanded. A quote elsewhere (`it's`) is a letter.
 */
export function splitWords(text: string): Word[] {
  const words: Word[] = [];
  const pattern = /\S+/gy;
  for (let start = skipSpace(text, 0); start < text.length; start = skipSpace(text, words.at(-1)?.end ?? 0)) {
    const quotedAt = start + (/^--[\w-]+=/.exec(text.slice(start, start + 40))?.[0].length ?? 0);
    const quoted = quotedText(text, quotedAt);
    if (quoted !== null) {
      const before = text.slice(start, quotedAt);
      words.push({
        text: before + quoted.text,
        quoted: before === '',
        unclosed: false,
        start,
        end: quoted.end,
      });
      continue;
    }
    pattern.lastIndex = start;
    const word = pattern.exec(text)?.[0] ?? '';
    words.push({
      text: word,
      quoted: false,
      unclosed: /^["']/.test(text.slice(quotedAt)),
      start,
      end: start + word.length,
    });
  }
  return words;
}

function skipSpace(text: string, from: number): number {
  let index = from;
  while (index < text.length && /\s/.test(text.charAt(index))) index += 1;
  return index;
}

/** A quoted text that begins here and ends before white space or the end; null for anything else. */
function quotedText(text: string, start: number): { text: string; end: number } | null {
  const quote = text.charAt(start);
  if (quote !== '"' && quote !== "'") return null;
  const pattern = quote === '"' ? /"((?:\\[\s\S]|[^"\\])*)"(?!\S)/y : /'([^']*)'(?!\S)/y;
  pattern.lastIndex = start;
  const match = pattern.exec(text);
  if (!match) return null;
  const inner = match[1] ?? '';
  return {
    text: quote === '"' ? inner.replaceAll(/\\(["\\])/g, '$1') : inner,
    end: pattern.lastIndex,
  };
}
