import { readFile, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import * as z from 'zod/mini';
import { Sequence } from './async.ts';
import { type ProcessIdentity, identityOf, isAlive, isProven } from './childProcess.ts';
import { childrenOf, endProcesses } from './endProcess.ts';
import { errorCode, messageOf } from './errors.ts';
import { orEmpty } from './orEmpty.ts';
import { writeJson, writeJsonSync } from './files.ts';
import type { Logger } from './logger.ts';

const identitySchema = z.object({
  pid: z.int().check(z.positive()),
  startTime: z.nullable(z.string()),
});

const entrySchema = z.object({
  format: z.literal(1),
  /** Host name: the state folder may be shared by machines, and pids mean nothing on another one. */
  machine: z.string(),
  owner: identitySchema,
  child: identitySchema,
  /** Processes that the child started; see `noteChildren`. */
  children: z.array(identitySchema),
  file: z.string(),
  startedAt: z.string(),
});
type Entry = z.infer<typeof entrySchema>;

/** How long a process that lost its parent may take to follow SIGTERM. Milliseconds. */
const orphanGrace = 500;

/**
 * An agent's program that runs, written down as `<state>/processes/<pid>.json` (0600) so that the next host can end what is
 * left should this one be killed. A journal that cannot be written is logged; the program runs all the same.
 */
export class ProcessRecord {
  private readonly sequence = new Sequence();
  private readonly path: string;
  private entry: Entry;
  private noting = false;

  /** @param file the program */
  constructor(
    stateHome: string,
    child: ProcessIdentity,
    file: string,
    private readonly logger: Logger,
  ) {
    this.path = path.join(journalFolder(stateHome), `${child.pid}.json`);
    this.entry = {
      format: 1,
      machine: hostname(),
      owner: identityOf(process.pid),
      child,
      children: [],
      file,
      startedAt: new Date().toISOString(),
    };
    this.begin();
  }

  /** At once: what the program does first may be the end of this host. */
  private begin(): void {
    try {
      writeJsonSync(this.path, this.entry);
    } catch (error) {
      this.complain(error);
    }
  }

  /**
   * Notes the program's children: MCP servers outlive an App Server that is killed (measured on 0.130 and 0.169), and then
   * nothing tells any more whose they were.
   */
  noteChildren(): void {
    if (this.noting) return;
    this.noting = true;
    void this.queue(async () => {
      this.noting = false;
      if (!isProven(this.entry.child)) return;
      this.entry = { ...this.entry, children: childrenOf(this.entry.child.pid) };
      await writeJson(this.path, this.entry);
    });
  }

  /** The program is gone: ends what it left behind, and removes the entry. */
  close(): Promise<void> {
    return this.queue(async () => {
      const orphans = this.entry.children.filter(isProven);
      if (orphans.length > 0)
        this.logger.info(`Ending ${orphans.length} processes that ${this.entry.file} left behind.`);
      await endProcesses(orphans, orphanGrace);
      await rm(this.path, { force: true });
    });
  }

  private queue(task: () => Promise<void>): Promise<void> {
    return this.sequence.run(task).catch((error: unknown) => this.complain(error));
  }

  private complain(error: unknown): void {
    this.logger.warn(`The process journal ${this.path}: ${messageOf(error)}`);
  }
}

/**
 * For the start of a host: ends App Servers and runs of Claude Code, and what they started, whose host is provably gone, and removes their
 * entries. A process that is not provably the one written down is left alone.
 */
export async function reapProcesses(stateHome: string, logger: Logger): Promise<void> {
  const folder = journalFolder(stateHome);
  const names = (await orEmpty(readdir(folder), [])).filter((name) => name.endsWith('.json'));
  const files = names.map((name) => path.join(folder, name));
  await Promise.all(
    files.map(async (file) => {
      try {
        await reap(file, logger);
      } catch (error) {
        logger.warn(`What a former host left behind stays for now (${file}): ${messageOf(error)}`);
      }
    }),
  );
}

async function reap(file: string, logger: Logger): Promise<void> {
  const entry = await readEntry(file);
  if (entry === null) return;
  if (entry === 'damaged') {
    logger.warn(`${file} could not be read and was removed.`);
    await rm(file, { force: true });
    return;
  }
  const { machine, owner, child, children } = entry;
  if (machine !== hostname() || isAlive(owner)) return;
  const left = [child, ...children].filter(isProven);
  if (left.length > 0)
    logger.info(`Ending what a killed host left behind: ${left.map(({ pid }) => pid).join(', ')}`);
  await endProcesses([child]);
  await endProcesses(children, orphanGrace);
  // Where the platform tells no start times it may be the child or another process: the next host looks again.
  if (!isAlive(child)) await rm(file, { force: true });
}

/** Null if there is nothing to be judged: another host's reaping was faster, or a later version wrote it. */
async function readEntry(file: string): Promise<Entry | 'damaged' | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const value: unknown = JSON.parse(text);
    const { format } = z.parse(z.object({ format: z.number() }), value);
    return format === 1 ? z.parse(entrySchema, value) : null;
  } catch {
    return 'damaged';
  }
}

function journalFolder(stateHome: string): string {
  return path.join(stateHome, 'processes');
}
