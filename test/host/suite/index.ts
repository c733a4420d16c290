import { runMocha } from '../../engine/mochaRun.ts';
import { defineRestored } from './restored.ts';
import { defineReviews } from './reviews.ts';

/** Run by VS Code in its extension host; `TANDEM_TEST_PART` says which part. */
export function run(): Promise<void> {
  return runMocha([process.env['TANDEM_TEST_PART'] === 'restored' ? defineRestored : defineReviews]);
}
