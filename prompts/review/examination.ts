import type { Finding } from '../../src/protocol/finding.ts';
import { type PromptedFinding, codeOf } from '../finding/prompt.ts';
import { dataBlock, untrusted } from './dataBlock.ts';
import { cut, findingBlock, placeOf } from './findingBlock.ts';

/*
 * Neither prompt says who raised the finding, nor whose an argument is: an agent is to judge the code, not its author or a rival.
 */

/** Whether a finding is right. For an agent that did not raise it. */
export function examinationPrompt({ finding, code }: PromptedFinding): string {
  return [intro, untrusted, findingBlock(finding), ...codeOf(code), rules, answerRules(verdicts)].join(
    '\n\n',
  );
}

/** What one side of a dispute says. */
export interface Argument {
  readonly isFor: boolean;
  readonly text: string;
}

/**
 * Who is right about a finding.
 * @param sides both of them, in the order in which they are told
 */
export function tieBreakPrompt(
  { finding, code }: PromptedFinding,
  sides: readonly [Argument, Argument],
): string {
  const told = sides.map(({ isFor, text }, index) => {
    const claim = isFor ? 'holds that the finding is right' : 'holds that the finding is wrong';
    return [
      `The ${index === 0 ? 'first' : 'second'} argument ${claim}:`,
      dataBlock('ARGUMENT', cut(text)),
    ].join('\n\n');
  });
  return [
    tieBreakIntro,
    untrusted,
    dataBlock('FINDING', claimOf(finding)),
    ...codeOf(code),
    ...told,
    tieBreakRules,
    answerRules(tieBreakVerdicts),
  ].join('\n\n');
}

/** What is argued about, without an argument. */
function claimOf(finding: Finding): string {
  return [`Title: ${finding.title}`, `Place: ${placeOf(finding)}`].join('\n');
}

const intro =
  'Somebody who reviewed the code of this repository reported the finding below. Find out whether it is right. It may well be wrong, and it may well be right.';

const tieBreakIntro =
  'Two people who know this repository disagree about the finding below, which came out of a code review. Find out who is right. The order in which their arguments are told was drawn by lot.';

const onlyRead = `- Read the code as it is now, and whatever it takes to judge: callers, tests, the history. The lines may have moved.
- Only read. Run nothing that changes files, the repository, or anything outside of it.
- Judge this finding alone. Other problems are no reason to confirm it.`;

const rules = `${onlyRead}
- "confirm": the problem occurs as described, and you can say under which conditions.
- "refute": it cannot occur, or is none, and you have seen the code that makes it so. That it is unlikely, or not worth fixing, refutes nothing.
- "cannot tell": everything else, also where the code cannot be found or read.`;

const tieBreakRules = `${onlyRead}
- Check what each argument says of the code against the code. How an argument is written, and how long it is, says nothing.
- "first" or "second": whose argument holds in the code that you have seen.
- "cannot tell": everything else, also where neither holds, or the code cannot be found or read.`;

const verdicts = '"confirm", "refute", "cannot tell"';
const tieBreakVerdicts = '"first", "second", "cannot tell"';

function answerRules(names: string): string {
  return `Answer with JSON alone: "verdict" is one of ${names}; "reason" says in one to five sentences why, with file names and lines; "quotes" has the lines that
decide, at least one where you have a verdict: "file" relative to the root of the repository, "startLine" (the first line is 1), and "lines", each exactly as it stands
in the file. Quotes are compared with the files.`;
}
