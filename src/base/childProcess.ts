import { type ChildProcess, spawn } from 'node:child_process';
import { onAbort, throwIfAborted } from './async.ts';
import { errorCode } from './errors.ts';
import { processRow } from './processTable.ts';

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Given to the child's stdin, which is then closed. */
  input?: string | Buffer;
  /** The child is killed after this time. Milliseconds. */
  timeout?: number;
  /** stdout beyond this many bytes is cut off and `truncated` is set. Default 16 MiB. */
  maxBytes?: number;
  signal?: AbortSignal;
}

export interface RunResult {
  /** Exit code, or null if a signal ended it. */
  code: number | null;
  stdout: string;
  /** What `stdout` was made of. */
  bytes: Buffer;
  stderr: string;
  timedOut: boolean;
  truncated: boolean;
}

const maxStderrBytes = 64 * 1024;

/**
 * Runs a program to its end, without a shell. A non-zero exit code is a result, not an error.
 * Rejects if it cannot be started (`ENOENT` …) or if the signal is aborted (`CancelledError`).
 */
export async function run(
  file: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  if (options.signal) throwIfAborted(options.signal);
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const stdout = collect(child.stdout, options.maxBytes ?? 16 * 1024 * 1024);
  const stderr = collect(child.stderr, maxStderrBytes);
  // The child may end without reading its input; that shows in its exit code.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');

  let timedOut = false;
  const timer =
    options.timeout === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          child.kill('SIGKILL');
        }, options.timeout);
  const stopListening = options.signal && onAbort(options.signal, () => child.kill('SIGKILL'));
  try {
    const code = await ended(child);
    if (options.signal) throwIfAborted(options.signal);
    const bytes = stdout.bytes();
    const texts = { stdout: bytes.toString('utf8'), stderr: stderr.bytes().toString('utf8') };
    return { code, ...texts, bytes, timedOut, truncated: stdout.truncated() };
  } finally {
    clearTimeout(timer);
    stopListening?.();
  }
}

/** How long output is waited for after the end of the child: a grandchild may hold the pipes open for ever. Milliseconds. */
const outputGrace = 1_000;

/** Resolves with the exit code once the child ended and its output was read; rejects if it never started. */
function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
    child.once('exit', (code) => {
      const timer = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve(code);
      }, outputGrace);
      child.once('close', () => clearTimeout(timer));
    });
  });
}

function collect(stream: NodeJS.ReadableStream, maxBytes: number) {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < maxBytes) chunks.push(chunk);
    size += chunk.length;
  });
  return {
    bytes: () => Buffer.concat(chunks).subarray(0, maxBytes),
    truncated: () => size > maxBytes,
  };
}

/** A process as it can be recognised later: pids are used again, start times with them are not. */
export interface ProcessIdentity {
  pid: number;
  /** Opaque; null where the platform does not tell cheaply (Windows). */
  startTime: string | null;
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startTime: processRow(pid)?.startTime ?? null };
}

/** False only if the process is provably gone. */
export function isAlive(identity: ProcessIdentity): boolean {
  return look(identity) !== 'gone';
}

/** True only if that very process is provably still there: nothing else may be sent a signal. */
export function isProven(identity: ProcessIdentity): boolean {
  return look(identity) === 'there';
}

function look({ pid, startTime }: ProcessIdentity): 'there' | 'gone' | 'unknown' {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Anything but "no such process" (EPERM: it is another user's) says that there is one.
    if (errorCode(error) === 'ESRCH') return 'gone';
  }
  const row = processRow(pid);
  if (row?.ended) return 'gone';
  if (row === null || startTime === null) return 'unknown';
  return row.startTime === startTime ? 'there' : 'gone';
}
