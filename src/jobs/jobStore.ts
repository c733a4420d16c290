import { readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { Sequence } from '../base/async.ts';
import type { Disposable } from '../base/disposable.ts';
import { errorCode, messageOf } from '../base/errors.ts';
import { orEmpty } from '../base/orEmpty.ts';
import { createPrivateFile, readJson, writeJson } from '../base/files.ts';
import type { Logger } from '../base/logger.ts';
import { type Owner, isGone, ownerSchema } from '../base/owner.ts';
import { repositoriesFolder, repositoryFolder } from '../base/paths.ts';
import { watchFolder } from '../base/watchFolder.ts';
import { jobSchema } from '../protocol/job.ts';
import { type Order, orderSchema } from '../protocol/order.ts';
import { type JobResult, jobResultSchema } from '../protocol/report.ts';
import { ChangeStore } from './changeStore.ts';
import { type Job, type JobRecord, abandoned, canGoOn, isTerminal, jobRecordSchema } from './job.ts';
import { endedUnwritten, interruptedByHost } from './hostGone.ts';
import { type JobEnd, UnwrittenEnds } from './unwrittenEnds.ts';

/** Beside `<id>.json`: what was asked for, what came of it, and who took the job up after `<pid>` had gone. */
const orderSuffix = '.order.json';
const resultSuffix = '.result.json';
const claimInfix = '.claim-';

/** With how the job ended; left out while it runs, and by version 0.1. */
const storedResultSchema = z.extend(jobResultSchema, { ended: z.optional(jobSchema) });
type StoredResult = z.infer<typeof storedResultSchema>;

/** Jobs on disk: `jobs/<id>.json` and what belongs to it. Files of living hosts are only read. */
export class JobStore {
  /** What tasks changed. */
  readonly changes: ChangeStore;
  private readonly sequences = new Map<string, Sequence>();
  private readonly unwritten: UnwrittenEnds;

  /** Fires when the disk does not take the end of a job; not again until it has taken all. */
  readonly onDidNotWrite: UnwrittenEnds['onDidFail'];

  /** @param retries see `UnwrittenEnds` */
  constructor(
    private readonly stateHome: string,
    private readonly owner: Owner,
    private readonly logger: Logger,
    retries?: readonly number[],
  ) {
    this.changes = new ChangeStore(stateHome, logger);
    this.unwritten = new UnwrittenEnds((end) => this.writeEnd(end), logger, retries);
    this.onDidNotWrite = this.unwritten.onDidFail;
  }

  /** Writes of one job reach the disk in the order of the calls. */
  async save(job: Job): Promise<void> {
    await this.sequenceOf(job).run(() => this.writeRecord(job));
    void this.unwritten.retry();
  }

  /**
   * Writes how a job ended, and with what: null for nothing, or for what is there already. What the disk does not take is
   * kept, read like what is on disk, and tried again. Never rejects.
   */
  saveEnd(job: Job, result: JobResult | null): Promise<void> {
    return this.unwritten.put({ job, result });
  }

  /** Why the end of a job is in no file yet; null where it is, or where there is none. */
  unwrittenReason({ id }: Job): string | null {
    return this.unwritten.get(id)?.reason ?? null;
  }

  /** The result tells the end too: the next host goes by it, should this one not get to write the job. */
  private writeEnd({ job, result }: JobEnd): Promise<void> {
    const sequence = this.sequenceOf(job);
    this.sequences.delete(job.id);
    return sequence.run(async () => {
      try {
        if (result) await this.writeResult(job, { ...result, ended: job });
      } finally {
        await this.writeRecord(job);
      }
    });
  }

  saveOrder(job: Job, order: Order): Promise<void> {
    return writeJson(this.file(job, orderSuffix), order);
  }

  order(job: Job): Promise<Order | null> {
    return readJson(this.file(job, orderSuffix), orderSchema, this.logger);
  }

  /** In the order of the calls too: what there was must not come after what became of it. */
  saveResult(job: Job, result: JobResult): Promise<void> {
    return this.sequenceOf(job).run(() => this.writeResult(job, result));
  }

  async result(job: Job): Promise<JobResult | null> {
    const unwritten = this.unwritten.get(job.id)?.result;
    return unwritten ?? readJson(this.file(job, resultSuffix), jobResultSchema, this.logger);
  }

  /**
   * How an orphan had ended before its host went, as far as what lies beside it tells: nobody is to do again what is done.
   * Null where nothing says that it had.
   */
  async leftEnd(job: Job): Promise<Job | null> {
    const result = await readJson(this.file(job, resultSuffix), storedResultSchema, this.logger);
    if (result?.ended) return result.ended;
    const change = await this.changes.read(job);
    return change && change.state !== 'running' ? endedUnwritten(job, change) : null;
  }

  /**
   * All jobs of a repository, newest first. One that had not ended though its host has gone reads as queued if the next
   * host can take it up, else as interrupted.
   */
  async list(repository: string): Promise<Job[]> {
    const records = await this.records(this.folder(repository));
    return records.map(truth).sort(newestFirst);
  }

  /** The same of all repositories. */
  async listAll(): Promise<Job[]> {
    return (await this.allRecords()).map(truth).sort(newestFirst);
  }

  /** Jobs of a repository that had not ended when their host went. */
  async orphans(repository: string): Promise<Job[]> {
    const records = await this.records(this.folder(repository));
    return records.filter(isOrphan).map(({ job }) => job);
  }

  /**
   * Makes this host the owner of an orphan; false if another host was faster. Of all that try for the same former owner
   * one can create the claim's file; if that one goes too before it has written the job, its claim is what the next
   * ones try to follow.
   */
  async claim(job: Job): Promise<boolean> {
    const record = await this.record(this.file(job, '.json'));
    if (!record || !isOrphan(record)) return false;
    let former: Owner | null = record.owner;
    while (former !== null && isGone(former)) {
      const claim = this.claimFile(job, former);
      if (await createPrivateFile(claim, JSON.stringify(this.owner))) return true;
      former = await readClaim(claim);
    }
    return false;
  }

  /** The job of that id, or whose id begins so and is the only one, in whichever repository, and who owns it. */
  async find(id: string): Promise<{ job: Job; owner: Owner } | null> {
    if (!/^[\w-]+$/.test(id)) return null;
    const found = await this.allRecords(id);
    const exact = found.find(({ job }) => job.id === id);
    const record = exact ?? (found.length === 1 ? found[0] : undefined);
    return record ? { job: truth(record), owner: await this.presentOwner(record) } : null;
  }

  /** The owner, or who has claimed the job since that one has gone and is about to write so. */
  private async presentOwner({ owner, job }: JobRecord): Promise<Owner> {
    let present = owner;
    while (!isTerminal(job.state) && isGone(present)) {
      const claimant = await readClaim(this.claimFile(job, present));
      if (claimant === null) return present;
      present = claimant;
    }
    return present;
  }

  /** Deletes a job that has ended, and all that belongs to it. */
  async remove(job: Job): Promise<void> {
    const folder = this.folder(job.repository);
    const own = (await orEmpty(readdir(folder), [])).filter(
      (name) => name.startsWith(`${job.id}.`) && name !== `${job.id}.json`,
    );
    // The job itself goes last: whatever stops this half-way, it can be tried again.
    for (const name of [...own, `${job.id}.json`]) await rm(path.join(folder, name), { force: true });
    this.unwritten.forget(job.id);
  }

  /** Calls the listener with a job's id whenever its file has changed, whichever host wrote it. */
  watch(repository: string, listener: (id: string) => void): Promise<Disposable> {
    const notice = (name: string) => {
      if (isJobFile(name)) listener(name.slice(0, -'.json'.length));
    };
    return watchFolder(this.folder(repository), notice, this.logger);
  }

  /** Tries a last time to write what the disk did not take. */
  dispose(): Promise<void> {
    return this.unwritten.dispose();
  }

  private writeRecord(job: Job): Promise<void> {
    const record: JobRecord = { format: 2, owner: this.owner, job };
    return writeJson(this.file(job, '.json'), record);
  }

  private writeResult(job: Job, result: StoredResult): Promise<void> {
    return writeJson(this.file(job, resultSuffix), result);
  }

  private sequenceOf({ id }: Job): Sequence {
    const sequence = this.sequences.get(id) ?? new Sequence();
    this.sequences.set(id, sequence);
    return sequence;
  }

  private async allRecords(prefix = ''): Promise<JobRecord[]> {
    const home = repositoriesFolder(this.stateHome);
    const found: JobRecord[] = [];
    for (const folder of await orEmpty(readdir(home), []))
      found.push(...(await this.records(path.join(home, folder, 'jobs'), prefix)));
    return found;
  }

  private async records(folder: string, prefix = ''): Promise<JobRecord[]> {
    const names = (await orEmpty(readdir(folder), [])).filter(
      (name) => isJobFile(name) && name.startsWith(prefix),
    );
    const records = await Promise.all(names.map((name) => this.record(path.join(folder, name))));
    return records.filter((record) => record !== null);
  }

  private async record(file: string): Promise<JobRecord | null> {
    const unwritten = this.unwritten.get(path.basename(file, '.json'));
    if (unwritten) return { format: 2, owner: this.owner, job: unwritten.job };
    const record = await this.read(file);
    if (record === null || 'job' in record) return record;
    this.logger.warn(`${file} was written by a later version of Tandem (format ${record.format}).`);
    return null;
  }

  /** One that cannot be read takes no other with it. */
  private async read(file: string): Promise<z.infer<typeof jobRecordSchema> | null> {
    try {
      return await readJson(file, jobRecordSchema, this.logger);
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      this.logger.warn(`${file} could not be read: ${messageOf(error)}`);
      return null;
    }
  }

  private claimFile(job: Job, { pid, startTime }: Owner): string {
    return this.file(job, `${claimInfix}${pid}-${startTime ?? 'unknown'}`);
  }

  private file({ repository, id }: Pick<Job, 'id' | 'repository'>, suffix: string): string {
    return path.join(this.folder(repository), `${id}${suffix}`);
  }

  private folder(repository: string): string {
    return path.join(repositoryFolder(this.stateHome, repository), 'jobs');
  }
}

/** `<id>.json` and nothing longer; ids have no dots. */
function isJobFile(name: string): boolean {
  return /^[\w-]+\.json$/.test(name);
}

function isOrphan({ owner, job }: JobRecord): boolean {
  return !isTerminal(job.state) && isGone(owner);
}

function newestFirst(a: Job, b: Job): number {
  return b.createdAt.localeCompare(a.createdAt);
}

function truth(record: JobRecord): Job {
  const { job } = record;
  if (!isOrphan(record)) return job;
  return canGoOn(job, Date.now()) ? abandoned(job) : interruptedByHost(job);
}

/** Null where there is none, or where it is still being written, by a host that is alive then. */
async function readClaim(file: string): Promise<Owner | null> {
  try {
    return z.safeParse(ownerSchema, JSON.parse(await readFile(file, 'utf8'))).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
