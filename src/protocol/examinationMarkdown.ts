import { codeBlock, codeSpan } from '../base/markdownCode.ts';
import { oneLine, printable } from '../base/printable.ts';
import { type CheckedQuote, type Examination, quotePlace } from './examination.ts';

/** Longer places are cut. Characters. */
const maxPlace = 300;

/**
 * What an agent said of a finding and what it quoted, as Markdown.
 * @param safe makes a model's Markdown harmless for whoever shows it
 */
export function examinationMarkdown(
  { reason, quotes }: Pick<Examination, 'reason' | 'quotes'>,
  safe: (markdown: string) => string,
): string {
  return [safe(reason), ...quotes.map(quoteMarkdown)].filter((part) => part !== '').join('\n\n');
}

function quoteMarkdown(quote: CheckedQuote): string {
  const place = codeSpan(oneLine(quotePlace(quote), maxPlace));
  // What is not in the file must not look as if it were.
  const heading = quote.verified ? `${place}:` : `Said to be ${place}, but not in that file:`;
  return `${heading}\n\n${codeBlock(printable(quote.lines.join('\n')))}`;
}
