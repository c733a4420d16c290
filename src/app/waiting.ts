import type { Job } from '../protocol/job.ts';
import type { Mode } from '../protocol/commandLine.ts';

/** A change beyond either of these takes a reviewer minutes. */
const smallFiles = 10;
const smallLines = 500;

export interface WaitQuestion {
  mode: Mode;
  job: Pick<Job, 'kind' | 'target'>;
  /** The user's default for Claude Code. */
  setting: Mode;
  /** The caller is a person or a script at a terminal. */
  isTerminal: boolean;
}

/**
 * Whether the caller is to wait for the end of its job. Where nobody said so, a terminal waits (its progress is shown
 * there, and scripts want the result); in Claude Code, which is blocked meanwhile, the size of the change decides.
 */
export function shouldWait({ mode, job, setting, isTerminal }: WaitQuestion): boolean {
  if (mode !== 'auto') return mode === 'wait';
  if (isTerminal || job.kind === 'transfer') return true;
  if (setting !== 'auto') return setting === 'wait';
  return isSmall(job);
}

function isSmall({ target }: Pick<Job, 'target'>): boolean {
  if (target === null) return false;
  const files = 'files' in target ? target.files : 1;
  return files <= smallFiles && (target.lines ?? 0) <= smallLines;
}
