/** Lets a limited number of tasks run at once; the others wait in the order they came. */
export class Queue<T> {
  private readonly waiting: { item: T; start: () => void }[] = [];
  private running = 0;

  /** @param limit read anew each time; at least one runs whatever it says */
  constructor(private readonly limit: () => number) {}

  /** Calls `start` as soon as there is room for it; then `done` must be called once it has ended. */
  add(item: T, start: () => void): void {
    this.waiting.push({ item, start });
    this.advance();
  }

  /** True if the item still waited, and now does so no more. */
  remove(item: T): boolean {
    const index = this.waiting.findIndex((entry) => entry.item === item);
    if (index === -1) return false;
    this.waiting.splice(index, 1);
    return true;
  }

  done(): void {
    this.running -= 1;
    this.advance();
  }

  /** Also to be called when the limit has become larger. */
  advance(): void {
    while (this.running < Math.max(1, this.limit())) {
      const next = this.waiting.shift();
      if (!next) return;
      this.running += 1;
      next.start();
    }
  }
}
