import { threadOfReview } from '../../../app/reviewThread.ts';
import { UsageError } from '../../../base/errors.ts';
import type { CommandParts } from '../../commands.ts';
import { offerToSave } from '../offerToSave.ts';
import { findingsInFiles } from './findingsInFiles.ts';
import { fixOrder } from './fixOrder.ts';

type Parts = Pick<CommandParts, 'app' | 'leaving' | 'places' | 'threads'>;

/** Has Codex fix the findings: one task for those of each repository. */
export async function fixWithCodex({ app, leaving, ...parts }: Parts, from?: unknown): Promise<void> {
  app.requireTrust();
  const found = await findingsInFiles({ app, ...parts }, from);
  const repositories = new Set(found.map(({ finding }) => finding.repository));
  if (repositories.size === 0) throw new UsageError('There is no finding to fix.');
  await offerToSave([...repositories]);
  for (const repository of repositories) await leaving.confirmWork('task', ['codex'], repository);
  for (const repository of repositories) {
    const own = found.filter(({ finding }) => finding.repository === repository);
    const findings = own.map(({ finding }) => finding);
    const order = fixOrder(own, 'codex', await threadOfReview(app.jobs, findings));
    await app.place(order, { cwd: repository, origin: 'editor', session: null });
  }
}
