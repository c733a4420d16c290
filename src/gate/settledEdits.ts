import { Sequence } from '../base/async.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Target } from '../protocol/target.ts';

/** What the review of settled edits needs of the other rooms; whoever makes it joins them. */
export interface SettledEditsParts {
  /** The commit that is checked out; empty where there is none yet. */
  head(repository: string): Promise<string>;
  /** A git tree that holds the working tree as it is. */
  snapshot(repository: string): Promise<string>;
  /** Null where nothing differs. */
  changed(repository: string, from: string, to: string): Promise<Target | null>;
  /** A review of this repository runs. */
  isBusy(repository: string): boolean;
  /** Starts a review; its end is not waited for. */
  review(repository: string, target: Target): Promise<void>;
  /** Gets what goes wrong when nobody waits. */
  onError(error: unknown): void;
  /** How long nothing may have changed. Default 30 s. Milliseconds. */
  quiet?: number;
}

const defaultQuiet = 30_000;
/** Files that change all the time (a log that git ignores) put a look off so many times the quiet at most. */
const maxPutOff = 10;
/** News of a file may be later than a review that has seen it. Milliseconds. */
const slack = 2_000;

/** How a repository was when it was last looked at. */
interface Look {
  head: string;
  tree: string;
}

interface Watched {
  readonly sequence: Sequence;
  look: Look | null;
  timer: NodeJS.Timeout | undefined;
  /** Of the burst that has not been looked at, and of its last edit; milliseconds since the epoch. */
  burst: { first: number; last: number } | null;
}

/**
 * The gate's other side, for where no hook of Claude Code fires: once the edits that somebody else than the user of this
 * window made have settled, what has changed since the last look is reviewed. At rest there is no timer.
 */
export class SettledEdits implements Disposable {
  private readonly repositories = new Map<string, Watched>();

  constructor(private readonly parts: SettledEditsParts) {}

  /** From now on edits of this repository count. */
  begin(repository: string): Promise<void> {
    const watched: Watched = { sequence: new Sequence(), look: null, timer: undefined, burst: null };
    this.repositories.set(repository, watched);
    return watched.sequence.run(async () => {
      await this.remember(repository, watched);
    });
  }

  /** Somebody else than the user of this window has changed a file. */
  edited(repository: string): void {
    const watched = this.repositories.get(repository);
    if (!watched) return;
    const now = Date.now();
    watched.burst = { first: watched.burst?.first ?? now, last: now };
    if (now - watched.burst.first < maxPutOff * this.quiet || watched.timer === undefined)
      this.schedule(repository, watched);
  }

  /**
   * A review of this repository has ended, and none runs any more.
   * @param since when a review that has seen the whole working tree was begun, in milliseconds since the epoch; null if
   *   it has not
   */
  reviewed(repository: string, since: number | null): void {
    const watched = this.repositories.get(repository);
    if (!watched) return;
    const { burst } = watched;
    if (burst !== null && (since === null || burst.last > since + slack)) {
      // Edits that came later, or that waited for it.
      if (watched.timer === undefined) this.schedule(repository, watched);
    } else if (since !== null) {
      clearTimeout(watched.timer);
      watched.timer = undefined;
      watched.burst = null;
      this.run(watched, () => this.remember(repository, watched));
    }
  }

  dispose(): void {
    for (const { timer } of this.repositories.values()) clearTimeout(timer);
    this.repositories.clear();
  }

  private get quiet(): number {
    return this.parts.quiet ?? defaultQuiet;
  }

  private schedule(repository: string, watched: Watched): void {
    clearTimeout(watched.timer);
    watched.timer = setTimeout(() => {
      watched.timer = undefined;
      this.run(watched, () => this.settle(repository, watched));
    }, this.quiet);
  }

  private async settle(repository: string, watched: Watched): Promise<void> {
    // Its end brings us back here.
    if (this.isGone(repository, watched) || this.parts.isBusy(repository)) return;
    watched.burst = null;
    const { look } = watched;
    const next = await this.remember(repository, watched);
    // What a commit, a checkout or a pull brings is no edit.
    if (look?.head !== next.head || this.isGone(repository, watched)) return;
    const target = await this.parts.changed(repository, look.tree, next.tree);
    if (target !== null) await this.parts.review(repository, target);
  }

  private async remember(repository: string, watched: Watched): Promise<Look> {
    const [head, tree] = [await this.parts.head(repository), await this.parts.snapshot(repository)];
    watched.look = { head, tree };
    return watched.look;
  }

  private isGone(repository: string, watched: Watched): boolean {
    return this.repositories.get(repository) !== watched;
  }

  private run(watched: Watched, work: () => Promise<unknown>): void {
    watched.sequence.run(work).catch((error: unknown) => this.parts.onError(error));
  }
}
