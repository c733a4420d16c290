import type { Finding, Voice } from '../protocol/finding.ts';
import type { HistoryEntry, KnownFinding } from '../protocol/knownFinding.ts';
import { anchorTextOf, fingerprint, newId } from './fingerprint.ts';
import type { EventOf } from './ledgerEvents.ts';
import { partOf, settled, withStatements } from './statements.ts';

/*
 * How two findings become one, and one becomes two again, each with its own words and place.
 */

type Placed = Pick<Finding, 'file' | 'startLine' | 'endLine' | 'place' | 'anchor' | 'inChange'>;

/** What the fold has to know of a finding besides. */
export interface Remembered extends KnownFinding {
  /** The lines as they were when it was last reported: what is undone is not edited any more. */
  readonly reportedText: string;
  /** Who reported it last: where it is, it is as that one had it. */
  readonly placedBy: Voice;
  /** Of what several have raised: where each of them reported it last. Empty for what one alone has. */
  readonly places: Readonly<Partial<Record<Voice, Placed>>>;
}

/** With the place that a voice has reported, beside those that others have. */
export function withPlaceOf(known: Remembered, by: Voice, reported: Finding): Remembered {
  const others = known.reviewers.filter((voice) => voice !== by);
  if (others.length === 0) return { ...known, placedBy: by };
  return { ...known, placedBy: by, places: { ...ownPlaces(known), [by]: placed(reported) } };
}

/** Also where the others had it, after the file was renamed. Their lines are found again by their text. */
export function withFileOfAll({ places }: Remembered, file: string): Remembered['places'] {
  return Object.fromEntries(Object.entries(places).map(([voice, place]) => [voice, { ...place, file }]));
}

/**
 * Both as one; null where they stay by themselves: one was decided about meanwhile, perhaps in another host, or the user has
 * parted them.
 */
export function joinedTo(
  known: Remembered,
  part: Remembered,
  event: EventOf<'joined'>,
  reason: string,
): Remembered | null {
  const { at, by, job } = event;
  if (known.id === part.id || known.state !== 'open' || part.state !== 'open') return null;
  if (by !== 'user' && isApart(known, part)) return null;
  const said: HistoryEntry = { at, what: 'joined', by, text: reason, job };
  const join = { at, id: part.id, voices: part.reviewers, by, reason, job };
  const { apart: ofKnown = [], joins = [], ...own } = known;
  const apart = [...ofKnown, ...(part.apart ?? [])].filter((id) => id !== known.id && id !== part.id);
  return {
    ...withStatements(own, part),
    placedBy: known.placedBy,
    places: { ...ownPlaces(part), ...ownPlaces(known) },
    joins: [...joins, ...(part.joins ?? []), join],
    ...(apart.length > 0 && { apart }),
    history: inOrder([...known.history, ...part.history, ...(by === 'tandem' ? [] : [said])]),
  };
}

/** The finding of that id, or the one that it has become a part of; what is said of the part is about that one then. */
export function present<F extends KnownFinding>(findings: ReadonlyMap<string, F>, id: string): F | undefined {
  return (
    findings.get(id) ?? [...findings.values()].find(({ joins }) => joins?.some((join) => join.id === id))
  );
}

/** True for findings that the user holds for two. */
function isApart(one: KnownFinding, other: KnownFinding): boolean {
  return one.apart?.includes(other.id) === true || other.apart?.includes(one.id) === true;
}

/**
 * How a finding of both reviewers is parted: the one that was there first keeps its id, and the other one gets that back which it
 * had. Null where only one has raised it.
 */
export function partingOf(
  known: KnownFinding,
  isTaken: (id: string) => boolean,
): Pick<EventOf<'parted'>, 'id' | 'other' | 'voice'> | null {
  const [first, second] = known.statements.filter(({ by }) => by !== 'sarif');
  if (!first || !second) return null;
  const { id, repository } = known;
  const voice = second.by;
  const former = known.joins?.findLast(({ voices }) => voices.includes(voice))?.id;
  if (former !== undefined && !isTaken(former)) return { id, other: former, voice };
  const text = anchorTextOf(known.anchor);
  const idOf = (repeat: number) => newId(repository, fingerprint(known.file, text, second.title, repeat));
  let repeat = 0;
  while (isTaken(idOf(repeat))) repeat += 1;
  return { id, other: idOf(repeat), voice };
}

/**
 * What one voice said as a finding of its own, and the rest. What was said of both together stays with both; but nobody has
 * examined either alone. Null where there is nothing to part.
 */
export function parted(
  known: Remembered,
  { other, voice, at }: EventOf<'parted'>,
): { rest: Remembered; part: Remembered } | null {
  if (!known.reviewers.includes(voice) || known.reviewers.length < 2 || known.id === other) return null;
  const others = known.reviewers.filter((one) => one !== voice);
  const rest = alone(known, others, at);
  const joins = known.joins?.filter((join) => join.voices.every((one) => others.includes(one))) ?? [];
  const apart = [...(known.apart ?? []), other];
  return {
    rest: { ...rest, apart, ...(joins.length > 0 && { joins }) },
    part: { ...alone(known, [voice], at), id: other, apart: [known.id] },
  };
}

function alone(known: Remembered, voices: readonly Voice[], at: string): Remembered {
  const own = { ...partOf(known, voices) };
  delete own.joins;
  delete own.apart;
  const [first] = voices;
  const isPlacedBy = voices.includes(known.placedBy) || first === undefined;
  const reported = isPlacedBy ? undefined : known.places[first];
  const place = reported && { ...reported, reportedText: anchorTextOf(reported.anchor), edited: false };
  const found = known.history.find(({ what, by }) => what === 'found' && voices.some((one) => one === by));
  const entry: HistoryEntry = { at, what: 'parted', by: 'user', text: '', job: null };
  return settled({
    ...own,
    ...place,
    firstSeenAt: found?.at ?? known.firstSeenAt,
    placedBy: isPlacedBy ? known.placedBy : first,
    places: voices.length > 1 ? known.places : {},
    examinations: known.examinations.map((one) => ({ ...one, current: false })),
    history: [...known.history, entry],
  });
}

function ownPlaces(known: Remembered): Remembered['places'] {
  const { reviewers, places } = known;
  return Object.fromEntries(reviewers.map((voice) => [voice, places[voice] ?? placed(known)]));
}

function placed({ file, startLine, endLine, place, anchor, inChange }: Placed): Placed {
  return { file, startLine, endLine, place, anchor, inChange };
}

export function inOrder<T extends { at: string }>(entries: readonly T[]): T[] {
  return entries.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
