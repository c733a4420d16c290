import { deferred, onAbort, settlesWithin } from '../base/async.ts';
import type { HostConnection } from '../client/hostConnection.ts';
import type { Approval, Decision } from '../protocol/approval.ts';
import type { Progress } from '../protocol/bridge.ts';
import type { Mode } from '../protocol/commandLine.ts';
import type { Order } from '../protocol/order.ts';
import type { Report } from '../protocol/report.ts';
import { type Door, type OpenHost, openHost } from './openHost.ts';

export interface JobCall {
  door: Door;
  order: Order;
  mode: Mode;
  onProgress: (progress: Progress) => void;
  /** Called once the job exists. */
  onStarted?: (report: Report) => void;
  /** Aborting it cancels the job; the report of its end is still waited for. */
  signal?: AbortSignal;
  /** Whoever sits here and answers what the job's agent asks; left out for nobody. */
  asker?: Asker;
  /** How long the end is waited for; then the answer is how the job goes. Milliseconds; left out for as long as it takes. */
  patience?: number;
}

/** Gives the user's answer to a question. @throws UserError if it is open no more */
export type Decide = (id: string, decision: Decision) => Promise<unknown>;

export interface Asker {
  /** @param open all that is asked now */
  show(open: readonly Approval[], decide: Decide): void;
}

/** A job's report: of its end, or of a job that goes on where nobody waits for it, or not any longer. */
export interface JobAnswer {
  report: Report;
  waited: boolean;
}

/**
 * Starts a job, and waits for its end unless it goes to the background.
 * @throws UsageError, UserError in the host's words
 */
export async function startJob(call: JobCall): Promise<JobAnswer> {
  const host = await openHost(call.door, 'runs it');
  let goesOn = false;
  try {
    const { order, mode, signal, asker } = call;
    const { report, wait } = await host.connection.startJob(
      { cwd: host.folder, order, mode, ...(asker && { asks: true }) },
      ({ open }) => asker?.show(open, (id, decision) => host.connection.decide({ id, decision })),
    );
    call.onStarted?.(report);
    // Whoever gave up before there was a job does not want it, wherever it was to run.
    const isAwaited = wait || signal?.aborted === true;
    const ended = isAwaited ? await waitForEnd(host, report, call) : null;
    goesOn = ended === null;
    if (ended !== null) return { report: ended, waited: true };
    return { report: isAwaited ? await current(host, report.job.id) : report, waited: false };
  } finally {
    await host.leave(!goesOn);
  }
}

function current({ connection, folder: cwd }: OpenHost, id: string): Promise<Report> {
  return connection.result({ cwd, id });
}

/**
 * A job that was asked to stop may still end in another way first: the earlier of both answers is its report. Null if it
 * takes longer than the caller's patience.
 */
async function waitForEnd(
  { connection, folder: cwd }: OpenHost,
  { job: { id }, other }: Report,
  { onProgress, signal, patience }: Pick<JobCall, 'onProgress' | 'signal' | 'patience'>,
): Promise<Report | null> {
  const waiting = connection.wait(id, onProgress);
  const cancelled = deferred<Report>();
  const stopListening =
    signal &&
    onAbort(signal, () => {
      cancelAll(connection, cwd, [...(other ? [other.job.id] : []), id]).then(
        (report) => cancelled.resolve(report),
        (error: unknown) => cancelled.reject(error),
      );
    });
  const ended = Promise.race([waiting, cancelled.promise]);
  try {
    const isInTime = patience === undefined || (await settlesWithin(ended, patience));
    return isInTime ? await ended : null;
  } finally {
    stopListening?.();
  }
}

/** @returns the report of the last one, which knows of the ends of those before it */
async function cancelAll(connection: HostConnection, cwd: string, ids: readonly string[]): Promise<Report> {
  const reports: Report[] = [];
  for (const id of ids) reports.push(await connection.cancel({ cwd, id }));
  const last = reports.at(-1);
  if (!last) throw new Error('There was nothing to cancel.');
  return last;
}

/** Waits until these jobs have ended, however they end. */
export async function waitForAll(
  connection: HostConnection,
  ids: readonly string[],
  onProgress: (progress: Progress) => void,
): Promise<void> {
  for (const id of ids) await connection.wait(id, onProgress);
}
