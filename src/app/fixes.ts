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
import type { TaskChanges } from './taskChanges.ts';

export interface FixesParts {
  findings: Pick<FindingStore, 'find' | 'resolve' | 'reopen' | 'comment'>;
  findJob(id: string): Promise<Job | null>;
  place(order: Order, repository: string): Promise<unknown>;
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

  follow(changes: Pick<TaskChanges, 'onDidDecide' | 'onDidCompare'>): Disposable {
    const decided = changes.onDidDecide((change) => this.run(() => this.decided(change)));
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

  /** Puts a reviewer's verdict on record: of what others raised too it decides for itself alone. */
  async proven(job: Pick<Job, 'id' | 'reviewer'>, id: string, { verdict, reason }: Proof): Promise<void> {
    const { findings } = this.parts;
    const { id: jobId, reviewer: by } = job;
    const said = { by, job: jobId, alone: true };
    switch (verdict) {
      case 'fixed':
        await findings.resolve([id], { ...said, proof: 'confirmed', reason });
        return;
      case 'still there':
        await findings.comment(id, { by, text: `Still there: ${reason}`, job: jobId });
        if (!this.isStillThere(id, by)) await findings.reopen([id], reason, said);
        return;
      case 'cannot tell':
        await findings.comment(id, { by, text: `Cannot tell whether it is fixed: ${reason}`, job: jobId });
    }
  }

  private async decided({ job: id, state }: TaskChange): Promise<void> {
    const job = await this.parts.findJob(id);
    // Some may have become one since.
    const known = [...new Set((job?.fixes ?? []).flatMap((fix) => this.parts.findings.find(fix) ?? []))];
    if (!job || known.length === 0) return;
    if (state === 'applied' || state === 'partly applied') await this.landed(job, known.filter(isOpen));
    if (state === 'undone') await this.takenBack(job, known);
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
  }

  /** Whether it is open, and that reviewer has not said otherwise before. */
  private isStillThere(id: string, by: Voice): boolean {
    const finding = this.parts.findings.find(id);
    if (finding === undefined || !isOpen(finding)) return false;
    return finding.statements.every((one) => one.by !== by || one.fixed === null);
  }
}
