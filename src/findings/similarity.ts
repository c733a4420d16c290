/*
 * How near two findings are in meaning: by what their titles share. Reviewers word the same defect differently in each run,
 * and different defects on the same lines share few words that matter.
 */

/** Words that say nothing about which defect it is. */
const stopWords = new Set(
  'a an and are as at be been before but by can could do does for from has have if in into is it its may might more not of on or should so than that the their then there this to too was when where which while will with without would'.split(
    ' ',
  ),
);

/** Words of reviewers that stand in titles of all kinds of defects; they count only where a title has no others. */
const commonWords = new Set(
  'bug call case change check code correct error fail fix function handle handling incorrect invalid issue line method miss missing never potential possible problem return test type use user value wrong'
    .split(' ')
    .map(stem),
);

/** Titles of findings on the very same text that share so much mean the same. */
export const similarTitlesOnSameText = 0.34;

/** A title in a form that can be compared. */
export interface Meaning {
  /** The words that matter, in a common form: `Calls` and `calling` are `call`. */
  words: ReadonlySet<string>;
  /** All runs of three letters in them, so that `timezone` is near `time zone`. */
  trigrams: ReadonlySet<string>;
}

export function meaningOf(title: string): Meaning {
  const words = tellingWords(title);
  return { words: new Set(words), trigrams: trigramsOf(words.join('')) };
}

/** The words of a text that matter, in a common form and in their order. */
export function tellingWords(text: string): string[] {
  const words = contentWords(
    text
      // `parseDate` and `parse_date` are written both ways.
      .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u),
  );
  const telling = words.filter((word) => !commonWords.has(word));
  return telling.length > 0 ? telling : words;
}

/** Those of these that say something, in a common form: words of titles of all kinds of defects, too. */
export function contentWords(words: readonly string[]): string[] {
  return words.filter((word) => word !== '' && !stopWords.has(word)).map(stem);
}

/** Light, for English; other words stay as they are. */
export function stem(word: string): string {
  if (word.length <= 4) return word;
  const bare = word.replace(/(ing|ed|es|s|ly)$/, '');
  return bare.length <= 3 ? bare : bare.replace(/(.)\1$/, '$1').replace(/e$/, '');
}

function trigramsOf(text: string): Set<string> {
  return new Set(Array.from({ length: Math.max(0, text.length - 2) }, (_, at) => text.slice(at, at + 3)));
}

/** 0 to 1: the share of common words or of common trigrams (Sørensen–Dice), whichever is more. */
export function similarity(a: Meaning, b: Meaning): number {
  return Math.max(dice(a.words, b.words), dice(a.trigrams, b.trigrams));
}

/** The share of what two sets have in common (Sørensen–Dice), 0 to 1. Two that are empty have nothing in common. */
export function dice(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size + b.size === 0) return 0;
  let count = 0;
  for (const item of a) if (b.has(item)) count += 1;
  return (2 * count) / (a.size + b.size);
}
