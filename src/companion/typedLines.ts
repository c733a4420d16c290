import { type Interface, createInterface } from 'node:readline';
import { deferred, onAbort } from '../base/async.ts';
import { CancelledError } from '../base/errors.ts';

/**
 * Lines that a user types in answer to something. The terminal stays as it is, so that its own editing and Ctrl+C work;
 * it is read from the first question on only, because a program in the background that reads is stopped by its shell.
 */
export class TypedLines {
  private reader: Interface | null = null;
  private hasEnded = false;
  private take: ((line: string | null) => void) | null = null;

  constructor(private readonly input: NodeJS.ReadStream) {}

  /** Resolves once what was typed before is dropped: it answers nothing that is still to be read. */
  async open(): Promise<void> {
    if (this.reader) return;
    this.reader = createInterface({ input: this.input, terminal: false });
    this.reader.on('line', (line) => this.hand(line));
    this.reader.on('close', () => {
      this.hasEnded = true;
      this.hand(null);
    });
    // What is there already comes with the next look at the terminal, which lies between these two.
    await afterTurn();
    await afterTurn();
  }

  /**
   * The next line that is typed; null if nothing can be typed any more.
   * @throws CancelledError on abort
   */
  async next(signal: AbortSignal): Promise<string | null> {
    if (this.hasEnded) return null;
    const line = deferred<string | null>();
    this.take = (typed) => line.resolve(typed);
    const stopListening = onAbort(signal, () => line.reject(new CancelledError()));
    try {
      return await line.promise;
    } finally {
      this.take = null;
      stopListening();
    }
  }

  /** Lets go of the terminal, so that the program can end. */
  close(): void {
    this.reader?.close();
  }

  /** What nobody waits for is dropped. */
  private hand(line: string | null): void {
    const { take } = this;
    this.take = null;
    take?.(line);
  }
}

const afterTurn = () => new Promise((resolve) => setImmediate(resolve));
