import { groupBy } from '../../../base/groupBy.ts';
import { raisersOf } from '../../../jobs/findingOrders.ts';
import type { CommandParts } from '../../commands.ts';
import { chosenFindings } from './chosenFindings.ts';

/** Asks the reviewer whether the findings are fixed in the code as it is now. */
export async function proveFix(
  parts: Pick<CommandParts, 'app' | 'leaving' | 'places' | 'threads'>,
  from?: unknown,
): Promise<void> {
  const { app, leaving } = parts;
  app.requireTrust();
  const findings = await chosenFindings(parts, from);
  for (const [repository, own] of groupBy(findings, (finding) => finding.repository))
    await leaving.confirmWork('examination', own.flatMap(raisersOf), repository);
  for (const { id, repository } of findings)
    await app.place({ kind: 'proof', finding: id }, { cwd: repository, origin: 'editor', session: null });
}
