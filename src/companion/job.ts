import { deferred, onAbort } from '../base/async.ts';
import type { Progress } from '../protocol/bridge.ts';
import type { ReviewOptions } from '../protocol/commandLine.ts';
import type { Report } from '../protocol/report.ts';
import type { HostConnection } from './connection.ts';
import { type Door, openHost } from './openHost.ts';

export interface ReviewCall {
  door: Door;
  options: ReviewOptions;
  onProgress: (progress: Progress) => void;
  /** Called once the job exists. */
  onStarted?: (report: Report) => void;
  /** Aborting it cancels the job; the report of its end is still waited for. */
  signal?: AbortSignal;
}

/**
 * Asks for a review, and waits for its end unless it goes to the background.
 * @throws UsageError, UserError in the host's words
 */
export async function review(call: ReviewCall): Promise<Report> {
  const { door, options } = call;
  const host = await openHost(door, 'runs the review');
  try {
    const started = await host.connection.startReview({
      cwd: host.folder,
      target: options.target,
      ...(options.model !== undefined && { model: options.model }),
      ...(options.effort !== undefined && { effort: options.effort }),
      onDisconnect: options.background || door.kind === 'hook' ? 'keep' : 'cancel',
    });
    call.onStarted?.(started);
    return options.background ? started : await waitForEnd(host.connection, started.job.id, call);
  } finally {
    await host.leave(!options.background);
  }
}

/** A job that was asked to stop may still end in another way first: the earlier of both answers is its report. */
async function waitForEnd(connection: HostConnection, id: string, call: ReviewCall): Promise<Report> {
  const waiting = connection.wait(id, call.onProgress);
  const { signal } = call;
  if (!signal) return waiting;
  const cancelled = deferred<Report>();
  const stopListening = onAbort(signal, () => {
    connection.cancel(id).then(
      (report) => cancelled.resolve(report),
      (error: unknown) => cancelled.reject(error),
    );
  });
  try {
    return await Promise.race([waiting, cancelled.promise]);
  } finally {
    stopListening();
  }
}
