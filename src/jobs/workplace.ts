import type { ChangedTaskFile } from '../protocol/taskChange.ts';
import type { Job } from './job.ts';

/** Where a task that may change files works. */
export interface Workplace {
  /** Absolute real path: a linked worktree, or the repository itself. */
  readonly folder: string;
  /**
   * To be called once the work has ended, however it did.
   * @returns the files that are not as they were before, whatever changed them, and what the user should know; null where
   * that cannot be seen from here
   */
  close(): Promise<{ files: ChangedTaskFile[] | null; notes: string[] }>;
}

export type OpenWorkplace = (job: Job) => Promise<Workplace>;
