/*
 * How near two findings are in meaning: by the words that their titles share. Reviewers word the same defect differently in
 * each run, and different defects on the same lines share few words that matter.
 */

/** Words that say nothing about which defect it is. */
const stopWords = new Set(
  'a an and are as at be been before but by can could do does for from has have if in into is it its may might more not of on or should so than that the their then there this to too was when where which while will with without would'.split(
    ' ',
  ),
);

/** The words of a text that matter, in a common form: `Calls` and `calling` count as `call`. */
export function wordsOf(text: string): Set<string> {
  const words = text
    // `parseDate` and `parse_date` are written both ways.
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !stopWords.has(word));
  return new Set(words.map(stem));
}

/** Light, for English; other words stay as they are. */
function stem(word: string): string {
  if (word.length <= 4) return word;
  return word.replace(/(ing|ed|es|s|ly)$/, '').replace(/(.)\1$/, '$1');
}

/** Share of common words, 0 to 1 (Sørensen–Dice). Two texts without words have nothing in common. */
export function similarity(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size + b.size === 0) return 0;
  let common = 0;
  for (const word of a) if (b.has(word)) common += 1;
  return (2 * common) / (a.size + b.size);
}
