import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { errorCode } from './errors.ts';

/** A line of the system's process table. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** Its process group: the pid of the process that founded it, which may be gone. */
  readonly group: number;
  /** It has ended, and only its parent has not taken notice yet (a zombie). */
  readonly ended: boolean;
  /** What is typed into its terminal goes to it: not so for one that was suspended, or has no terminal. */
  readonly inForeground: boolean;
  /** Opaque, the same at every look; with the pid it names the process for good. */
  readonly startTime: string;
}

/** Null if there is no such process, or the platform does not tell (Windows). */
export function processRow(pid: number): ProcessRow | null {
  if (process.platform === 'win32') return null;
  if (process.platform === 'linux') return rowOfProc(pid);
  return rowsOfPs(['-p', String(pid)])[0] ?? null;
}

/** The children of a process; empty where the platform does not tell (Windows). */
export function childRows(parent: number): ProcessRow[] {
  return allRows().filter((row) => row.parent === parent);
}

/** Those of a process group that still run; empty where there are no groups (Windows). */
export function groupRows(group: number): ProcessRow[] {
  return allRows().filter((row) => row.group === group && !row.ended);
}

function allRows(): ProcessRow[] {
  if (process.platform === 'win32') return [];
  return process.platform === 'linux' ? rowsOfProc() : rowsOfPs(['-A']);
}

function rowsOfProc(): ProcessRow[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => rowOfProc(Number(pid))).filter((row) => row !== null);
}

/** proc(5): `pid (name) state ppid pgrp session tty tpgid …`; field 22 is the start in clock ticks since boot. */
function rowOfProc(pid: number): ProcessRow | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name may hold spaces and parentheses, so fields are counted from its last parenthesis.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, parent, group, , , foregroundGroup] = fields;
    return {
      pid,
      parent: Number(parent),
      group: Number(group),
      ended: isEnded(state),
      inForeground: group === foregroundGroup,
      startTime: fields[19] ?? '',
    };
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ESRCH') return null;
    throw error;
  }
}

/**
 * The table as `ps` prints it, for systems without /proc. One `-o` a column: on BSD a heading spans the rest of its argument.
 * @param selection the arguments that say which processes
 */
export function rowsOfPs(selection: readonly string[]): ProcessRow[] {
  const columns = ['pid=', 'ppid=', 'pgid=', 'stat=', 'lstart='].flatMap((column) => ['-o', column]);
  // The start is printed in words and local time: without a fixed zone it would change with daylight saving.
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const { error, stdout } = spawnSync('ps', [...selection, ...columns], { encoding: 'utf8', env });
  if (error) throw error;
  return stdout.split('\n').flatMap((line) => {
    // lstart has five words: `Sat Nov 22 15:30:50 2026`.
    const [pid, parent, group, state, ...start] = line.trim().split(/\s+/);
    if (pid === undefined || parent === undefined || start.length === 0) return [];
    return [
      {
        pid: Number(pid),
        parent: Number(parent),
        group: Number(group),
        ended: isEnded(state),
        // ps(1), on Linux and BSD alike: `+` for the foreground process group.
        inForeground: state?.includes('+') === true,
        startTime: start.join(' '),
      },
    ];
  });
}

function isEnded(state = ''): boolean {
  return state.startsWith('Z') || state.startsWith('X');
}
