import { dataBlock } from './dataBlock.ts';

/*
 * What a reviewer is told of findings of earlier reviews, so that a false alarm does not return and an open one is not lost.
 */

/** A finding of an earlier review. All of it is text of models and users. */
export interface EarlierFinding {
  readonly id: string;
  readonly state: 'open' | 'dismissed';
  readonly priority: string;
  readonly title: string;
  readonly file: string;
  /** `3` or `3-5`, 1-based; where it last was. */
  readonly lines: string;
  /** Why it was dismissed; may be empty. */
  readonly reason: string;
}

/** Of either state no more are told. */
const maxFindings = 40;
/** Characters of a title or a reason. */
const maxText = 300;
/** Characters of all of one state. */
const maxBlock = 12_000;

/**
 * What to do about them, and the findings themselves, in their order as far as there is room. Empty where there are none.
 * @param form whether the answer has a place for each open finding (`adversarialSchema`), or is in the words of Codex's own
 */
export function earlierText(findings: readonly EarlierFinding[], form: 'native' | 'structured'): string[] {
  const dismissed = findings.filter(({ state }) => state === 'dismissed');
  const open = findings.filter(({ state }) => state === 'open');
  return [
    ...(dismissed.length === 0
      ? []
      : [dismissedText, dataBlock('DISMISSED FINDINGS', listed(dismissed.map(dismissedLine)))]),
    ...(open.length === 0 ? [] : [openText[form], dataBlock('OPEN FINDINGS', listed(open.map(openLine)))]),
  ];
}

const dismissedText = `The user has dismissed these findings of earlier reviews, for the reason that each gives. Do not report them again,
under whatever title, unless the reason does not hold, or holds no longer; then say in the finding why.`;

const openIntroduction = `These findings of earlier reviews are open. Look at the places of those that lie in what you review. Whatever is still
there, report again under the same title, even if this change did not bring it in. Do not go looking for the others.`;

const openText = {
  native: `${openIntroduction} Say in your overall explanation which of them are fixed.`,
  structured: `${openIntroduction} In \`earlier\`, say of each by its id whether it is fixed, still there, or whether you cannot tell,
and from what you see that. \`fixed\` only if you have read the code as it is now.`,
};

function dismissedLine({ title, file, lines, reason }: EarlierFinding): string {
  return JSON.stringify({ title: cut(title), file: cut(file), lines, reason: cut(reason) });
}

function openLine({ id, priority, title, file, lines }: EarlierFinding): string {
  return JSON.stringify({ id, priority, title: cut(title), file: cut(file), lines });
}

function cut(text: string): string {
  return text.length > maxText ? `${text.slice(0, maxText - 1)}…` : text;
}

/** One a line, the first ones that there is room for. */
function listed(lines: readonly string[]): string {
  const kept: string[] = [];
  let size = 0;
  for (const line of lines.slice(0, maxFindings)) {
    size += line.length + 1;
    if (size > maxBlock) break;
    kept.push(line);
  }
  return kept.join('\n');
}
