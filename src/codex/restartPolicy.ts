import { UserError } from '../base/errors.ts';

/** How long the start after the first, second … unexpected end in a row waits; after one more nothing is started. Milliseconds. */
export const defaultBackoff: readonly number[] = [0, 1_000, 2_000, 4_000];

/** Counts ends of the App Server that nobody asked for, and says when another start is worth it. */
export class RestartPolicy {
  private ends = 0;
  private lastEnd = 0;
  private lastReason = '';

  constructor(private readonly backoff: readonly number[] = defaultBackoff) {}

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
    return new UserError(
      `The Codex App Server ended by itself ${this.ends} times in a row and is not started again. The last time: ${this.lastReason}`,
      '`Tandem: Restart App Server` tries it again; `Tandem: Show Log` has the details.',
    );
  }
}
