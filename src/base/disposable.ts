export interface Disposable {
  dispose(): void;
}

/** Owns disposables and ends them together, last added first; what is added too late is ended at once. */
export class DisposableStore implements Disposable {
  private readonly items: Disposable[] = [];
  private disposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.disposed) item.dispose();
    else this.items.push(item);
    return item;
  }

  /** Adds a function to be called on disposal. */
  defer(end: () => void): void {
    this.add({ dispose: end });
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    for (const item of this.items.reverse()) item.dispose();
    this.items.length = 0;
  }
}
