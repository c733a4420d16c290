import { UsageError } from '../base/errors.ts';
import type { CommandId } from './contributions.ts';

/** Commands that rows of the views of jobs and approvals have. */
const ofRows = /^tandem\.(?:job|task|approval)\./;

/**
 * Refuses what was chosen on a row that VS Code no longer knows: while a view is redrawn it hands over nothing instead of the row.
 * Without this the command would take another job or question, where there is only one.
 * @param args as VS Code gave them; the palette and keys give none at all
 * @throws UsageError
 */
export function requireRow(id: CommandId, args: readonly unknown[]): void {
  if (!ofRows.test(id) || args.length === 0 || (args[0] !== undefined && args[0] !== null)) return;
  throw new UsageError(
    'The list changed in the moment in which you chose. Nothing was done.',
    'Choose again.',
  );
}
