import { type ThreadSnapshot, runningTurn } from './catchUp.ts';
import type { Turn } from './turn.ts';
import { initialTurnState } from './turnFold.ts';

/**
 * The turns of one piece of work, in their order. Where the connection to a server elsewhere is lost the work is done
 * again from its beginning on a new one; no turn is started twice then: one that is over is known, and one that may still
 * run is gone on with.
 */
export class WorkTurns {
  private turns: Turn[] = [];
  private next = 0;
  /** Turns of the thread that are older than this work. */
  private before: ReadonlySet<string> = new Set();

  /** The work begins anew. @param wasLost what was begun may still run */
  again(wasLost: boolean): void {
    this.next = 0;
    if (!wasLost) this.turns = [];
  }

  /** Some turn may still run. */
  get isOpen(): boolean {
    return this.open !== undefined;
  }

  private get open(): Turn | undefined {
    return this.turns.find(({ state }) => state.end === null);
  }

  /**
   * The thread has been opened for the work: finds out what became of a turn that was begun on it.
   * @param create makes a turn that listens from now on
   */
  opened(thread: ThreadSnapshot & { resumed: boolean }, create: () => Turn): void {
    if (!thread.resumed) this.turns = [];
    const { open } = this;
    if (!open) {
      if (this.turns.length === 0) this.before = new Set(thread.turns.map(({ id }) => id));
      return;
    }
    const turn = create();
    const isOn = turn.takeUp(open, thread) !== 'cut';
    if (!isOn) turn.dispose();
    this.turns = [...this.turns.filter((known) => known !== open), ...(isOn ? [turn] : [])];
  }

  /** A host that is gone left a turn running on the thread: it becomes the first of this work. */
  adopt(thread: ThreadSnapshot, create: () => Turn): void {
    const requested = runningTurn(thread);
    if (requested === null) return;
    const turn = create();
    turn.takeUp({ requested, state: initialTurnState, seen: new Set(), before: new Set() }, thread);
    this.turns = [turn];
  }

  /**
   * The turn that the work comes to now.
   * @param create makes one that is still to be started
   */
  following(create: (before: ReadonlySet<string>) => Turn): { turn: Turn; isBegun: boolean } {
    const known = this.turns[this.next];
    this.next += 1;
    if (known) return { turn: known, isBegun: true };
    const older = this.turns.flatMap(({ requested, state }) => [requested, state.activeTurn ?? '']);
    const turn = create(new Set([...this.before, ...older]));
    this.turns.push(turn);
    return { turn, isBegun: false };
  }
}
