import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod';
import { jobRecordSchema } from '../../../src/jobs/job.ts';
import type { Job } from '../../../src/protocol/job.ts';
import { waitFor } from '../../engine/wait.ts';

/** What the suites need of the window that they run in. */

export function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
}

/** What the stand-in model, which runs beside VS Code, answers from now on. */
export function modelAnswers(what: 'findings' | 'error' | 'prose'): void {
  writeFileSync(variable('TANDEM_TEST_MODEL'), what);
}

/** The folder as the window knows it; it was opened through a link. */
export function workspace(): string {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (folder === undefined) throw new Error('no folder is open');
  return folder.uri.fsPath;
}

export interface Shown {
  file: string;
  /** 1-based line and column of the start, then of the end. */
  range: number[];
  severity: string;
  code: string;
  message: string;
}

/** Our diagnostics in the window, by file. */
export function diagnostics(): Shown[] {
  return vscode.languages
    .getDiagnostics()
    .flatMap(([uri, all]) =>
      all
        .filter(({ source }) => source === 'Tandem')
        .map(({ range, severity, code, message }) => ({
          file: path.relative(workspace(), uri.fsPath),
          range: [
            range.start.line + 1,
            range.start.character + 1,
            range.end.line + 1,
            range.end.character + 1,
          ],
          severity: vscode.DiagnosticSeverity[severity],
          code: String(typeof code === 'object' ? code.value : code),
          message,
        })),
    )
    .sort((a, b) => a.code.localeCompare(b.code));
}

/** What the findings of `shopFindings` look like in the window. */
export const shopDiagnostics: readonly Shown[] = [
  {
    file: 'src/price.ts',
    range: [10, 3, 10, 31],
    severity: 'Warning',
    code: 'Codex P1',
    message: 'The discounted total is no longer a whole number of cents',
  },
  {
    file: 'src/price.ts',
    range: [13, 1, 15, 2],
    severity: 'Information',
    code: 'Codex P2',
    message: 'The average of no items is NaN',
  },
  {
    file: 'src/date filter.ts',
    range: [6, 5, 6, 77],
    severity: 'Information',
    code: 'Codex P3',
    message: 'Both ends of the range are left out',
  },
];

/** Runs a command that starts a job; resolves with it once it has ended. */
export async function jobOf(start: () => Thenable<unknown>): Promise<Job> {
  const before = new Set(jobs().map(({ id }) => id));
  await start();
  return waitFor('the job to end', () =>
    jobs().find(({ id, endedAt }) => !before.has(id) && endedAt !== null),
  );
}

/** All jobs on disk. */
export function jobs(): Job[] {
  const repositories = path.join(variable('TANDEM_HOME'), 'repositories');
  return namesIn(repositories).flatMap((repository) => {
    const folder = path.join(repositories, repository, 'jobs');
    const files = namesIn(folder).filter((name) => /^\w+-\w+\.json$/.test(name));
    return files.flatMap((name) => {
      const record = z.parse(jobRecordSchema, JSON.parse(readFileSync(path.join(folder, name), 'utf8')));
      return 'job' in record ? [record.job] : [];
    });
  });
}

/** Empty where there is no such folder yet. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
