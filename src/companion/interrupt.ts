import { exitCodes } from './outcome.ts';

/**
 * Ctrl+C: the first one cancels the job once there is one, the second leaves at once. Before there is a job the first one
 * leaves too: the host sees the connection end and starts nothing, or cancels.
 */
export class Interrupt {
  private readonly controller = new AbortController();
  private isArmed = false;
  readonly signal = this.controller.signal;

  constructor() {
    process.on('SIGINT', () => {
      if (!this.isArmed || this.signal.aborted) process.exit(exitCodes.cancelled);
      this.controller.abort();
    });
  }

  arm(): void {
    this.isArmed = true;
  }
}
