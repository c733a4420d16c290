import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Sequence } from '../base/async.ts';
import { type ProcessIdentity, isAlive } from '../base/childProcess.ts';
import { errorCode } from '../base/errors.ts';
import { readJson, writeJson } from '../base/files.ts';
import type { Logger } from '../base/logger.ts';
import { repositoriesFolder, repositoryFolder } from '../base/paths.ts';
import { type ReviewResult, reviewResultSchema } from '../protocol/report.ts';
import { type Job, type JobRecord, ended, isTerminal, jobRecordSchema } from './job.ts';

const resultSuffix = '.result.json';

/** Jobs on disk: `jobs/<id>.json`, and what a review produced beside it. Files of other hosts are only read. */
export class JobStore {
  private readonly sequences = new Map<string, Sequence>();

  constructor(
    private readonly stateHome: string,
    private readonly owner: ProcessIdentity,
    private readonly logger: Logger,
  ) {}

  /** Writes of one job reach the disk in the order of the calls. */
  save(job: Job): Promise<void> {
    const sequence = this.sequences.get(job.id) ?? new Sequence();
    this.sequences.set(job.id, sequence);
    const record: JobRecord = { format: 1, owner: this.owner, job };
    return sequence.run(() => writeJson(this.file(job.repository, `${job.id}.json`), record));
  }

  saveResult(job: Job, result: ReviewResult): Promise<void> {
    return writeJson(this.file(job.repository, `${job.id}${resultSuffix}`), result);
  }

  result(job: Job): Promise<ReviewResult | null> {
    return readJson(this.file(job.repository, `${job.id}${resultSuffix}`), reviewResultSchema, this.logger);
  }

  /**
   * All jobs of a repository, newest first. One that had not ended though its host is provably gone reads as
   * interrupted.
   */
  async list(repository: string): Promise<Job[]> {
    const names = await fileNames(this.file(repository, ''));
    const records = await Promise.all(
      names
        .filter(isJobFile)
        .map((name) => readJson(this.file(repository, name), jobRecordSchema, this.logger)),
    );
    const jobs = records.filter((record) => record !== null).map(truth);
    return jobs.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }

  /** The job of that id, or whose id begins so and is the only one, in whichever repository. */
  async find(id: string): Promise<Job | null> {
    if (!/^[\w-]+$/.test(id)) return null;
    const found: JobRecord[] = [];
    for (const folder of await fileNames(repositoriesFolder(this.stateHome))) {
      const jobs = path.join(repositoriesFolder(this.stateHome), folder, 'jobs');
      for (const name of (await fileNames(jobs)).filter((file) => isJobFile(file) && file.startsWith(id))) {
        const record = await readJson(path.join(jobs, name), jobRecordSchema, this.logger);
        if (record) found.push(record);
      }
    }
    const [record] = found;
    return record && found.length === 1 ? truth(record) : null;
  }

  private file(repository: string, name: string): string {
    return path.join(repositoryFolder(this.stateHome, repository), 'jobs', name);
  }
}

function isJobFile(name: string): boolean {
  return name.endsWith('.json') && !name.endsWith(resultSuffix);
}

function truth({ owner, job }: JobRecord): Job {
  if (isTerminal(job.state) || isAlive(owner)) return job;
  const failure = {
    message: 'The window or terminal that ran this review ended before it did.',
    advice: 'Start the review again.',
  };
  return ended(
    job,
    { state: 'interrupted', verdict: 'failed', structure: null, failure },
    job.startedAt ?? job.createdAt,
  );
}

async function fileNames(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
