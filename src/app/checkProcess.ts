import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { onAbort, settlesWithin, throwIfAborted } from '../base/async.ts';
import { type ProcessIdentity, identityOf } from '../base/childProcess.ts';
import { endGroup, endProcesses } from '../base/endProcess.ts';
import { errorCode, messageOf } from '../base/errors.ts';
import { findExecutables, pathVariable, usualFolders } from '../base/executables.ts';
import type { Logger } from '../base/logger.ts';
import { printable } from '../base/printable.ts';
import { ProcessRecord } from '../base/processJournal.ts';
import { type CheckCommand, type CheckResult, commandText } from '../protocol/fixCheck.ts';

export interface CheckProcessOptions {
  /** Absolute: the worktree with the change. */
  folder: string;
  env: NodeJS.ProcessEnv;
  stateHome: string;
  logger: Logger;
  signal: AbortSignal;
  /** Called whenever something was printed. */
  onHeard: () => void;
  /** How long it may take, in milliseconds. */
  timeout?: number;
}

const minute = 60_000;
const defaultTimeout = 10 * minute;

/** Only the end of what it prints is kept. Bytes. */
const maxOutput = 16 * 1024;

/** How long output is waited for after the end: a process in the background may hold the pipes open. Milliseconds. */
const outputGrace = 1_000;

/**
 * Runs the project's check on a change: without a shell, with all that it starts in a process group, which ends with it.
 * @throws CancelledError once the abort has been confirmed; whatever else goes wrong is a result
 */
export async function runCheckProcess(
  check: CheckCommand,
  options: CheckProcessOptions,
): Promise<CheckResult> {
  const { signal, folder, env } = options;
  throwIfAborted(signal);
  const started = Date.now();
  const result = (outcome: CheckResult['outcome'], reason: string, output = ''): CheckResult => ({
    command: check.command,
    ...{ outcome, reason, output, took: Date.now() - started },
  });
  const cwd = path.join(folder, check.folder);
  const [name = '', ...args] = check.command;
  const program = await programOf(name, cwd, env);
  if (program === null) return result('could not run', `${name} was not found`);
  if (program.toLowerCase().endsWith('.cmd'))
    return result('could not run', `${name} is a batch file, which only a shell could run`);
  const run = await start(program, args, { ...options, cwd });
  if (run instanceof Error) return result('could not run', `${commandText([name])}: ${messageOf(run)}`);
  const { timeout = defaultTimeout } = options;
  const isInTime = await run.settles(timeout);
  throwIfAborted(signal);
  if (!isInTime)
    return result('timed out', `not within ${Math.round(timeout / minute)} minutes`, run.output());
  return run.code() === 0 ? result('passed', '', run.output()) : result('failed', run.words(), run.output());
}

/** Where it is: a name is looked for as a terminal of the user would, a path is of the worktree. */
async function programOf(name: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  if (/[/\\]/.test(name)) return path.resolve(cwd, name);
  const [found] = await findExecutables({ name, setting: '', env, knownFolders: usualFolders });
  return found?.file ?? null;
}

/** Also with what stands beside the program: `npm` needs the `node` of its own folder. CI: nothing is to wait for keys. */
function environmentFor(program: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const name = pathVariable(env);
  const folders = [env[name] ?? '', path.dirname(program)].filter((text) => text !== '');
  return { ...env, CI: 'true', [name]: folders.join(path.delimiter) };
}

/** @returns the error where it cannot be started */
async function start(
  program: string,
  args: readonly string[],
  options: CheckProcessOptions & { cwd: string },
): Promise<CheckRun | Error> {
  const { cwd, env } = options;
  try {
    const child = spawn(program, args, {
      ...{ cwd, env: environmentFor(program, env), windowsHide: true },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own; on Windows that would be a console.
      detached: process.platform !== 'win32',
    });
    const run = new CheckRun(child, program, options);
    await once(child, 'spawn');
    return run;
  } catch (error) {
    if (error instanceof Error && errorCode(error) !== undefined) return error;
    throw error;
  }
}

class CheckRun {
  private readonly identity: ProcessIdentity | null;
  private readonly record: ProcessRecord | null;
  private readonly exited: Promise<void>;
  private chunks: Buffer[] = [];
  private size = 0;

  constructor(
    private readonly child: ChildProcess,
    program: string,
    private readonly options: CheckProcessOptions,
  ) {
    const { stateHome, logger, onHeard } = options;
    const { pid, stdout, stderr } = child;
    this.identity = pid === undefined ? null : identityOf(pid);
    this.record = this.identity && new ProcessRecord(stateHome, this.identity, program, logger);
    child.on('error', (error) => logger.warn(`The check: ${error.message}`));
    this.exited = new Promise((resolve) => child.once('exit', () => resolve()));
    for (const stream of [stdout, stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.keep(chunk);
        this.record?.noteChildren();
        onHeard();
      });
  }

  /** Waits for its end, and brings it about when the time is over or the signal says so. @returns whether it ended by itself */
  async settles(timeout: number): Promise<boolean> {
    let aborted: () => void = () => undefined;
    const abort = new Promise<void>((resolve) => (aborted = resolve));
    const stopListening = onAbort(this.options.signal, aborted);
    const closed = new Promise((resolve) => this.child.once('close', resolve));
    try {
      const isInTime = await settlesWithin(Promise.race([this.exited, abort]), timeout);
      if (!isInTime || this.options.signal.aborted) await this.end();
      if (this.child.pid !== undefined) await endGroup(this.child.pid);
      if (!(await settlesWithin(closed, outputGrace))) {
        this.child.stdout?.destroy();
        this.child.stderr?.destroy();
      }
      return isInTime;
    } finally {
      stopListening();
      await this.record?.close();
    }
  }

  code(): number | null {
    return this.child.exitCode;
  }

  words(): string {
    const { exitCode, signalCode } = this.child;
    return exitCode === null ? `ended by ${signalCode ?? 'a signal'}` : `exit code ${exitCode}`;
  }

  output(): string {
    const text = Buffer.concat(this.chunks).subarray(-maxOutput).toString('utf8');
    return printable(text.replaceAll('\r\n', '\n')).trim();
  }

  private async end(): Promise<void> {
    if (this.identity) await endProcesses([this.identity]);
    this.child.kill('SIGKILL');
    await this.exited;
  }

  private keep(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.size += chunk.length;
    if (this.size < 4 * maxOutput) return;
    this.chunks = [Buffer.concat(this.chunks).subarray(-maxOutput)];
    this.size = maxOutput;
  }
}
