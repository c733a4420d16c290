/** Variables by which a suite in the extension host tells how it went; its console is not ours to read. */

/** Names a file for the report that people read; it is followed while it grows. */
export const reportVariable = 'TANDEM_TEST_REPORT';

/** Names a file for the counts, written once at the end as {@link TestCounts} in JSON. */
export const countsVariable = 'TANDEM_TEST_COUNTS';

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  /** Declared but not run (`it.skip`). */
  readonly skipped: number;
}

/** @throws Error when the text is not what a suite writes */
export function parseCounts(text: string): TestCounts {
  const value: unknown = JSON.parse(text);
  const fields = new Map(Object.entries(typeof value === 'object' && value !== null ? value : {}));
  const read = (name: keyof TestCounts): number => {
    const count: unknown = fields.get(name);
    if (typeof count !== 'number') throw new Error(`"${name}" is missing in the suite's counts: ${text}`);
    return count;
  };
  return { passed: read('passed'), failed: read('failed'), skipped: read('skipped') };
}
