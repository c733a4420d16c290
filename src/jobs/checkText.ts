import { codeSpan } from '../base/markdownCode.ts';
import { type CheckResult, commandText } from '../protocol/fixCheck.ts';
import { duration } from './times.ts';

/** `checks pass`, `checks fail (exit code 1)`, `checks could not run: …`. */
export function checkWords({ outcome, reason }: CheckResult): string {
  switch (outcome) {
    case 'passed':
      return 'checks pass';
    case 'failed':
      return `checks fail (${reason})`;
    case 'timed out':
      return `checks did not end (${reason})`;
    case 'could not run':
      return `checks could not run: ${reason}`;
  }
}

/** The same for a report, as Markdown without the output. */
export function checkSentence(check: CheckResult): string {
  const { command, outcome, reason, took } = check;
  const words = {
    passed: `passes (${duration(took)})`,
    failed: `fails: ${reason} (${duration(took)})`,
    'timed out': `did not end: ${reason}`,
    'could not run': `could not run: ${reason}`,
  };
  return `The check ${codeSpan(commandText(command))} ${words[outcome]}.`;
}
