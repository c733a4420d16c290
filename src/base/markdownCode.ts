/*
 * Code in Markdown, which no content can leave.
 */

/** @param language a word, or empty */
export function codeBlock(content: string, language = ''): string {
  // A fence that is longer than any in the content cannot be closed by it.
  const fence = '`'.repeat(Math.max(3, longestTicks(content) + 1));
  return `${fence}${language}\n${content.replace(/\n$/, '')}\n${fence}`;
}

export function codeSpan(content: string): string {
  const ticks = '`'.repeat(longestTicks(content) + 1);
  const pad = /^[`\s]|[`\s]$/.test(content) ? ' ' : '';
  return `${ticks}${pad}${content}${pad}${ticks}`;
}

function longestTicks(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
