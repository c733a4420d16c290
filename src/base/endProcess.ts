import { setTimeout as delay } from 'node:timers/promises';
import { type ProcessIdentity, isProven } from './childProcess.ts';
import { errorCode } from './errors.ts';
import { type ProcessRow, childRows, groupRows } from './processTable.ts';

/** How long a process may take to follow SIGTERM. Milliseconds. */
const endGrace = 2_000;
const pollInterval = 20;

/** The children of a process as they can be recognised later, when it is gone and they are nobody's. */
export function childrenOf(pid: number): ProcessIdentity[] {
  return childRows(pid).map(identityIn);
}

/**
 * Ends what a process that has ended has left running in its process group.
 * @param leader its pid; the group is its own
 */
export async function endGroup(leader: number): Promise<void> {
  await endProcesses(groupRows(leader).map(identityIn));
}

function identityIn({ pid, startTime }: ProcessRow): ProcessIdentity {
  return { pid, startTime };
}

/**
 * Ends processes, each with the process group that it leads: SIGTERM, then SIGKILL after the grace. Their children end
 * with them, also where they would have been left behind. One that is not provably the process meant is left alone.
 * @param grace in ms
 */
export async function endProcesses(processes: readonly ProcessIdentity[], grace = endGrace): Promise<void> {
  const ours = processes.filter(isProven);
  if (ours.length === 0) return;
  const children = ours.flatMap(({ pid }) => childrenOf(pid));
  signalAll(ours, 'SIGTERM');
  if (!(await areGone(ours, grace))) {
    // Children first: once their parent is killed, some die with it at once and leave a group that nobody can prove.
    // The parent is stopped meanwhile, or it would start others.
    signalAll(ours, 'SIGSTOP');
    signalAll([...ours.filter(isProven).flatMap(({ pid }) => childrenOf(pid)), ...ours], 'SIGKILL');
    await areGone(ours, grace);
  }
  await endProcesses(children, grace);
}

function signalAll(processes: readonly ProcessIdentity[], signal: NodeJS.Signals): void {
  for (const { pid } of processes.filter(isProven)) {
    // A group has the number of the process that founded it, and no other process gets that number while the group lasts.
    if (!wasSent(-pid, signal)) wasSent(pid, signal);
  }
}

/** False if there is nobody to send it to, or it is another user's (a setuid program). */
function wasSent(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) === 'ESRCH' || errorCode(error) === 'EPERM') return false;
    throw error;
  }
}

async function areGone(processes: readonly ProcessIdentity[], timeout: number): Promise<boolean> {
  const deadline = Date.now() + timeout;
  while (processes.some(isProven)) {
    if (Date.now() >= deadline) return false;
    await delay(pollInterval);
  }
  return true;
}
