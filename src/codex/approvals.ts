import { randomBytes } from 'node:crypto';
import { Emitter, type Event } from 'vscode-jsonrpc/node';
import { deferred, onAbort, settlesWithin } from '../base/async.ts';
import type { Disposable } from '../base/disposable.ts';
import { UserError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { oneLine } from '../base/printable.ts';
import {
  type Approval,
  type Decision,
  type ProposedFile,
  type Subject,
  subjectText,
} from '../protocol/approval.ts';
import { type ApprovalRequest, readApprovalRequest } from './approvalRequests.ts';

export interface ApprovalsOptions {
  logger: Logger;
  /** Why nobody is asked this, in words that continue “It was declined, because …”; null where somebody is. */
  whyUnasked(job: string, subject: Subject): string | null;
  /** A question that nobody answers is declined after so long; 0 for never. Milliseconds. */
  timeout(): number;
  /** Ends a job. */
  cancelJob(job: string): Promise<unknown>;
}

/** The work on a thread that may ask. */
export interface Worker {
  /** Id of its job. */
  readonly job: string;
  /** What the user should know later. */
  note(text: string): void;
  /** The files that an item is about to change. */
  readonly changesOf: (itemId: string) => readonly ProposedFile[];
  /** A command that it asks for would run outside of its sandbox; false where Codex does not tell. */
  readonly asksToLeave: boolean;
  /** Says something to the agent while it works. */
  steer(text: string): Promise<void>;
  /** Awaited before the agent hears that something is allowed. Does not reject. */
  beforeAllowed?(): Promise<void>;
}

interface Pending {
  readonly approval: Approval;
  readonly request: ApprovalRequest;
  readonly worker: Worker;
  readonly settle: (answer: unknown) => void;
}

/** Longer ones are cut in notes. Characters. */
const maxNote = 200;
/** A sub-agent may ask before the thread that started it has told of it: so long is waited for that. Milliseconds. */
const introductionTime = 1_000;

/**
 * The questions that Codex asks while it works. Each is answered exactly once: by the user, by the end of its time, or
 * not at all where it was answered elsewhere or its turn is over.
 */
export class Approvals {
  private readonly changeEmitter = new Emitter<void>();
  private readonly askEmitter = new Emitter<Approval>();
  private readonly listenEmitter = new Emitter<string>();
  private readonly workers = new Map<string, Worker>();
  private readonly open = new Map<string, Pending>();

  /** Fires when a question is new or open no more. */
  readonly onDidChange: Event<void> = this.changeEmitter.event;
  /** Fires once for each question that the user is asked. */
  readonly onDidAsk: Event<Approval> = this.askEmitter.event;

  constructor(private readonly options: ApprovalsOptions) {}

  /** The questions that wait for an answer, oldest first. */
  get pending(): Approval[] {
    return [...this.open.values()].map(({ approval }) => approval);
  }

  find(id: string): Approval | undefined {
    return this.open.get(id)?.approval;
  }

  /** Questions about this thread are put to the user from now on; about others they are declined. */
  listen(threadId: string, worker: Worker): Disposable {
    this.workers.set(threadId, worker);
    this.listenEmitter.fire(threadId);
    return {
      dispose: () => {
        this.workers.delete(threadId);
        for (const { approval, request } of [...this.open.values()])
          if (request.threadId === threadId) this.drop(approval.id);
      },
    };
  }

  /**
   * Answers a request of the server.
   * @param signal aborted once the server no longer wants to know
   * @throws for a kind that is unknown or cannot be read: the turn goes on without it (facts: app-server.md, 4.3)
   */
  async answer(method: string, params: unknown, signal: AbortSignal): Promise<unknown> {
    // Codex asks for nothing but the time there (0.169).
    if (method === 'currentTime/read') return { currentTimeAt: Math.floor(Date.now() / 1000) };
    const read = readApprovalRequest(method, params);
    if (!read) throw new Error(`Tandem does not grant ${method}.`);
    const worker = this.workers.get(read.threadId) ?? (await this.introduced(read.threadId));
    if (!worker) return this.declineUnasked(read, 'nothing of Tandem may ask on this thread');
    const request = { ...read, subject: completed(read, worker) };
    const why = this.options.whyUnasked(worker.job, request.subject);
    if (why !== null) return this.declineUnasked(request, why, worker);
    return this.ask(request, worker, signal);
  }

  private async introduced(threadId: string): Promise<Worker | undefined> {
    if (this.workers.size === 0) return undefined;
    const introduced = deferred<undefined>();
    const listening = this.listenEmitter.event((id) => id === threadId && introduced.resolve(undefined));
    await settlesWithin(introduced.promise, introductionTime);
    listening.dispose();
    return this.workers.get(threadId);
  }

  /**
   * Gives the user's answer.
   * @throws UserError if the question is open no more
   */
  async decide(id: string, decision: Decision): Promise<void> {
    const pending = this.openOne(id);
    const { approval, worker } = pending;
    if (decision.kind === 'allow' && approval.subject.kind !== 'questions') {
      await worker.beforeAllowed?.();
      this.openOne(id);
    }
    this.options.logger.info(`${subjectText(approval.subject)}: ${decision.kind} (job ${approval.job}).`);
    if (decision.kind === 'cancel') {
      // First, so that the turn's end reads as what it is.
      const cancelled = this.options.cancelJob(approval.job);
      this.settle(pending, decision);
      await cancelled;
      return;
    }
    this.settle(pending, decision);
    if (decision.kind !== 'decline') return;
    worker.note(declinedNote(approval, decision.reason === '' ? 'by you' : `by you: ${decision.reason}`));
    await this.tellReason(pending, decision.reason);
  }

  private openOne(id: string): Pending {
    const pending = this.open.get(id);
    if (pending) return pending;
    throw new UserError(
      'Codex no longer asks this: it was answered elsewhere, timed out, or its task has ended.',
    );
  }

  private ask(request: ApprovalRequest, worker: Worker, signal: AbortSignal): Promise<unknown> {
    const approval = this.approvalOf(request, worker);
    // Nobody waits for it any more.
    if (signal.aborted) return Promise.resolve(request.answer({ kind: 'decline', reason: '' }));
    return new Promise((resolve) => {
      const stopListening = onAbort(signal, () => this.drop(approval.id));
      const timer = this.startTimer(approval);
      const settle = (answer: unknown) => {
        clearTimeout(timer);
        stopListening();
        this.open.delete(approval.id);
        this.changeEmitter.fire();
        resolve(answer);
      };
      this.open.set(approval.id, { approval, request, worker, settle });
      this.changeEmitter.fire();
      this.askEmitter.fire(approval);
    });
  }

  private approvalOf({ subject, reason, forSession }: ApprovalRequest, { job }: Worker): Approval {
    const now = Date.now();
    const timeout = this.options.timeout();
    return {
      id: randomBytes(8).toString('hex'),
      job,
      subject,
      reason,
      forSession,
      askedAt: new Date(now).toISOString(),
      expiresAt: timeout > 0 ? new Date(now + timeout).toISOString() : null,
    };
  }

  private startTimer(approval: Approval): NodeJS.Timeout | undefined {
    const timeout = this.options.timeout();
    if (timeout <= 0) return undefined;
    const expire = () => {
      const pending = this.open.get(approval.id);
      if (!pending) return;
      this.options.logger.warn(`${subjectText(approval.subject)}: declined, nobody answered in time.`);
      pending.worker.note(declinedNote(approval, 'because nobody answered in time'));
      this.settle(pending, { kind: 'decline', reason: '' });
    };
    return setTimeout(expire, timeout).unref();
  }

  private settle({ request, settle }: Pending, decision: Decision): void {
    settle(request.answer(decision));
  }

  /** It is open no more, and what is answered now reaches nobody; declined all the same, to be safe. */
  private drop(id: string): void {
    const pending = this.open.get(id);
    if (pending) this.settle(pending, { kind: 'decline', reason: '' });
  }

  private declineUnasked(request: ApprovalRequest, why: string, worker?: Worker): unknown {
    const what = subjectText(request.subject);
    this.options.logger.warn(`Codex asked to: ${what}. It was declined, because ${why}.`);
    worker?.note(declinedNote(request, `because ${why}`));
    return request.answer({ kind: 'decline', reason: '' });
  }

  /** The protocol's answers have no place for a reason, so that it follows as the user's word. */
  private async tellReason({ approval, worker }: Pending, reason: string): Promise<void> {
    if (reason.trim() === '' || approval.subject.kind === 'questions') return;
    try {
      await worker.steer(`I declined this: ${subjectText(approval.subject)}\nMy reason: ${reason}`);
    } catch (error) {
      const why = messageOf(error);
      this.options.logger.warn(`The reason of a refusal did not reach Codex: ${why}`);
      worker.note(`Your reason did not reach Codex: ${why}`);
    }
  }
}

/** With what the request itself does not say: its item's files, and what its worker's policy tells. */
function completed({ subject, itemId }: ApprovalRequest, { changesOf, asksToLeave }: Worker): Subject {
  if (subject.kind === 'command') return { ...subject, outside: asksToLeave };
  const isNamed = subject.kind !== 'files' || subject.files.length > 0;
  return isNamed ? subject : { ...subject, files: [...changesOf(itemId)] };
}

function declinedNote({ subject, reason }: Pick<Approval, 'subject' | 'reason'>, how: string): string {
  const why = reason === '' ? '' : ` (“${oneLine(reason, maxNote)}”)`;
  const what = subjectText(subject);
  const cut = what.length > maxNote ? `${what.slice(0, maxNote - 1)}…` : what;
  return `Codex asked to: ${cut}${why}; it was declined ${how}.`;
}
