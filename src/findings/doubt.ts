/** Statements that there is nothing to find. */
const clean = [
  /\b(the )?(patch|change|code|diff) (is|looks) correct\b/gi,
  /\b(the )?changes (are|look) correct\b/gi,
  /\b(i )?(have )?(found |see |identified )?no (actionable )?(issues?|problems?|bugs?|defects?|findings|concerns?)( (were |was )?(found|identified|to report))?/gi,
  /\b(i )?(have )?found nothing (wrong|to report)\b/gi,
];

/** With one of these in the rest of the text, it is not certain what the statement is about. */
const doubt =
  /\b(not|cannot|unable|but|however|although|though|except|unless|only|incorrect|wrong|bugs?|issues?|problems?|fails?|failed|broken|mostly|seems?|appears?|might|may|could|should|would|probably|partially|some|other|if|p[0-3])\b|n[\u2019']t\b/i;

/** True only for a text that says without any doubt that it found nothing. */
export function saysClean(text: string): boolean {
  return withoutClean(text) !== text && !raisesDoubt(text);
}

/** True for a text that says anything which may be held against what was reviewed. */
export function raisesDoubt(text: string): boolean {
  return doubt.test(withoutClean(text));
}

function withoutClean(text: string): string {
  return clean.reduce((rest, pattern) => rest.replaceAll(pattern, ' '), text);
}
