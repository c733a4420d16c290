import type { Disposable } from '../base/disposable.ts';
import { Throttle } from '../base/throttle.ts';
import type { HostMessage } from '../protocol/findingsPage.ts';

/** In the order in which they are sent: what a review found is there when the page hears that it ended. */
export const sliceNames = ['findings', 'places', 'activeFile', 'runs', 'run'] as const;
export type SliceName = (typeof sliceNames)[number];

/** Makes a slice as it is now. */
export type SliceSource = {
  readonly [N in SliceName]: () => Extract<HostMessage, { type: N }>;
};

/** Between two times of sending, so that a talkative reviewer or a quick typist does not keep the page busy. Milliseconds. */
const interval = 50;

/** Sends the page what has changed, each slice as a whole, and nothing that it has already. */
export class PageSlices implements Disposable {
  private readonly changes = new Set<SliceName>();
  /** By name, what the page has, as JSON. */
  private readonly sent = new Map<SliceName, string>();
  private readonly updates = new Throttle(interval, () => this.send());
  private listening = false;

  constructor(
    private readonly source: SliceSource,
    private readonly post: (message: HostMessage) => void,
    /** Is told of a slice that could not be made. */
    private readonly failed: (error: unknown) => void,
  ) {}

  /** These may have changed. */
  changed(...names: readonly SliceName[]): void {
    if (!this.listening) return;
    for (const name of names) this.changes.add(name);
    this.updates.request();
  }

  /** The page has loaded and knows nothing yet. */
  start(): void {
    this.listening = true;
    this.sent.clear();
    for (const name of sliceNames) this.changes.add(name);
    this.send();
  }

  /** The page is gone. */
  stop(): void {
    this.listening = false;
    this.changes.clear();
  }

  dispose(): void {
    this.stop();
    this.updates.dispose();
  }

  private send(): void {
    const names = sliceNames.filter((name) => this.changes.has(name));
    this.changes.clear();
    for (const name of names) {
      try {
        this.sendSlice(name);
      } catch (error) {
        // The others have nothing to do with it. This one is tried again when it changes.
        this.failed(error);
      }
    }
  }

  private sendSlice(name: SliceName): void {
    const message = this.source[name]();
    const json = JSON.stringify(message);
    if (this.sent.get(name) === json) return;
    this.sent.set(name, json);
    this.post(message);
  }
}
