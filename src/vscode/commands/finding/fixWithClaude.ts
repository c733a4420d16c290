import * as vscode from 'vscode';
import { UsageError } from '../../../base/errors.ts';
import { groupBy } from '../../../base/groupBy.ts';
import { turnEnded } from '../../../claude/handOver.ts';
import { type KnownFinding, isOpen } from '../../../protocol/knownFinding.ts';
import { type Handed, targetOf } from '../../claudeTerminals.ts';
import type { CommandParts } from '../../commands.ts';
import { plainText } from '../../errorMessage.ts';
import { offerToSave } from '../offerToSave.ts';
import { promptClaude } from '../promptClaude.ts';
import { findingsInFiles } from './findingsInFiles.ts';
import { fixOrder } from './fixOrder.ts';
import { proveFix } from './proveFix.ts';

type Parts = Pick<CommandParts, 'app' | 'host' | 'leaving' | 'places' | 'threads' | 'view' | 'errors'>;

/** Gives Claude Code the findings to fix: those of each repository to a session that works there. */
export async function fixWithClaude(parts: Parts, from?: unknown): Promise<void> {
  const { app } = parts;
  app.requireTrust();
  const found = await findingsInFiles(parts, from);
  const repositories = groupBy(found, ({ finding }) => finding.repository);
  if (repositories.size === 0) throw new UsageError('There is no finding to fix.');
  await offerToSave([...repositories.keys()]);
  for (const [repository, own] of repositories) {
    const findings = own.map(({ finding }) => finding);
    const subject = subjectOf(findings);
    const order = fixOrder(own, 'claude', 'fresh');
    const request = {
      title: 'Fix with Claude Code',
      subject,
      repository,
      prompt: order.prompt,
      startTask: () => app.place(order, { cwd: repository, origin: 'editor', session: null }),
    };
    const { name, handed } = await promptClaude(parts, request);
    const text = `Given to ${plainText(name)}, to be fixed.`;
    for (const { id } of findings) await app.findings.comment(id, { by: 'tandem', text, job: null });
    // The command is over meanwhile.
    if (handed) parts.errors.run(() => offerProof(parts, findings, handed));
  }
}

const check = 'Check Whether It Is Fixed';
const checkAll = 'Check Whether They Are Fixed';
const show = 'Show';

/** Once Claude's turn is over: whether it fixed anything only a look at the code tells. */
async function offerProof(
  parts: Parts,
  findings: readonly KnownFinding[],
  { terminal, session, since }: Handed,
): Promise<void> {
  await turnEnded(targetOf(parts.host.env, terminal, session), since);
  const left = findings.filter(({ id }) => isStillOpen(parts.app, id));
  const [first] = left;
  if (!first) return;
  const prove = left.length === 1 ? check : checkAll;
  const message = `Claude Code has ended its turn about ${left.length === 1 ? `“${plainText(first.title)}”` : subjectOf(left)}.`;
  const chosen = await vscode.window.showInformationMessage(message, prove, show);
  const ids = left.map(({ id }) => id);
  if (chosen === prove) await proveFix(parts, ids);
  if (chosen === show) await parts.view.reveal(first.id);
}

function isStillOpen({ findings }: Parts['app'], id: string): boolean {
  const finding = findings.find(id);
  return finding !== undefined && isOpen(finding);
}

function subjectOf(findings: readonly KnownFinding[]): string {
  const [first] = findings;
  return findings.length === 1 && first ? first.title : `${findings.length} findings`;
}
