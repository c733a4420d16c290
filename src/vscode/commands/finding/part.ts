import * as vscode from 'vscode';
import { UsageError } from '../../../base/errors.ts';
import { type KnownFinding, isJoined, isOpen } from '../../../protocol/knownFinding.ts';
import type { CommandParts } from '../../commands.ts';
import { chosenFinding } from './chosenFindings.ts';

type Parts = Pick<CommandParts, 'app' | 'places' | 'threads' | 'errors'>;

/** The user holds what both reviewers said for two findings, and can take that back. */
export async function partFinding({ app, ...parts }: Parts, from?: unknown): Promise<void> {
  const joined = await chosenFinding({ app, ...parts }, from, isJoined);
  if (!isJoined(joined))
    throw new UsageError('Only one reviewer has raised this finding.', 'There is nothing to part.');
  const before = new Set(joined.apart);
  await app.findings.part(joined.id);
  const other = app.findings.find(joined.id)?.apart?.find((id) => !before.has(id));
  if (other === undefined) throw new UsageError('This finding is no longer there.');
  // The command is over meanwhile.
  parts.errors.run(async () => {
    const again = 'Join Again';
    const text = 'These are two findings now, and stay two when they are reported again.';
    const chosen = await vscode.window.showInformationMessage(text, again);
    if (chosen === again) await join(app, joined, other);
  });
}

/** The user holds two findings for one after all. */
export async function joinAgain({ app, ...parts }: Parts, from?: unknown): Promise<void> {
  const one = await chosenFinding({ app, ...parts }, from, isParted);
  if (!isParted(one)) throw new UsageError('This finding was not parted from another one.');
  const other = one.apart?.findLast((id) => {
    const known = app.findings.find(id);
    return known !== undefined && isOpen(known);
  });
  if (other === undefined || !isOpen(one))
    throw new UsageError('One of both is fixed, dismissed or gone.', 'Reopen it first.');
  await join(app, one, other);
}

async function join(app: Parts['app'], { id: one, repository }: KnownFinding, other: string): Promise<void> {
  const pair = { one, other, reason: '' };
  const joined = await app.findings.joinSame(repository, [pair], { by: 'user', job: null });
  if (joined.length === 0)
    throw new UsageError('One of both is fixed, dismissed or gone.', 'Reopen it first.');
}

function isParted({ apart }: KnownFinding): boolean {
  return apart !== undefined && apart.length > 0;
}
