import {
  type CheckedQuote,
  type KnownExamination,
  examinationHeading,
  quotePlace,
} from '../src/protocol/examination.ts';
import { h, type VNode } from './dom.ts';
import { momentText } from './time.ts';
import { viewFileLink, viewLookList, viewPart } from './viewParts.ts';

/**
 * What another agent said of the finding, with the lines that it quoted and what it was seen looking at.
 * @param now ms since the epoch
 */
export function viewExamination(
  one: KnownExamination,
  index: number,
  { repository, now }: { repository: string; now: number },
): VNode | null {
  const { at, current, reason, quotes, looks } = one;
  const past = current ? '' : ', before the finding was last reported';
  return viewPart(`examination-${index}`, examinationHeading(one), [
    h('p', { key: 'when', class: 'comment-by' }, `${momentText(at, now)}${past}`),
    h('div', { class: 'markdown', key: 'text' }, { markdown: reason }),
    ...quotes.map((quote, at) => viewQuote(quote, at, repository)),
    looks.length === 0
      ? h('p', { key: 'looks', class: 'quiet' }, 'It was not seen reading anything.')
      : viewLookList(looks),
  ]);
}

function viewQuote(quote: CheckedQuote, index: number, repository: string): VNode {
  const { file, lines, verified } = quote;
  const place = quotePlace(quote);
  const code = h('pre', { key: 'code' }, [h('code', {}, lines.join('\n'))]);
  // What is not in the file must not look as if it were.
  if (!verified)
    return h('div', { key: `quote-${index}`, class: 'quote unverified' }, [
      h('p', { key: 'place', class: 'quote-place' }, `Said to be ${place}, but not in that file:`),
      code,
    ]);
  const range = place.slice(file.length + 1);
  return h('div', { key: `quote-${index}`, class: 'quote' }, [
    h('p', { key: 'place', class: 'quote-place' }, [viewFileLink('link', repository, file, range)]),
    code,
  ]);
}
