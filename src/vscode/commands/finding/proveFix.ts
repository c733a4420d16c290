import type { CommandParts } from '../../commands.ts';
import { chosenFindings } from './chosenFindings.ts';

/** Asks the reviewer whether the findings are fixed in the code as it is now. */
export async function proveFix(
  parts: Pick<CommandParts, 'app' | 'places' | 'threads'>,
  from?: unknown,
): Promise<void> {
  const { app } = parts;
  app.requireTrust();
  for (const { id, repository } of await chosenFindings(parts, from))
    await app.place({ kind: 'proof', finding: id }, { cwd: repository, origin: 'editor', session: null });
}
