import { onAbort } from '../base/async.ts';
import type { Approval, Subject } from '../protocol/approval.ts';

/** Is told all that a job asks now, whenever that changes. */
type Tell = (open: readonly Approval[]) => void;

/**
 * Who is asked what the agent of a job asks. Where there is a window, its user; else the terminal that the job was
 * started from, as long as it is there, and nobody else.
 */
export class TerminalQuestions {
  private readonly callers = new Map<string, Tell>();

  constructor(private readonly hasWindow: boolean) {}

  /** @param signal aborted when the caller goes away */
  attend(job: string, signal: AbortSignal, tell: Tell): void {
    if (this.hasWindow) return;
    this.callers.set(job, tell);
    onAbort(signal, () => void this.callers.delete(job));
  }

  /** See `ApprovalsOptions`. */
  whyUnasked(job: string, subject: Subject): string | null {
    if (this.hasWindow) return null;
    if (!this.callers.has(job)) return 'nobody can be asked here';
    return isForTerminals(subject) ? null : 'it can be answered in a window of VS Code only';
  }

  /** @param pending what all jobs ask now */
  tell(pending: readonly Approval[]): void {
    for (const [job, tell] of this.callers) tell(pending.filter((approval) => approval.job === job));
  }
}

/** What is secret would stay on the screen, and a page is to be opened where the user has looked at its address. */
function isForTerminals(subject: Subject): boolean {
  if (subject.kind === 'questions') return subject.fields.every(({ secret }) => !secret);
  return subject.kind !== 'mcp' || (subject.url === null && subject.fields.every(({ secret }) => !secret));
}
