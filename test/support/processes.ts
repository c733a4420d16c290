import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { markVariable, processMark } from './environment.ts';
import { tempRoot } from './temp.ts';

const run = promisify(execFile);

/** A live process that was started, directly or not, by this one. */
export interface OurProcess {
  readonly pid: number;
  readonly parentPid: number;
  /** Opaque; with the pid it names the process for good, because pids are used again. */
  readonly startTime: string;
  readonly commandLine: string;
  /** How we know that it is ours. */
  readonly evidence: 'descendant' | 'environment' | 'working directory';
}

export interface Leftovers {
  readonly processes: readonly OurProcess[];
  /** Socket files below this process's temp folder. */
  readonly sockets: readonly string[];
}

type ProcessRow = Omit<OurProcess, 'evidence'>;

/**
 * Everything alive that this process (and nobody else) brought about: its descendants, and orphans that carry its mark in the
 * environment or work in its temp folder. Orphans are found on Linux only; elsewhere a process's environment cannot be read.
 * Left out: this process, and helpers of the test runner itself (`ps`, esbuild's service).
 */
export async function listOurProcesses(): Promise<OurProcess[]> {
  const rows = await (process.platform === 'linux' ? rowsOfProc() : rowsOfPs());
  const children = descendantsOf(process.pid, rows);
  const found: OurProcess[] = [];
  for (const row of rows) {
    if (row.pid === process.pid || isRunnersOwn(row.commandLine)) continue;
    const evidence = children.has(row.pid) ? 'descendant' : await evidenceInProc(row.pid);
    if (evidence !== undefined) found.push({ ...row, evidence });
  }
  return found;
}

/** What is there now: taken before a suite and handed to `nothingLeft` after it. */
export async function snapshotLeftovers(): Promise<Leftovers> {
  return { processes: await listOurProcesses(), sockets: await socketsBelow(tempRoot()) };
}

/** What is there now and was not there `before`. */
export async function newLeftovers(before: Leftovers): Promise<Leftovers> {
  const now = await snapshotLeftovers();
  const known = new Set(before.processes.map(identity));
  return {
    processes: now.processes.filter((entry) => !known.has(identity(entry))),
    sockets: now.sockets.filter((socket) => !before.sockets.includes(socket)),
  };
}

/**
 * Resolves as soon as nothing is left that was not there `before`.
 * @param deadlineMs how long endings may take (default 3000): a program whose stdin was closed needs a moment.
 * @throws Error that names what is left.
 */
export async function nothingLeft(before: Leftovers, deadlineMs = 3000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const left = await newLeftovers(before);
    if (left.processes.length === 0 && left.sockets.length === 0) return;
    if (Date.now() > deadline) throw new Error(describeLeftovers(left));
    await delay(50);
  }
}

function describeLeftovers(left: Leftovers): string {
  const processes = left.processes.map(
    (entry) => `  ${entry.pid} (${entry.evidence}) ${entry.commandLine.slice(0, 200)}`,
  );
  const sockets = left.sockets.map((socket) => `  socket ${socket}`);
  return ['left behind:', ...processes, ...sockets].join('\n');
}

function identity(entry: ProcessRow): string {
  return `${entry.pid} ${entry.startTime}`;
}

function isRunnersOwn(commandLine: string): boolean {
  return commandLine.startsWith('ps -axo') || /\besbuild\b.* --service=/.test(commandLine);
}

function descendantsOf(ancestor: number, rows: readonly ProcessRow[]): ReadonlySet<number> {
  const found = new Set<number>();
  const open = [ancestor];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    for (const row of rows) {
      if (row.parentPid !== pid || found.has(row.pid)) continue;
      found.add(row.pid);
      open.push(row.pid);
    }
  }
  return found;
}

async function rowsOfProc(): Promise<ProcessRow[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const rows = await Promise.all(pids.map(rowOfProc));
  return rows.filter((row) => row !== undefined);
}

async function rowOfProc(pid: number): Promise<ProcessRow | undefined> {
  const [stat, commandLine] = await Promise.all([readProc(pid, 'stat'), readProc(pid, 'cmdline')]);
  if (stat === undefined || commandLine === undefined) return undefined;
  // `pid (name) state ppid …`, field 22 is the start time; the name may hold anything, so count from its last bracket (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parentPid] = fields;
  // A zombie has ended; who has not collected it is not our question.
  if (state === 'Z') return undefined;
  return {
    pid,
    parentPid: Number(parentPid),
    startTime: fields[19] ?? '',
    commandLine: commandLine.replaceAll('\0', ' ').trim(),
  };
}

async function evidenceInProc(pid: number): Promise<OurProcess['evidence'] | undefined> {
  if (process.platform !== 'linux') return undefined;
  const environment = await readProc(pid, 'environ');
  const mark = environment?.split('\0').find((entry) => entry.startsWith(`${markVariable}=`));
  if (mark !== undefined && `${mark.slice(markVariable.length + 1)}/`.startsWith(`${processMark}/`))
    return 'environment';
  const directory = await orGone(readlink(`/proc/${pid}/cwd`));
  return directory !== undefined && isBelow(tempRoot(), directory) ? 'working directory' : undefined;
}

function isBelow(folder: string, file: string): boolean {
  return file === folder || file.startsWith(folder + path.sep);
}

function readProc(pid: number, name: string): Promise<string | undefined> {
  return orGone(readFile(`/proc/${pid}/${name}`, 'utf8'));
}

/** undefined for a process that ended while we looked, or that belongs to somebody else. */
async function orGone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return undefined;
    throw error;
  }
}

async function rowsOfPs(): Promise<ProcessRow[]> {
  // lstart has always five words: `Sat Nov 22 15:30:50 2026`.
  const { stdout } = await run('ps', ['-axo', 'pid=,ppid=,stat=,lstart=,command='], {
    env: { ...process.env, LC_ALL: 'C' },
  });
  return stdout.split('\n').flatMap((line) => {
    const [pid, parentPid, state, ...rest] = line.trim().split(/\s+/);
    if (pid === undefined || parentPid === undefined || state === undefined || state.startsWith('Z'))
      return [];
    const startTime = rest.slice(0, 5).join(' ');
    return [
      { pid: Number(pid), parentPid: Number(parentPid), startTime, commandLine: rest.slice(5).join(' ') },
    ];
  });
}

async function socketsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isSocket()).map((entry) => path.join(entry.parentPath, entry.name));
}
