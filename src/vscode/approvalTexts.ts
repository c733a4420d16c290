import path from 'node:path';
import { isInside } from '../base/paths.ts';
import type { Approval } from '../protocol/approval.ts';
import { subjectText } from '../protocol/approval.ts';
import { subjectLines } from '../protocol/approvalText.ts';
import type { Job } from '../protocol/job.ts';
import { plainText } from './errorMessage.ts';
import { jobSubject } from './jobTexts.ts';

/** Who asks: the job, and the session of Claude Code behind it. */
export function askerText(job: Job | undefined): string {
  if (!job) return 'Codex';
  const session = job.session === null ? '' : `, for Claude Code’s session ${job.session.slice(0, 8)}`;
  return plainText(`${jobSubject(job)}${session}`);
}

const maxShown = 160;

/**
 * Whether the short text of a notification is all there is: nobody is to allow what they cannot read there. What could
 * reorder or hide letters is looked at in a document, which shows it.
 */
export function isWholeInNotification({ subject }: Approval): boolean {
  if (subject.kind !== 'command' || subject.wants.length > 0) return false;
  return subject.line.length <= maxShown && /^[\u0020-\u007e]*$/.test(subject.line);
}

/** @param worktrees the folder of all worktrees of tasks, absolute */
export function notificationText(approval: Approval, job: Job | undefined, worktrees: string): string {
  const { subject, reason } = approval;
  const where = subject.kind === 'command' && subject.cwd !== '' ? folderText(subject.cwd, worktrees) : '';
  const why = reason === '' ? '' : ` It says: “${cut(reason, maxShown)}”`;
  return plainText(
    `Codex asks to: ${cut(subjectText(subject), maxShown + 10)}${where}.${why} (${askerText(job)})`,
  );
}

/** A worktree of ours has a name that says nothing to the user; its document has the whole path. */
function folderText(folder: string, worktrees: string): string {
  if (folder === worktrees || !isInside(worktrees, folder)) return ` in ${folder}`;
  const [, ...below] = path.relative(worktrees, folder).split(path.sep);
  return below.length === 0 ? ' in the task’s worktree' : ` in ${below.join('/')} of the task’s worktree`;
}

/** All that is asked, as the text of a document. */
export function detailsText(approval: Approval, job: Job | undefined): string {
  const { subject, reason, askedAt, expiresAt } = approval;
  const until = expiresAt === null ? 'never' : new Date(expiresAt).toLocaleTimeString('en', time);
  return [
    `${askerText(job)} asks:`,
    '',
    ...subjectLines(subject),
    '',
    ...(reason === '' ? [] : [`Reason, in its own words: ${reason}`]),
    `Asked at ${new Date(askedAt).toLocaleTimeString('en', time)}; declined by itself at: ${until}.`,
    'Answer with the buttons of the Approvals view, or with “Tandem: Answer Codex’s Question…”.',
    '',
  ].join('\n');
}

const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
