import { createHash } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { errorCode } from '../base/errors.ts';
import { writePrivateFile } from '../base/files.ts';
import type { Owner } from '../base/owner.ts';
import { findingSchema, reviewers } from '../protocol/finding.ts';
import { jobKinds } from '../protocol/job.ts';
import { headLine } from './ledgerFile.ts';
import type { LedgerEvent } from './ledgerEvents.ts';

/** The ledger of version 0.1: one file, in which each review replaced what its reviewer had found before. */
const oldEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('reviewed'),
    at: z.string(),
    job: z.string(),
    reviewer: z.enum(reviewers),
    kind: z._default(z.enum(jobKinds), 'review'),
    findings: z.array(findingSchema),
  }),
  z.object({ type: z.literal('cleared'), at: z.string() }),
]);

/**
 * Takes over what a ledger of version 0.1 still showed; the old file is kept under another name.
 * @param old file of version 0.1
 * @param folder of the ledger as it is now
 */
export async function migrateLedger(old: string, folder: string, owner: Owner): Promise<void> {
  let text: string;
  try {
    text = await readFile(old, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  const lines = [headLine(owner), ...shown(text).map((event) => JSON.stringify(event))];
  // Two hosts may do this at once: both write the same.
  await writePrivateFile(path.join(folder, 'version-0.1.jsonl'), `${lines.join('\n')}\n`);
  await rename(old, `${old}.migrated`).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
  });
}

/** The last review of each reviewer and kind. Lines that cannot be read stay behind in the old file. */
function shown(text: string): LedgerEvent[] {
  const latest = new Map<string, LedgerEvent>();
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const old = parse(line);
    if (old?.type === 'cleared') latest.clear();
    if (old?.type !== 'reviewed') continue;
    const event = createHash('sha256').update(line).digest('hex').slice(0, 16);
    latest.set(`${old.reviewer} ${old.kind}`, {
      ...old,
      event,
      seen: [],
      outcomes: [],
      additional: true,
    });
  }
  return [...latest.values()];
}

function parse(line: string): z.infer<typeof oldEventSchema> | null {
  try {
    return z.safeParse(oldEventSchema, JSON.parse(line)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
