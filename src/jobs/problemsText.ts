import { oneLine } from '../base/printable.ts';
import type { CodeProblem, ProblemsChange } from '../protocol/codeProblems.ts';

/** So many are named in a text. */
const maxNamed = 5;
const maxMessage = 120;

/**
 * What compilers and linters say since a change, in sentences. That nobody says anything is never told as “no problems”: a
 * language server may not run, or look at open files only.
 */
export function problemsText(change: ProblemsChange): string {
  const { appeared, gone, appearedCount, goneCount, silent, files } = change;
  const told = [
    ...(appearedCount > 0 ? [`New: ${listed(appeared, appearedCount)}.`] : []),
    ...(goneCount > 0 ? [`Gone: ${listed(gone, goneCount)}.`] : []),
  ];
  const heard = files - silent.length;
  if (heard <= 0 && told.length === 0)
    return 'No compiler or linter said anything about the changed files since.';
  const words =
    told.length === 0 ? ['Compilers and linters say the same of the changed files as before.'] : told;
  const some = silent.length > 0 ? [`Nothing was said since about ${named(silent)}.`] : [];
  return [...words, ...some].join(' ');
}

/** `2 new problems, 1 gone`; empty for no difference. */
export function problemsSummary({ appearedCount, goneCount }: ProblemsChange): string {
  const appeared = appearedCount === 1 ? '1 new problem' : `${appearedCount} new problems`;
  if (appearedCount === 0)
    return goneCount === 0 ? '' : `${goneCount === 1 ? '1 problem' : `${goneCount} problems`} gone`;
  return goneCount === 0 ? appeared : `${appeared}, ${goneCount} gone`;
}

function listed(problems: readonly CodeProblem[], count: number): string {
  const shown = problems.slice(0, maxNamed).map(({ file, line, severity, source, message }) => {
    const who = source === '' ? severity : `${source} ${severity}`;
    return `${file}:${line} (${oneLine(who, 40)}) ${oneLine(message, maxMessage)}`;
  });
  const more = count - shown.length;
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

function named(files: readonly string[]): string {
  const more = files.length - maxNamed;
  return `${files.slice(0, maxNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
