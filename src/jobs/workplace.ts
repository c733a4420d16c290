import type { ChangedTaskFile } from '../protocol/taskChange.ts';
import type { AgentContext } from './agent.ts';
import type { Job } from './job.ts';

/** Where a task that may change files works. */
export interface Workplace {
  /** Absolute real path: a linked worktree, or the repository itself. */
  readonly folder: string;
  /**
   * To be called once the work has ended, however it did.
   * @param look has a look at what was changed (paths relative to the root), before anybody can decide about it; left out
   * where nobody is to. What it leaves behind there is no part of the change, and what it throws is thrown once the change
   * is noted
   * @returns the files that are not as they were before, whatever changed them, and what the user should know; null where
   * that cannot be seen from here
   */
  close(look?: Look): Promise<{ files: ChangedTaskFile[] | null; notes: string[] }>;
}

/** @param changed paths relative to the root */
export type Look = (changed: readonly string[]) => Promise<void>;

/** @throws UserError if there can be none, CancelledError; nothing is left of it then */
export type OpenWorkplace = (job: Job, context: AgentContext) => Promise<Workplace>;
