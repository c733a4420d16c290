import { runMocha } from '../../engine/mochaRun.ts';
import { defineFindings } from './findings.ts';
import { defineRestored } from './restored.ts';
import { defineReviews } from './reviews.ts';

/** Run by VS Code in its extension host; `TANDEM_TEST_PART` says which part. */
export function run(): Promise<void> {
  const parts: Readonly<Record<string, () => void>> = {
    reviews: defineReviews,
    findings: defineFindings,
    restored: defineRestored,
  };
  const part = parts[process.env['TANDEM_TEST_PART'] ?? ''];
  if (!part) throw new Error('TANDEM_TEST_PART names no part.');
  return runMocha([part]);
}
