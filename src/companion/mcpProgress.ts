import type { Progress } from '../protocol/bridge.ts';
import { progressWords } from './progressLine.ts';
import { oneLine } from '../base/printable.ts';

/** How often a change is told at most, and how often that there is none. Milliseconds. */
const tick = 1_000;
const heartbeat = 15_000;
const maxMessage = 200;

/** Sends one notification; `progress` grows with each. Rejects once nobody listens any more. */
export type SendProgress = (progress: number, message: string) => Promise<void>;

/**
 * Tells a client how a call goes. It hears of us even if nothing changes: Claude Code 2.1.330 gives up a tool that has
 * been silent for half an hour.
 */
export class ProgressReporter {
  private message = 'Codex: asked';
  private sent = '';
  private sentAt = 0;
  private count = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly send: SendProgress) {
    this.timer = setInterval(() => this.look(), tick);
    this.look();
  }

  show(progress: Progress): void {
    const words = progressWords(progress);
    if (words === null) return;
    const { activity } = progress;
    this.message = oneLine(activity === null ? words : `${words} – ${activity}`, maxMessage);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const now = performance.now();
    if (this.message === this.sent && now - this.sentAt < heartbeat) return;
    this.sent = this.message;
    this.sentAt = now;
    this.count += 1;
    // The client has gone; its call ends in its own way.
    this.send(this.count, this.message).catch(() => this.stop());
  }
}
