import { UsageError } from '../../../base/errors.ts';
import { asPrompt } from '../../../findings/asPrompt.ts';
import type { KnownFinding } from '../../../protocol/knownFinding.ts';
import type { CommandParts } from '../../commands.ts';
import { offerToSave } from '../offerToSave.ts';
import { findingsInFiles } from './findingsInFiles.ts';

type Parts = Pick<CommandParts, 'app' | 'places' | 'threads'>;

/** Has Codex fix the findings: one task for those of each repository. */
export async function fixWithCodex({ app, ...parts }: Parts, from?: unknown): Promise<void> {
  app.requireTrust();
  const found = await findingsInFiles({ app, ...parts }, from);
  const repositories = new Set(found.map(({ finding }) => finding.repository));
  if (repositories.size === 0) throw new UsageError('There is no finding to fix.');
  await offerToSave([...repositories]);
  for (const repository of repositories) {
    const own = found.filter(({ finding }) => finding.repository === repository);
    const findings = own.map(({ finding }) => finding);
    await app.place(
      {
        kind: 'task',
        prompt: asPrompt(own),
        write: true,
        thread: await app.threadOfReview(findings),
        model: '',
        effort: '',
        findings: findings.map(({ id }) => id),
        title: titleOf(findings),
      },
      { cwd: repository, origin: 'editor', session: null },
    );
  }
}

function titleOf(findings: readonly KnownFinding[]): string {
  const [first] = findings;
  return findings.length === 1 && first ? `Fix: ${first.title}` : `Fix ${findings.length} findings`;
}
