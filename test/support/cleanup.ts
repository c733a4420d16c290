import { type ChildProcess } from 'node:child_process';

/**
 * Last resort for what a test makes: runs when this process ends in any way but SIGKILL.
 * Tests dispose what they made themselves; this is for the test that threw before it could, and for Ctrl-C.
 */

type Cleanup = () => void;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const cleanups = new Set<Cleanup>();
let installed = false;

/** Registers synchronous work for the end of this process; returns the function that takes it back. */
export function atProcessEnd(cleanup: Cleanup): () => void {
  install();
  cleanups.add(cleanup);
  return () => void cleanups.delete(cleanup);
}

/** Kills the child, if it still runs, when this process ends. */
export function endsWithThisProcess(child: ChildProcess): void {
  child.once(
    'exit',
    atProcessEnd(() => child.kill('SIGKILL')),
  );
}

function install(): void {
  if (installed) return;
  installed = true;
  process.on('exit', runAll);
  for (const signal of signals) process.on(signal, endBy);
}

function endBy(signal: NodeJS.Signals): void {
  // A program that listens to the signal itself wants to end in its own order; `exit` does the rest.
  if (process.listenerCount(signal) > 1) return;
  runAll();
  // The default action comes back without our listener, so that whoever waits for us sees the signal.
  process.off(signal, endBy);
  process.kill(process.pid, signal);
}

function runAll(): void {
  // Newest first: a process started in a folder ends before its folder goes.
  for (const cleanup of [...cleanups].reverse()) {
    cleanups.delete(cleanup);
    try {
      cleanup();
    } catch (error) {
      process.stderr.write(`cleanup at process end failed: ${String(error)}\n`);
    }
  }
}
