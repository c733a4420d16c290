import { UserError } from '../base/errors.ts';

/** How long the start after the first, second … unexpected end in a row waits; after one more nothing is started. Milliseconds. */
export const defaultBackoff: readonly number[] = [0, 1_000, 2_000, 4_000];

/** The same of connections to a server elsewhere: a network is away for longer than a program needs to start. Milliseconds. */
export const remoteBackoff: readonly number[] = [0, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/** Counts ends of the App Server that nobody asked for, and says when another start is worth it. */
export class RestartPolicy {
  private ends = 0;
  private lastEnd = 0;
  private lastReason = '';

  constructor(
    private readonly backoff: readonly number[] = defaultBackoff,
    /** What happened again and again, for the user. */
    private readonly words: { message(times: number, last: string): string; advice: string } = ownWords,
  ) {}

  /** @param reason in words for the user */
  ended(reason: string): void {
    this.ends += 1;
    this.lastEnd = Date.now();
    this.lastReason = reason;
  }

  clear(): void {
    this.ends = 0;
  }

  get hasFailed(): boolean {
    return this.ends > 0;
  }

  /** How long the next start has still to wait. Milliseconds. */
  wait(): number {
    const pause = this.backoff[this.ends - 1] ?? 0;
    return Math.max(0, this.lastEnd + pause - Date.now());
  }

  /** Why nothing is started any more until somebody asks for it; null while that is not so. */
  givenUp(): UserError | null {
    if (this.ends <= this.backoff.length) return null;
    return new UserError(this.words.message(this.ends, this.lastReason), this.words.advice);
  }
}

const ownWords = {
  message: (times: number, last: string) =>
    `The Codex App Server ended by itself ${times} times in a row and is not started again. The last time: ${last}`,
  advice: '`Tandem: Restart App Server` tries it again; `Tandem: Show Log` has the details.',
};

export const remoteWords = {
  message: (times: number, last: string) =>
    `The connection to the Codex App Server failed ${times} times in a row. The last time: ${last}`,
  advice: 'Try again when the server can be reached; what was begun there may still run there.',
};
