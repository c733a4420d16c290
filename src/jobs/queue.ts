interface Entry<T> {
  item: T;
  lane: string | null;
  start: () => Promise<unknown>;
}

/** Lets a limited number of tasks run at once, and one in each lane; the others wait in the order they came. */
export class Queue<T> {
  private readonly waiting: Entry<T>[] = [];
  private readonly running = new Set<Entry<T>>();

  /** @param limit read anew each time; at least one runs whatever it says */
  constructor(private readonly limit: () => number) {}

  /**
   * Calls `start` as soon as there is room for it; its end makes room for others.
   * @param lane tasks of one lane never run at the same time; null for none
   */
  add(item: T, lane: string | null, start: () => Promise<unknown>): void {
    this.waiting.push({ item, lane, start });
    this.advance();
  }

  /** True if the item still waited, and now does so no more. */
  remove(item: T): boolean {
    const index = this.waiting.findIndex((entry) => entry.item === item);
    if (index === -1) return false;
    this.waiting.splice(index, 1);
    return true;
  }

  /** To be called when the limit has become larger. */
  advance(): void {
    while (this.running.size < Math.max(1, this.limit())) {
      const next = this.waiting.find(({ lane }) => !this.isTaken(lane));
      if (!next) return;
      this.waiting.splice(this.waiting.indexOf(next), 1);
      void this.run(next);
    }
  }

  private async run(entry: Entry<T>): Promise<void> {
    this.running.add(entry);
    try {
      await entry.start();
    } finally {
      this.running.delete(entry);
      this.advance();
    }
  }

  private isTaken(lane: string | null): boolean {
    return lane !== null && [...this.running].some((entry) => entry.lane === lane);
  }
}
