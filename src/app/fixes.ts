import { Sequence } from '../base/async.ts';
import type { Disposable } from '../base/disposable.ts';
import { messageOf } from '../base/errors.ts';
import { escapeMarkdown } from '../base/safeMarkdown.ts';
import type { Logger } from '../base/logger.ts';
import type { FindingStore } from '../findings/findingStore.ts';
import type { Job } from '../jobs/job.ts';
import { problemsText } from '../jobs/problemsText.ts';
import type { Order } from '../protocol/order.ts';
import type { Voice } from '../protocol/finding.ts';
import type { Proof } from '../protocol/proof.ts';
import type { TaskChange } from '../protocol/taskChange.ts';
import { type KnownFinding, isOpen } from '../protocol/knownFinding.ts';
import type { Landed } from './landing.ts';
import type { TaskChanges } from './taskChanges.ts';

export interface FixesParts {
  findings: Pick<FindingStore, 'find' | 'resolve' | 'reopen' | 'comment'>;
  findJob(id: string): Promise<Job | null>;
  place(order: Order, repository: string): Promise<unknown>;
  /** Ends the proofs of these findings that run in this host. */
  cancelProofs(findings: ReadonlySet<string>): Promise<void>;
  /** Whether the reviewer is asked about each fix that has landed. */
  prove(): boolean;
  logger: Logger;
}

/**
 * What follows from fixes of findings: once one has landed in the working tree the finding is said to be fixed, and its
 * reviewer is asked; taken back, the finding is open again.
 */
export class Fixes {
  private readonly sequence = new Sequence();

  constructor(private readonly parts: FixesParts) {}

  follow(changes: Pick<TaskChanges, 'onDidLand' | 'onDidCompare'>): Disposable {
    const decided = changes.onDidLand((landed) => this.run(() => this.decided(landed)));
    const compared = changes.onDidCompare((change) => this.run(() => this.compared(change)));
    return {
      dispose: () => {
        decided.dispose();
        compared.dispose();
      },
    };
  }

  private run(work: () => Promise<void>): void {
    this.sequence.run(work).catch((error: unknown) => this.parts.logger.error(messageOf(error)));
  }

  /** Resolves once everything that was decided so far is on record. */
  settled(): Promise<void> {
    return this.sequence.run(() => Promise.resolve());
  }

  /**
   * Puts a reviewer's verdict on record: of what others raised too it decides for itself alone.
   * @returns the verdict that counts
   */
  async proven(job: Pick<Job, 'id' | 'reviewer' | 'createdAt'>, id: string, said: Proof): Promise<Proof> {
    const proof = (await this.isOver(job, id)) ? tooLate : said;
    await this.record(job, id, proof);
    return proof;
  }

  private async record({ id: job, reviewer: by }: Pick<Job, 'id' | 'reviewer'>, id: string, proof: Proof) {
    const { findings } = this.parts;
    const { verdict, reason } = proof;
    const said = { by, job, alone: true };
    switch (verdict) {
      case 'fixed':
        await findings.resolve([id], { ...said, proof: 'confirmed', reason });
        return;
      case 'still there':
        await findings.comment(id, { by, text: `Still there: ${reason}`, job });
        if (!this.isStillThere(id, by)) await findings.reopen([id], reason, said);
        return;
      case 'cannot tell':
        await findings.comment(id, { by, text: `Cannot tell whether it is fixed: ${reason}`, job });
    }
  }

  /** Whether what a proof looked at is no more: the finding was opened again since, by more than another reviewer's proof. */
  private async isOver({ createdAt }: Pick<Job, 'createdAt'>, id: string): Promise<boolean> {
    const history = this.parts.findings.find(id)?.history ?? [];
    for (const { what, at, job } of history) {
      if (what !== 'reopened' || at < createdAt) continue;
      if (job === null || (await this.parts.findJob(job))?.kind !== 'proof') return true;
    }
    return false;
  }

  private async decided(landed: Landed): Promise<void> {
    const job = await this.parts.findJob(landed.change.job);
    // Some may have become one since.
    const known = [...new Set((job?.fixes ?? []).flatMap((fix) => this.parts.findings.find(fix) ?? []))];
    const concerned = known.filter(({ file }) => isAbout(file, landed));
    if (!job || concerned.length === 0) return;
    if (landed.how === 'applied') await this.landed(job, concerned.filter(isOpen));
    else await this.takenBack(job, concerned);
  }

  /** What compilers and linters say since is part of the proof, whatever the reviewer says. */
  private async compared({ job: id, problems }: TaskChange): Promise<void> {
    const job = problems && (await this.parts.findJob(id));
    const text = problems && `Compilers and linters, since the change was applied: ${problemsText(problems)}`;
    for (const fix of job?.fixes ?? [])
      if (text !== undefined && this.parts.findings.find(fix))
        await this.parts.findings.comment(fix, { by: 'tandem', text: escapeMarkdown(text), job: id });
  }

  private async landed({ id: job, reviewer: by, repository }: Job, open: KnownFinding[]): Promise<void> {
    if (open.length === 0) return;
    const ids = open.map(({ id }) => id);
    await this.parts.findings.resolve(ids, { by, proof: 'claimed', reason: 'A task was to fix it.', job });
    if (!this.parts.prove()) return;
    for (const finding of ids) await this.parts.place({ kind: 'proof', finding }, repository);
  }

  private async takenBack({ id: job, reviewer: by }: Job, known: KnownFinding[]): Promise<void> {
    const fixed = known.filter(({ state }) => state === 'fixed').map(({ id }) => id);
    if (fixed.length > 0)
      await this.parts.findings.reopen(fixed, 'The changes that were to fix it were taken back.', {
        by,
        job,
      });
    await this.parts.cancelProofs(new Set(known.map(({ id }) => id)));
  }

  /** Whether it is open, and that reviewer has not said otherwise before. */
  private isStillThere(id: string, by: Voice): boolean {
    const finding = this.parts.findings.find(id);
    if (finding === undefined || !isOpen(finding)) return false;
    return finding.statements.every((one) => one.by !== by || one.fixed === null);
  }
}

const tooLate: Proof = {
  verdict: 'cannot tell',
  reason: 'The fix was taken back, or the finding opened again, while the reviewer looked.',
};

/**
 * Whether a finding in this file is affected by what has come or gone of a change. A fix may be in other files than the
 * finding: then it takes all of the change, or none.
 */
function isAbout(file: string, { change, how, files }: Landed): boolean {
  if (change.files.some((one) => one.file === file)) return files.includes(file);
  return how === 'applied' ? change.state === 'applied' : change.applied.length === 0;
}
