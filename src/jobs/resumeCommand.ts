import type { Job } from '../protocol/job.ts';

/**
 * The arguments with which Codex goes on with a job's thread, in the repository: its session may be of a worktree that is
 * gone, and Codex would offer that one first (measured, 0.130 and 0.169).
 * @param repository absolute
 */
export function resumeArgs(threadId: string, repository: string): string[] {
  return ['resume', threadId, '--cd', repository];
}

/** The same as one would type it. */
export function resumeCommand(threadId: string, { repository }: Pick<Job, 'repository'>): string {
  return ['codex', ...resumeArgs(threadId, repository)].map(typed).join(' ');
}

function typed(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  // No name of a file holds that mark there.
  if (process.platform === 'win32') return `"${word}"`;
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
