import type { Disposable } from '../base/disposable.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import { type LedgerState, fold, foldNext } from './fold.ts';
import type { Ledger } from './ledger.ts';
import { type Happened, type LedgerEvent, byTime } from './ledgerEvents.ts';

/** A ledger and its fold, kept up to date: with what this host appends at once, with what others append when asked to. */
export class RepositoryLedger {
  private state: LedgerState = new Map();
  private readonly seen = new Set<string>();
  private last: string | null = null;

  constructor(private readonly ledger: Ledger) {}

  findings(): KnownFinding[] {
    return [...this.state.values()];
  }

  find(id: string): KnownFinding | undefined {
    return this.state.get(id);
  }

  /** Reads what has been added since; true if there was anything. */
  async renew(): Promise<boolean> {
    const events = await this.ledger.read();
    const fresh = events.filter(({ event }) => !this.seen.has(event)).sort(byTime);
    if (fresh.length === 0) return false;
    const [oldest] = fresh;
    // What happened before something that is known already changes what that means.
    const isNewer = oldest !== undefined && (this.last === null || oldest.at > this.last);
    this.state = isNewer && this.last !== null ? fresh.reduce(foldNext, this.state) : fold(events);
    for (const event of fresh) this.remember(event);
    return true;
  }

  async append(happened: Happened): Promise<void> {
    const event = await this.ledger.append(happened, this.last);
    this.state = foldNext(this.state, event);
    this.remember(event);
  }

  tidy(): Promise<void> {
    return this.ledger.tidy();
  }

  watch(listener: () => void): Promise<Disposable> {
    return this.ledger.watch(listener);
  }

  private remember({ event, at }: LedgerEvent): void {
    this.seen.add(event);
    if (this.last === null || at > this.last) this.last = at;
  }
}
