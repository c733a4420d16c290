import type { Disposable } from './disposable.ts';

/** Tells when nothing has been heard for a while, and again after each further while. */
export class Silence implements Disposable {
  private timer: NodeJS.Timeout;
  /** When something was heard last. Milliseconds since the epoch. */
  lastBroken = Date.now();

  /** @param length milliseconds */
  constructor(
    private readonly length: number,
    private readonly onSilence: () => void,
  ) {
    this.timer = this.wait(length);
  }

  /** Something was heard. Costs nothing but the time: the timer looks at it when it fires. */
  broken(): void {
    this.lastBroken = Date.now();
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private wait(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => this.look(), milliseconds).unref();
  }

  private look(): void {
    const rest = this.lastBroken + this.length - Date.now();
    this.timer = this.wait(rest > 0 ? rest : this.length);
    if (rest <= 0) this.onSilence();
  }
}
