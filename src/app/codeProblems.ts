import type { CodeProblem, ProblemsChange } from '../protocol/codeProblems.ts';

/** What compilers and linters say, where somebody collects it: a window of VS Code. */
export interface CodeProblems {
  /** From now on it is noted of which files something is told; what is known of them now is kept. */
  watch(repository: string): ProblemsWatch;
}

export interface ProblemsWatch {
  /**
   * What has changed of these files (relative to the repository, with `/`) once all of them were told of anew and it is
   * quiet, or after a bounded wait. Null if it was disposed of before. Ends the watching.
   */
  settled(files: readonly string[]): Promise<ProblemsChange | null>;
  dispose(): void;
}

/** Longer lists are cut; so many are named, the others counted. */
const maxNamed = 20;
/** Characters. */
const maxMessage = 300;

/**
 * Problems are the same where they say the same of the same file, wherever they stand: lines move.
 * @param silent files of which nothing was told since
 */
export function problemsChange(
  before: readonly CodeProblem[],
  after: readonly CodeProblem[],
  { files, silent }: { files: readonly string[]; silent: readonly string[] },
): ProblemsChange {
  const appeared = without(after, before);
  const gone = without(before, after);
  return {
    appeared: appeared.slice(0, maxNamed).map(bounded),
    gone: gone.slice(0, maxNamed).map(bounded),
    appearedCount: appeared.length,
    goneCount: gone.length,
    silent: silent.slice(0, maxNamed),
    files: files.length,
  };
}

/** Those of the first that are not among the others; as often as there are more of them. */
function without(problems: readonly CodeProblem[], others: readonly CodeProblem[]): CodeProblem[] {
  const left = new Map<string, number>();
  for (const other of others) left.set(keyOf(other), (left.get(keyOf(other)) ?? 0) + 1);
  return problems.filter((problem) => {
    const count = left.get(keyOf(problem)) ?? 0;
    if (count > 0) left.set(keyOf(problem), count - 1);
    return count === 0;
  });
}

function keyOf({ file, severity, source, message }: CodeProblem): string {
  return JSON.stringify([file, severity, source, message]);
}

function bounded(problem: CodeProblem): CodeProblem {
  const { message } = problem;
  return message.length > maxMessage ? { ...problem, message: `${message.slice(0, maxMessage)}…` } : problem;
}
