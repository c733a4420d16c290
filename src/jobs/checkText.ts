import { codeSpan } from '../base/markdownCode.ts';
import { type CheckCommand, type CheckResult, commandText } from '../protocol/fixCheck.ts';
import { duration } from './times.ts';

/** A check that the change itself may have made easier to pass says so. @param changed paths relative to the root */
export function withDoubt(
  check: CheckResult,
  { definedIn }: CheckCommand,
  changed: readonly string[],
): CheckResult {
  if (check.outcome !== 'passed' || definedIn === undefined || !changed.includes(definedIn)) return check;
  return { ...check, reason: `but ${definedIn}, which says what it does, was changed too` };
}

/** `checks pass`, `checks fail (exit code 1)`, `checks could not run: …`. */
export function checkWords({ outcome, reason }: CheckResult): string {
  switch (outcome) {
    case 'passed':
      return reason === '' ? 'checks pass' : `checks pass (${reason})`;
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
    passed: `passes (${[duration(took), ...(reason === '' ? [] : [reason])].join(', ')})`,
    failed: `fails: ${reason} (${duration(took)})`,
    'timed out': `did not end: ${reason}`,
    'could not run': `could not run: ${reason}`,
  };
  return `The check ${codeSpan(commandText(command))} ${words[outcome]}.`;
}
