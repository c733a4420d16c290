/**
 * A failure in words fit for the user: what happened (`message`) and what to do next (`advice`).
 * Anything thrown that is neither this nor `CancelledError` is a bug and is logged with its stack.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';
  constructor(
    message: string,
    readonly advice?: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The request itself was wrong: an unknown option or branch, not a repository, nothing to review. Nothing was started. */
export class UsageError extends UserError {
  override readonly name = 'UsageError';
}

/** A usage limit of the vendor was reached: nothing is broken, and it is over by itself. */
export class LimitReached extends UserError {
  override readonly name = 'LimitReached';
  /** @param resetsAt ISO 8601; null where it is not known */
  constructor(
    message: string,
    readonly resetsAt: string | null,
    advice: string,
  ) {
    super(message, advice);
  }
}

/** The user (or the end of the host) asked for it; never shown as an error. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
  constructor(message = 'Cancelled') {
    super(message);
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node system error such as `ENOENT`, if it is one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
