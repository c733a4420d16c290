import { open, readFile, stat } from 'node:fs/promises';
import * as z from 'zod/mini';
import { errorCode, messageOf } from '../base/errors.ts';
import { type Owner, ownerSchema } from '../base/owner.ts';
import { type LedgerEvent, eventSchema } from './ledgerEvents.ts';

/** The first line of a ledger file: who appends to it. */
const headSchema = z.object({ format: z.literal(1), owner: ownerSchema });

export function headLine(owner: Owner): string {
  return JSON.stringify({ format: 1, owner } satisfies z.infer<typeof headSchema>);
}

/** What the lines of a ledger file hold. */
export interface LedgerLines {
  /** Null where the first line does not say it. */
  owner: Owner | null;
  events: LedgerEvent[];
  /** Lines of later versions, which are kept as they are. */
  unknown: string[];
  /** Lines that cannot be read, and why. */
  damaged: { line: string; why: string }[];
}

/** One host's part of a ledger, as far as it has been read: files only grow, so that only what is new is read. */
export interface ReadFile extends LedgerLines {
  inode: number;
  /** Bytes that have been read: whole lines. */
  size: number;
}

/**
 * Reads a ledger file, or what has been added to it since.
 * @param known what was read of it before
 * @returns null if there is no such file (any more)
 */
export async function readLedgerFile(file: string, known: ReadFile | undefined): Promise<ReadFile | null> {
  try {
    const { ino: inode, size } = await stat(file);
    if (known?.inode === inode && known.size === size) return known;
    // A file that was replaced, or is shorter than it was, is another one.
    if (known?.inode === inode && known.size < size) return await grown(file, known);
    const bytes = await readFile(file);
    return { ...parseLines(bytes), inode };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

async function grown(file: string, known: ReadFile): Promise<ReadFile> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(size - known.size);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, known.size);
    const more = parseLines(bytes.subarray(0, bytesRead));
    return {
      inode: known.inode,
      size: known.size + more.size,
      owner: known.owner ?? more.owner,
      events: [...known.events, ...more.events],
      unknown: [...known.unknown, ...more.unknown],
      damaged: [...known.damaged, ...more.damaged],
    };
  } finally {
    await handle.close();
  }
}

/** Only whole lines: the last one may still be on its way to the disk. Pure. */
export function parseLines(bytes: Buffer): LedgerLines & { size: number } {
  const size = bytes.lastIndexOf(0x0a) + 1;
  const lines: LedgerLines & { size: number } = { owner: null, events: [], unknown: [], damaged: [], size };
  for (const line of bytes.toString('utf8', 0, size).split('\n')) if (line !== '') parseLine(line, lines);
  return lines;
}

function parseLine(line: string, lines: LedgerLines): void {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    lines.damaged.push({ line, why: messageOf(error) });
    return;
  }
  const head = z.safeParse(headSchema, value);
  if (head.success) {
    lines.owner ??= head.data.owner;
    return;
  }
  const event = z.safeParse(eventSchema, value);
  if (event.success) lines.events.push(event.data);
  else if (isOfLaterVersion(value)) lines.unknown.push(line);
  else lines.damaged.push({ line, why: z.prettifyError(event.error) });
}

const knownTypes = new Set(eventSchema.def.options.map((option) => option.def.shape.type.def.values[0]));

/** An event whose type this version does not know. */
function isOfLaterVersion(value: unknown): boolean {
  const parsed = z.safeParse(z.object({ type: z.string(), event: z.string(), at: z.string() }), value);
  return parsed.success && !(knownTypes as ReadonlySet<string>).has(parsed.data.type);
}
