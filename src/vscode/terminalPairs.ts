import * as vscode from 'vscode';
import { settlesWithin } from '../base/async.ts';

/** In this workspace's memory of the extension: `PID PID` of those that were opened beside each other. */
const pairsKey = 'terminals.pairs';
/** The oldest of more are forgotten. */
const maxPairs = 50;

/** So long the process of a terminal is waited for: of one that is there, and of one that has just been opened. Milliseconds. */
const [processTime, startTime] = [1_000, 30_000];

/**
 * Which terminal was opened beside which: VS Code does not tell. They are known by their processes: after a reload of the window those
 * are the same, and how they were started is told no more (measured, 1.139).
 */
export class TerminalPairs {
  constructor(private readonly memory: vscode.Memento) {}

  async note(one: vscode.Terminal, other: vscode.Terminal): Promise<void> {
    const [first, second] = [await processOf(one, startTime), await processOf(other, startTime)];
    if (first === null || second === null) return;
    await this.memory.update(pairsKey, [...this.pairs(), `${first} ${second}`].slice(-maxPairs));
  }

  /** The other one of its pair, if that still runs. */
  async partnerOf(terminal: vscode.Terminal): Promise<vscode.Terminal | undefined> {
    const process = await processOf(terminal, processTime);
    if (process === null) return undefined;
    for (const other of vscode.window.terminals) {
      const its = other.exitStatus === undefined ? await processOf(other, processTime) : null;
      if (its === null) continue;
      if (this.pairs().some((pair) => pair === `${process} ${its}` || pair === `${its} ${process}`))
        return other;
    }
    return undefined;
  }

  private pairs(): string[] {
    return this.memory.get<string[]>(pairsKey, []);
  }
}

async function processOf({ processId }: vscode.Terminal, patience: number): Promise<number | null> {
  const id = Promise.resolve(processId);
  return (await settlesWithin(id, patience)) ? ((await id) ?? null) : null;
}
