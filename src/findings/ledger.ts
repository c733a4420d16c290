import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { errorCode, messageOf } from '../base/errors.ts';
import { makePrivateFolder } from '../base/files.ts';
import type { Logger } from '../base/logger.ts';
import { type Finding, findingSchema, reviewers } from '../protocol/finding.ts';
import { jobKinds } from '../protocol/job.ts';

/** What happened to the findings of one repository, one JSON object a line. State is the fold of all events. */
const eventSchema = z.discriminatedUnion('type', [
  /** A review gave a verdict: what it found replaces what that reviewer had found before in a review of that kind. */
  z.object({
    type: z.literal('reviewed'),
    at: z.string(),
    job: z.string(),
    reviewer: z.enum(reviewers),
    /** Version 0.1 knew one kind. */
    kind: z._default(z.enum(jobKinds), 'review'),
    findings: z.array(findingSchema),
  }),
  /** The user cleared the list. */
  z.object({ type: z.literal('cleared'), at: z.string() }),
]);
export type LedgerEvent = z.infer<typeof eventSchema>;

/** The latest findings of each reviewer and kind of review. */
export type LedgerState = ReadonlyMap<string, readonly Finding[]>;

export const emptyLedger: LedgerState = new Map();

/** Pure. */
export function foldLedger(state: LedgerState, event: LedgerEvent): LedgerState {
  if (event.type === 'cleared') return emptyLedger;
  return new Map(state).set(`${event.reviewer} ${event.kind}`, event.findings);
}

/** The append-only event log of one repository. Several hosts may append: a line is one write. */
export class Ledger {
  constructor(
    private readonly file: string,
    private readonly logger: Logger,
  ) {}

  async append(event: LedgerEvent): Promise<void> {
    await makePrivateFolder(path.dirname(this.file));
    // The newline in front ends a line that a crash cut off, so that it takes nothing with it.
    await appendFile(this.file, `\n${JSON.stringify(event)}\n`, { mode: 0o600 });
  }

  /** A line that cannot be read is left out, and said in the log; the others count. */
  async read(): Promise<LedgerState> {
    let state = emptyLedger;
    for (const [index, line] of (await this.lines()).entries()) {
      const event = this.parse(line, index + 1);
      if (event) state = foldLedger(state, event);
    }
    return state;
  }

  private parse(line: string, number: number): LedgerEvent | null {
    try {
      return z.parse(eventSchema, JSON.parse(line));
    } catch (error) {
      this.logger.warn(
        `${this.file}:${number} could not be read and is left out: ${messageOf(error).slice(0, 200)}`,
      );
      return null;
    }
  }

  private async lines(): Promise<string[]> {
    try {
      return (await readFile(this.file, 'utf8')).split('\n').filter((line) => line !== '');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    }
  }
}
