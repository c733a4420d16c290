import * as vscode from 'vscode';
import { settlesWithin } from '../base/async.ts';

/** In this workspace's memory of the extension: `PID PID` of those that were opened beside each other. */
const pairsKey = 'terminals.pairs';
/** The oldest of more are forgotten. */
const maxPairs = 50;

/** A terminal that has no process yet has no partner either. Milliseconds. */
const processTime = 1_000;

/**
 * Which terminal was opened beside which: VS Code does not tell. They are known by their processes, which a reload of the window
 * leaves as they are.
 */
export class TerminalPairs {
  constructor(private readonly memory: vscode.Memento) {}

  async note(one: vscode.Terminal, other: vscode.Terminal): Promise<void> {
    const [first, second] = [await processOf(one), await processOf(other)];
    if (first === null || second === null) return;
    await this.memory.update(pairsKey, [...this.pairs(), `${first} ${second}`].slice(-maxPairs));
  }

  async arePair(one: vscode.Terminal, other: vscode.Terminal): Promise<boolean> {
    const [first, second] = [await processOf(one), await processOf(other)];
    return this.pairs().some((pair) => pair === `${first} ${second}` || pair === `${second} ${first}`);
  }

  /** Whether the other one of its pair still runs. */
  async hasPartner(terminal: vscode.Terminal): Promise<boolean> {
    for (const other of vscode.window.terminals)
      if (other.exitStatus === undefined && (await this.arePair(terminal, other))) return true;
    return false;
  }

  private pairs(): string[] {
    return this.memory.get<string[]>(pairsKey, []);
  }
}

async function processOf({ processId }: vscode.Terminal): Promise<number | null> {
  const id = Promise.resolve(processId);
  return (await settlesWithin(id, processTime)) ? ((await id) ?? null) : null;
}
