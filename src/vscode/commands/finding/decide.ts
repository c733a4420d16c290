import { UsageError } from '../../../base/errors.ts';
import { dismissReasons } from '../../../findings/dismissReasons.ts';
import { type KnownFinding, isOpen } from '../../../protocol/knownFinding.ts';
import type { CommandParts } from '../../commands.ts';
import { givenReason } from '../../givenFindings.ts';
import { offerUndo } from '../../offerUndo.ts';
import { pickOrType } from '../pickOrType.ts';
import { chosenFindings } from './chosenFindings.ts';

type Parts = Pick<CommandParts, 'app' | 'places' | 'threads' | 'errors'>;

/** The user decides that findings are nothing to act on, and why. */
export async function dismissFindings(parts: Parts, from?: unknown): Promise<void> {
  const findings = (await chosenFindings(parts, from)).filter(({ state }) => state !== 'dismissed');
  if (findings.length === 0) throw new UsageError('That is dismissed already.');
  await dismiss(parts, findings, givenReason(from));
}

/** The same with all open findings of the file. */
export async function dismissInFile(parts: Parts, from?: unknown): Promise<void> {
  const [chosen] = await chosenFindings(parts, from);
  if (!chosen) return;
  const { repository, file } = parts.places.asItIsNow(chosen);
  const findings = parts.app.findings
    .all()
    .filter((finding) => isOpen(finding) && finding.repository === repository)
    .filter((finding) => parts.places.asItIsNow(finding).file === file);
  if (findings.length === 0) throw new UsageError(`There are no open findings in ${file}.`);
  await dismiss(parts, findings, givenReason(from));
}

/** The user says that findings are fixed. */
export async function resolveFindings(parts: Parts, from?: unknown): Promise<void> {
  const findings = (await chosenFindings(parts, from)).filter(({ state }) => state !== 'fixed');
  if (findings.length === 0) throw new UsageError('That is fixed already.');
  const reason = givenReason(from) ?? '';
  await parts.app.findings.resolve(idsOf(findings), { by: 'user', proof: 'claimed', reason, job: null });
  offerUndoOfMany(parts, findings, 'marked as fixed');
}

export async function reopenFindings(parts: Parts, from?: unknown): Promise<void> {
  const isClosed = (finding: KnownFinding) => !isOpen(finding);
  const findings = (await chosenFindings(parts, from, isClosed)).filter(isClosed);
  if (findings.length === 0) throw new UsageError('That is open already.');
  await parts.app.findings.reopen(idsOf(findings), givenReason(from) ?? '');
}

async function dismiss(parts: Parts, findings: readonly KnownFinding[], given: string | null): Promise<void> {
  const reason = given ?? (await askReason(findings.length));
  await parts.app.findings.dismiss(idsOf(findings), reason);
  offerUndoOfMany(parts, findings, 'dismissed');
}

function askReason(count: number): Promise<string> {
  const title = count === 1 ? 'Dismiss Finding' : `Dismiss ${count} Findings`;
  const placeholder = 'Why? Pick a reason, or type one. The next reviews are told.';
  const options = dismissReasons.map(({ label, detail }) => ({ label, detail, value: label }));
  return pickOrType({ title, placeholder }, () => Promise.resolve(options));
}

/** Of one finding the way back is short; of many it is not. */
function offerUndoOfMany(parts: Parts, findings: readonly KnownFinding[], what: string): void {
  if (findings.length > 1) offerUndo(parts, findings, `${findings.length} findings ${what}.`);
}

function idsOf(findings: readonly KnownFinding[]): string[] {
  return findings.map(({ id }) => id);
}
