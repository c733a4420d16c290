import { randomBytes } from 'node:crypto';
import { appendFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Disposable } from '../base/disposable.ts';
import { orEmpty } from '../base/orEmpty.ts';
import { makePrivateFolder, writePrivateFile } from '../base/files.ts';
import type { Logger } from '../base/logger.ts';
import { type Owner, isGone } from '../base/owner.ts';
import { watchFolder } from '../base/watchFolder.ts';
import { compact } from './compact.ts';
import { type ReadFile, headLine, readLedgerFile } from './ledgerFile.ts';
import { type Happened, type LedgerEvent, newEvent } from './ledgerEvents.ts';

const suffix = '.jsonl';
const damagedSuffix = '.damaged';

/** Files of hosts that have gone are merged once there are so many of them, or so much in them (bytes). */
const maxGoneFiles = 8;
const maxGoneBytes = 1024 * 1024;

/**
 * The append-only event log of one repository: a folder with a file for each host that has written to it. A host appends
 * to its own file only, so that any number of hosts can do so at once; what is known is the fold of all files.
 */
export class Ledger {
  private readonly name = `${randomBytes(6).toString('hex')}${suffix}`;
  private readonly files = new Map<string, ReadFile>();
  private readonly reported = new Set<string>();
  private isBegun = false;

  constructor(
    private readonly folder: string,
    private readonly owner: Owner,
    private readonly logger: Logger,
  ) {}

  /** All events, in no particular order. What cannot be read is left out, and said in the log; the rest counts. */
  async read(): Promise<LedgerEvent[]> {
    // A host that merges files writes the new one before it deletes the others: a file that is gone is in another one.
    while (!(await this.readFiles()));
    return [...this.files.values()].flatMap(({ events }) => events);
  }

  /** @param last time of the newest event that is known */
  async append(happened: Happened, last: string | null): Promise<LedgerEvent> {
    const event = newEvent(happened, last);
    await makePrivateFolder(this.folder);
    const lines = [...(this.isBegun ? [] : [headLine(this.owner)]), JSON.stringify(event)];
    // The newline in front ends a line that a full disk cut off, so that it takes nothing with it.
    await appendFile(path.join(this.folder, this.name), `\n${lines.join('\n')}\n`, { mode: 0o600 });
    this.isBegun = true;
    return event;
  }

  /** Calls the listener when a host has written; this one too. */
  watch(listener: () => void): Promise<Disposable> {
    const notice = (name: string) => {
      if (name.endsWith(suffix)) listener();
    };
    return watchFolder(this.folder, notice, this.logger);
  }

  /**
   * Takes over the files of hosts that have gone, where there are many, without what newer events have made void. Two
   * hosts may do so at once: an event that is there twice counts once.
   */
  async tidy(): Promise<void> {
    await this.read();
    const gone = [...this.files].filter(
      ([name, { owner }]) => name !== this.name && owner !== null && isGone(owner),
    );
    const bytes = gone.reduce((sum, [, { size }]) => sum + size, 0);
    if (gone.length < maxGoneFiles && bytes < maxGoneBytes) return;
    const own = this.files.get(this.name);
    const merged = own ? [...gone, [this.name, own] as const] : gone;
    await this.setAside(merged);
    const events = compact([...merged.flatMap(([, file]) => file.events), ...this.ends()]);
    const lines = [
      headLine(this.owner),
      ...merged.flatMap(([, { unknown }]) => unknown),
      ...events.map((event) => JSON.stringify(event)),
    ];
    await writePrivateFile(path.join(this.folder, this.name), `${lines.join('\n')}\n`);
    this.isBegun = true;
    for (const [name] of gone) await rm(path.join(this.folder, name), { force: true });
  }

  /** Of findings, by whomever: what came after one of them was found anew, and its first report stands there. */
  private ends(): LedgerEvent[] {
    return [...this.files.values()]
      .flatMap(({ events }) => events)
      .filter(({ type }) => type === 'cleared' || type === 'joined' || type === 'parted');
  }

  /** True if all files could be read as they were listed. */
  private async readFiles(): Promise<boolean> {
    const names = (await orEmpty(readdir(this.folder), [])).filter((name) => name.endsWith(suffix));
    for (const name of this.files.keys()) if (!names.includes(name)) this.files.delete(name);
    for (const name of names) {
      const file = await readLedgerFile(path.join(this.folder, name), this.files.get(name));
      if (file === null) return false;
      this.files.set(name, file);
      this.reportDamage(name, file);
    }
    return true;
  }

  private reportDamage(name: string, { damaged }: ReadFile): void {
    for (const { line, why } of damaged) {
      const key = `${name}\n${line}`;
      if (this.reported.has(key)) continue;
      this.reported.add(key);
      this.logger.warn(
        `A line of ${path.join(this.folder, name)} could not be read and is left out: ${why.slice(0, 200)}`,
      );
    }
  }

  /** Lines that could not be read are kept beside the ledger. */
  private async setAside(files: readonly (readonly [string, ReadFile])[]): Promise<void> {
    for (const [name, { damaged }] of files) {
      if (damaged.length === 0) continue;
      const text = damaged.map(({ line }) => `${line}\n`).join('');
      await appendFile(path.join(this.folder, `${name}${damagedSuffix}`), text, { mode: 0o600 });
    }
  }
}
