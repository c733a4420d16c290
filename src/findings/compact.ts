import { type EventOf, type LedgerEvent, byTime } from './ledgerEvents.ts';

type Reviewed = EventOf<'reviewed'>;
type Moved = EventOf<'moved'>;

/**
 * Leaves out of a ledger's events what newer ones among them have made void; the fold stays the same, also together with
 * events of others that are not among them, unless those clear the list:
 * - what was before the list was cleared;
 * - of a finding that a reviewer reported often, the texts between its first and its last report;
 * - of places, those that were left again before the finding was reported or moved anew.
 * Pure.
 */
export function compact(events: readonly LedgerEvent[]): LedgerEvent[] {
  const unique = new Map(events.map((event) => [event.event, event]));
  const sorted = [...unique.values()].sort(byTime);
  const cleared = sorted.findLastIndex(({ type }) => type === 'cleared');
  const known = sorted.slice(Math.max(0, cleared));
  return withoutLeftPlaces(withoutRepeatedTexts(known)).filter((event) => !saysNothing(event));
}

/** A review that reported nothing still says something: that it did not look at what is open. */
function saysNothing(event: LedgerEvent): boolean {
  return event.type === 'moved' && event.moves.length === 0;
}

function withoutRepeatedTexts(events: readonly LedgerEvent[]): LedgerEvent[] {
  const first = new Map<string, string>();
  const last = new Map<string, Reviewed>();
  const lives = livesOf(events);
  const keyOf = ({ event, reviewer }: Reviewed, id: string) =>
    // What each reviewer says of a finding is kept (statements.ts).
    `${reviewer} ${id} ${lives(event, id)}`;
  for (const event of events) {
    if (event.type !== 'reviewed') continue;
    for (const { id } of event.findings) {
      const key = keyOf(event, id);
      if (!first.has(key)) first.set(key, event.event);
      last.set(key, event);
    }
  }
  return events.map((event) => {
    if (event.type !== 'reviewed') return event;
    const isVoid = ({ id, reviewers }: Reviewed['findings'][number]) => {
      const key = keyOf(event, id);
      const newest = last.get(key);
      if (newest === event || first.get(key) === event.event) return false;
      const there = newest?.findings.find((finding) => finding.id === id);
      return reviewers.every((voice) => there?.reviewers.includes(voice));
    };
    const repeated = event.findings.filter(isVoid).map(({ id }) => id);
    if (repeated.length === 0) return event;
    return {
      ...event,
      findings: event.findings.filter((finding) => !isVoid(finding)),
      seen: [...event.seen, ...repeated],
    };
  });
}

/**
 * A finding that was joined to another one begins anew if it is found again; and what is parted is made of what each voice said
 * until then. Counts its lives before an event.
 */
function livesOf(events: readonly LedgerEvent[]): (event: string, id: string) => number {
  const order = new Map(events.map(({ event }, index) => [event, index]));
  const ends = new Map<string, number[]>();
  const endsAt = (id: string, index: number) => ends.set(id, [...(ends.get(id) ?? []), index]);
  for (const [index, event] of events.entries()) {
    if (event.type === 'joined') for (const { other } of event.joins) endsAt(other, index);
    if (event.type === 'parted') endsAt(event.id, index);
  }
  return (event, id) => ends.get(id)?.filter((end) => end < (order.get(event) ?? 0)).length ?? 0;
}

function withoutLeftPlaces(events: readonly LedgerEvent[]): LedgerEvent[] {
  /** The findings of which a move comes after this event. */
  const later = new Set<string>();
  const kept: LedgerEvent[] = [];
  for (const event of events.toReversed()) {
    if (event.type === 'moved') kept.push(withoutLeft(event, later));
    else {
      for (const id of reportedIn(event)) later.delete(id);
      kept.push(event);
    }
  }
  return kept.reverse();
}

function withoutLeft(event: Moved, later: Set<string>): Moved {
  const moves = event.moves.filter(({ id }) => !later.has(id));
  for (const { id } of moves) later.add(id);
  return { ...event, moves };
}

/** What a report says of a finding holds from then on; and what is parted takes its place along. */
function reportedIn(event: LedgerEvent): string[] {
  if (event.type === 'parted') return [event.id];
  if (event.type === 'imported') return event.findings.map(({ id }) => id);
  return event.type === 'reviewed' ? [...event.findings.map(({ id }) => id), ...event.seen] : [];
}
