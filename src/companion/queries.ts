import { UserError } from '../base/errors.ts';
import type { Progress, ScoreResult, SetupResult, StatusResult } from '../protocol/bridge.ts';
import type {
  CancelOptions,
  FindingsOptions,
  ResultOptions,
  SetupOptions,
  StatusOptions,
} from '../protocol/commandLine.ts';
import { isTerminal } from '../protocol/job.ts';
import type { Report } from '../protocol/report.ts';
import { waitForAll } from './job.ts';
import { type Door, ask } from './openHost.ts';

/*
 * What can be asked about jobs and the set-up, the same behind every door.
 */

export function askStatus(
  door: Door,
  { id, all, wait }: Omit<StatusOptions, 'json'>,
  onProgress: (progress: Progress) => void,
): Promise<StatusResult> {
  return ask(door, 'answers', async (connection, cwd) => {
    const params = { cwd, all, ...(id !== undefined && { id }) };
    const before = await connection.status(params);
    const running = before.jobs.filter(({ state }) => !isTerminal(state)).map((job) => job.id);
    if (!wait || running.length === 0) return before;
    await waitForAll(connection, running, onProgress);
    return connection.status(params);
  });
}

export function askResult(door: Door, { id, full }: Omit<ResultOptions, 'json'>): Promise<Report> {
  return ask(door, 'answers', (connection, cwd) =>
    connection.result({ cwd, full, ...(id !== undefined && { id }) }),
  );
}

export function askCancel(door: Door, { id }: Omit<CancelOptions, 'json'>): Promise<Report> {
  return ask(door, 'answers', (connection, cwd) =>
    connection.cancel({ cwd, ...(id !== undefined && { id }) }),
  );
}

export function askSetup(door: Door, { gate, test }: Omit<SetupOptions, 'json'>): Promise<SetupResult> {
  return ask(door, 'answers', (connection, cwd) =>
    connection.setup({ cwd, test, ...(gate !== undefined && { gate }) }),
  );
}

/** What became of the findings of each reviewer in the caller's repository. */
export function askScore(door: Door): Promise<ScoreResult> {
  return ask(door, 'answers', (connection, cwd) => connection.score({ cwd }));
}

/**
 * The findings of the caller's repository as the text of a file.
 * @throws UserError if the host is of a version that has no exports, and no other answer to that
 */
export function askExport(door: Door, { format, all }: Omit<FindingsOptions, 'output'>): Promise<string> {
  return ask(door, 'answers', async (connection, cwd) => {
    const { exported, markdown } = await connection.findings({ cwd, export: { format, all } });
    if (exported !== undefined) return exported;
    if (format !== 'markdown' || all)
      throw new UserError(
        'The VS Code window of this folder runs an older Tandem, which cannot export findings.',
        'Reload the window.',
      );
    return markdown;
  });
}
