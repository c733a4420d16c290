import { DeadlineError, orAborted, withDeadline } from '../base/async.ts';
import type { Disposable } from '../base/disposable.ts';
import { UserError } from '../base/errors.ts';
import type { ServerNotification } from '../protocol/appServer.ts';
import { type AppServerConnection, AppServerError } from './connection.ts';

/** What became of a session file that was given to Codex's importer. */
export type ImportOutcome =
  /** 0.169 tells the thread; in 0.130 only the ledger has it. */
  | { readonly kind: 'done'; readonly threadId: string | null }
  /** The importer does not take files from there. */
  | { readonly kind: 'refused'; readonly message: string };

export interface ImportOptions {
  signal: AbortSignal;
  /** Milliseconds. */
  deadline: number;
}

type ImportCompleted = Extract<
  ServerNotification,
  { method: 'externalAgentConfig/import/completed' }
>['params'];

/**
 * Gives one file to Codex's importer and waits until it is through with it. `done` without a thread is also what it says
 * when it has nothing to do: imported before, nothing in it, or its thread was continued (facts: app-server.md, 9).
 * 0.130 does not tell whose end it is that it announces, so one at a time.
 * @throws UserError if the importer does not come to an end
 */
export async function importSession(
  connection: AppServerConnection,
  file: string,
  options: ImportOptions,
): Promise<ImportOutcome> {
  const completions = new Completions(connection);
  try {
    const { importId } = await connection.request('externalAgentConfig/import', {
      migrationItems: [
        {
          itemType: 'SESSIONS',
          description: 'Claude session',
          cwd: null,
          details: {
            plugins: [],
            skills: [],
            // The importer takes folder and title from the session itself.
            sessions: [{ path: file, cwd: '', title: null }],
            mcpServers: [],
            hooks: [],
            subagents: [],
            commands: [],
          },
        },
      ],
    });
    return outcomeOf(await inTime(Promise.race([completions.of(importId), endOf(connection)]), options));
  } catch (error) {
    // 0.130 says so in the answer, 0.169 in the end of the import.
    if (error instanceof AppServerError && error.serverMessage.includes('was not detected'))
      return { kind: 'refused', message: error.serverMessage };
    throw error;
  } finally {
    completions.dispose();
  }
}

async function inTime<T>(end: Promise<T>, { signal, deadline }: ImportOptions): Promise<T> {
  try {
    return await orAborted(withDeadline(end, deadline, 'The import'), signal);
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    throw new UserError(
      `Codex did not finish the import within ${deadline / 1000} s.`,
      'Try again; `Tandem: Show Log` has the details.',
    );
  }
}

function endOf(connection: AppServerConnection): Promise<never> {
  return connection.ended.then((reason) => {
    throw reason;
  });
}

function outcomeOf({ itemTypeResults }: ImportCompleted): ImportOutcome {
  const [failure] = itemTypeResults.flatMap(({ failures }) => failures);
  if (failure)
    return { kind: 'refused', message: failure.message ?? failure.subErrorType ?? 'no reason given' };
  const [success] = itemTypeResults.flatMap(({ successes }) => successes);
  return { kind: 'done', threadId: success?.target ?? null };
}

/** Ends of imports, kept from before the request: one may come with the answer. */
class Completions implements Disposable {
  private readonly seen: ImportCompleted[] = [];
  private readonly subscription: Disposable;
  private waiting: ((completed: ImportCompleted) => void) | null = null;

  constructor(connection: AppServerConnection) {
    this.subscription = connection.onServerNotification(({ method, params }) => {
      if (method !== 'externalAgentConfig/import/completed') return;
      this.seen.push(params);
      this.waiting?.(params);
    });
  }

  /** @param importId null in 0.130, which gives none at the end either */
  of(importId: string | null): Promise<ImportCompleted> {
    const isOurs = (completed: ImportCompleted) => completed.importId === importId;
    return new Promise((resolve) => {
      const before = this.seen.find(isOurs);
      if (before) resolve(before);
      this.waiting = (completed) => isOurs(completed) && resolve(completed);
    });
  }

  dispose(): void {
    this.subscription.dispose();
  }
}
