import { runInVsCode } from './inVsCode.ts';

/** With 100, 1,000 and 10,000 findings; ms. */
export interface ProblemTimes {
  /** From findings on record to all of them published as diagnostics, in 100 files. */
  readonly publish: readonly number[];
  /** What a keystroke costs in the extension host: in one of these files, and where all findings are in that one. */
  readonly spread: readonly number[];
  readonly together: readonly number[];
}

/** The findings of a window in a real VS Code: its documents and its diagnostics; only the store stands in. */
export async function measureProblems(): Promise<ProblemTimes> {
  return JSON.parse(await runInVsCode('problemsSuite.ts')) as ProblemTimes;
}
