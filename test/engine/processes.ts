import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { waitFor } from './wait.ts';

/** A process as Linux shows it; `startTime` (clock ticks since boot) tells it from a later one with the same number. */
export interface ProcessInfo {
  readonly pid: number;
  readonly startTime: string;
  readonly command: string;
}

const cleanups = new Set<() => void>();
const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let listening = false;

function runCleanups(): void {
  for (const cleanup of cleanups) cleanup();
  cleanups.clear();
}

/** A signal ends the process after the cleanups, unless somebody else listens too: then how to end is theirs to say. */
function onSignal(signal: (typeof endingSignals)[number]): void {
  runCleanups();
  if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal]);
}

/**
 * Runs `cleanup` (synchronous) when this process exits, throws, or is told to end by SIGINT, SIGTERM or SIGHUP.
 * @returns a function that takes the cleanup back
 */
export function atExit(cleanup: () => void): () => void {
  if (!listening) {
    listening = true;
    process.on('exit', runCleanups);
    for (const signal of endingSignals) process.on(signal, onSignal);
  }
  cleanups.add(cleanup);
  return () => cleanups.delete(cleanup);
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** In ms; the program is killed when it takes longer. */
  readonly timeout?: number;
  /** Called with each line of stdout and stderr. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a program to its end, without a shell.
 * @returns everything it wrote to stdout and stderr, in order of arrival
 * @throws Error with that output when it can't be started, fails or takes too long
 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    ...(options.env !== undefined && { env: options.env }),
    ...(options.timeout !== undefined && { timeout: options.timeout, killSignal: 'SIGKILL' }),
  });
  const forget = atExit(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      options.onLine?.(line);
    });
  }
  try {
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (...ending) => resolve(ending));
    });
    if (code !== 0) {
      const ending = signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
      throw new Error(
        `${[command, ...args].join(' ')} ended with ${ending}:\n${lines.slice(-40).join('\n')}`,
      );
    }
    return lines.join('\n');
  } finally {
    forget();
  }
}

interface Row extends ProcessInfo {
  readonly parent: number;
}

/** The process with this number, if there is one. */
export function findProcess(pid: number): ProcessInfo | undefined {
  return readRow(pid);
}

function readRow(pid: number): Row | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in brackets and may itself hold brackets and blanks: fields are counted from the last bracket (proc(5)).
    const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const startTime = rest[17];
    if (state === 'Z' || state === 'X' || startTime === undefined) return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { pid, parent: Number(parent), startTime, command };
  } catch {
    return undefined; // gone between listing and reading
  }
}

function carries(pid: number, marker: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(marker);
  } catch {
    return false; // gone, or another user's
  }
}

/**
 * The living processes that descend from `root` or carry `marker` (`NAME=value`) in the environment they were started with:
 * the mark finds those whose parent is gone, the family those that cleaned their environment. Zombies don't count, nor do we.
 */
export function processTree(root: ProcessInfo | undefined, marker: string): ProcessInfo[] {
  const rows = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readRow(Number(name)))
    .filter((row) => row !== undefined)
    .filter((row) => row.pid !== process.pid);
  const isFounder = (row: Row): boolean =>
    (row.pid === root?.pid && row.startTime === root.startTime) || carries(row.pid, marker);
  const family = new Set(rows.filter(isFounder).map(({ pid }) => pid));
  for (let before = -1; before !== family.size;) {
    before = family.size;
    for (const row of rows) if (family.has(row.parent)) family.add(row.pid);
  }
  return rows
    .filter(({ pid }) => family.has(pid))
    .map(({ pid, startTime, command }) => ({ pid, startTime, command }));
}

/** Whether the same process still runs. */
export function isAlive(info: ProcessInfo): boolean {
  return readRow(info.pid)?.startTime === info.startTime;
}

/** Kills at once and without asking; a process that is gone already is fine. */
export function killAll(processes: readonly ProcessInfo[]): void {
  for (const info of processes.filter(isAlive)) signal(info.pid, 'SIGKILL');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/**
 * Asks `root` to end, gives its family `grace` ms to go by itself, kills what is left and waits until nothing is.
 * @returns those that had to be killed
 */
export async function endTree(
  root: ProcessInfo | undefined,
  marker: string,
  grace: number,
): Promise<ProcessInfo[]> {
  // Once their parent is dead, those without the mark can't be found any more: who was seen stays remembered.
  const seen = new Map<string, ProcessInfo>();
  const living = (): ProcessInfo[] => {
    for (const info of processTree(root, marker)) seen.set(`${info.pid} ${info.startTime}`, info);
    return [...seen.values()].filter(isAlive);
  };
  living();
  if (root !== undefined && isAlive(root)) signal(root.pid, 'SIGTERM');
  const deadline = Date.now() + grace;
  await waitFor('the engine to end', () => living().length === 0 || Date.now() > deadline, grace + 10_000);
  const killed = living();
  killAll(killed);
  await waitFor('killed processes to be gone', () => living().length === 0, 30_000);
  return killed;
}
