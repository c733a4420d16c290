import type { ExaminationVerdict, KnownExamination } from '../protocol/examination.ts';
import type { Finding, Voice } from '../protocol/finding.ts';
import type { Actor, HistoryEntry, KnownFinding, Mark, Proof } from '../protocol/knownFinding.ts';
import { anchorTextOf } from './fingerprint.ts';
import {
  type Remembered,
  inOrder,
  joinedTo,
  parted,
  present,
  withFileOfAll,
  withPlaceOf,
} from './joining.ts';
import { type EventOf, type LedgerEvent, type Outcome, byTime } from './ledgerEvents.ts';
import { proofOf, standing, withStatement, withVerdict, withVerdicts } from './statements.ts';

/** All that is known of the findings of one repository, by their ids, in the order in which they were first found. */
export type LedgerState = ReadonlyMap<string, Remembered>;

/**
 * The state after all events: the same in whatever order they come, and however often each. Pure.
 */
export function fold(events: Iterable<LedgerEvent>): LedgerState {
  const unique = new Map<string, LedgerEvent>();
  for (const event of events) unique.set(event.event, event);
  const findings = new Map<string, Remembered>();
  for (const event of [...unique.values()].sort(byTime)) apply(findings, event);
  return findings;
}

/** The state after one event more, which is newer than all others. Pure. */
export function foldNext(state: LedgerState, event: LedgerEvent): LedgerState {
  const findings = new Map(state);
  apply(findings, event);
  return findings;
}

function apply(findings: Map<string, Remembered>, event: LedgerEvent): void {
  switch (event.type) {
    case 'cleared':
      findings.clear();
      break;
    case 'reviewed':
      applyReview(findings, event);
      break;
    case 'imported':
      for (const finding of event.findings) put(findings, finding, event, { by: 'sarif', job: null });
      break;
    case 'moved':
      for (const { id, ...place } of event.moves) move(findings, id, place);
      break;
    case 'joined':
      for (const { id, other, reason } of event.joins) join(findings, { id, other, reason }, event);
      break;
    case 'parted':
      part(findings, event);
      break;
    case 'commented':
      change(findings, event.id, (known) => commented(known, event));
      break;
    case 'examined':
      change(findings, event.id, (known) => examined(known, event));
      break;
    case 'dismissed':
    case 'resolved':
    case 'reopened':
      decide(findings, event);
  }
}

/** Of one that has become a part of another the place is no longer asked for. */
function move(
  findings: Map<string, Remembered>,
  id: string,
  place: Omit<EventOf<'moved'>['moves'][number], 'id'>,
): void {
  const known = findings.get(id);
  if (!known) return;
  const places = withFileOfAll(known, place.file);
  const edited = anchorTextOf(place.anchor) !== known.reportedText;
  findings.set(id, { ...known, ...place, places, edited });
}

function join(
  findings: Map<string, Remembered>,
  { id, other, reason }: EventOf<'joined'>['joins'][number],
  event: EventOf<'joined'>,
): void {
  const [known, second] = [findings.get(id), findings.get(other)];
  const both = known && second ? joinedTo(known, second, event, reason) : null;
  if (!known || !second || both === null) return;
  findings.delete(other);
  findings.set(id, {
    ...both,
    firstSeenAt: [known.firstSeenAt, second.firstSeenAt].sort()[0] ?? known.firstSeenAt,
    lastSeenAt: [known.lastSeenAt, second.lastSeenAt].sort()[1] ?? known.lastSeenAt,
    comments: withoutRepeated(inOrder([...known.comments, ...second.comments])),
    examinations: withoutRepeated(
      inOrder([...withoutThoseBy(known, second.reviewers), ...withoutThoseBy(second, known.reviewers)]),
    ),
    history: bounded(withoutRepeated(both.history)),
  });
}

/** What was said of both when they were one, before they were parted. */
function withoutRepeated<T extends { at: string; by: string; job: string | null }>(
  entries: readonly T[],
): T[] {
  const unique = new Map(entries.map((entry) => [JSON.stringify(entry), entry]));
  return [...unique.values()];
}

/** What would take the id of another one stays as it is. */
function part(findings: Map<string, Remembered>, event: EventOf<'parted'>): void {
  const known = findings.get(event.id);
  const two = known && !findings.has(event.other) ? parted(known, event) : null;
  for (const one of two ? [two.rest, two.part] : [])
    findings.set(one.id, { ...one, history: bounded(one.history) });
}

function commented(known: Remembered, { at, by, text, job }: EventOf<'commented'>): Remembered {
  const comments = [...known.comments, { at, by, text, job }];
  return remembered({ ...known, comments }, { at, what: 'commented', by, text: '', job });
}

const examinedAs: Readonly<Record<ExaminationVerdict, HistoryEntry['what']>> = {
  confirm: 'confirmed',
  refute: 'refuted',
  'cannot tell': 'not judged',
};

/** A job that was taken up again may say it twice. */
function examined(known: Remembered, { at, examination }: EventOf<'examined'>): Remembered {
  const { by, verdict, job, tieBreak } = examination;
  const others = known.examinations.filter((one) => one.job !== job);
  const text = tieBreak === null ? '' : 'in a tie-break';
  return remembered(
    { ...known, examinations: [...others, { ...examination, at, current: true }] },
    { at, what: examinedAs[verdict], by, text, job },
  );
}

/** Who reports the finding has answered for itself; and what came back after a fix nobody has examined yet. */
function withoutAnswered(known: Remembered, by: Voice): Remembered {
  if (known.examinations.length === 0) return known;
  if (known.state !== 'fixed') return { ...known, examinations: withoutThoseBy(known, [by]) };
  return { ...known, examinations: known.examinations.map((one) => ({ ...one, current: false })) };
}

/** What these said before they reported the finding themselves no longer counts. A judge keeps its word. */
function withoutThoseBy({ examinations }: Remembered, voices: readonly Voice[]): KnownExamination[] {
  return examinations.map((one) => {
    const isAnswered = voices.includes(one.by) && one.tieBreak === null;
    return isAnswered ? { ...one, current: false } : one;
  });
}

function applyReview(findings: Map<string, Remembered>, event: EventOf<'reviewed'>): void {
  const { at, job, reviewer: by } = event;
  const mentioned = new Set<string>();
  for (const finding of event.findings) {
    put(findings, finding, event, { by, job });
    mentioned.add(finding.id);
  }
  for (const id of event.seen) {
    change(findings, id, (known) => seenAgain(known, { at, by, job }));
    mentioned.add(present(findings, id)?.id ?? id);
  }
  for (const { id, outcome, reason } of event.outcomes) {
    change(findings, id, (known) => withOutcome(known, outcome, { at, by, text: reason, job }));
    mentioned.add(present(findings, id)?.id ?? id);
  }
  if (event.additional) return;
  for (const [id, known] of findings)
    if (known.state === 'open' && known.reviewers.includes(by) && !mentioned.has(id))
      findings.set(id, { ...known, mark: 'not looked at' });
}

interface Report {
  by: Voice;
  job: string | null;
}

/** A finding was reported: it is new, or it is there again with what is said of it now. */
function put(
  findings: Map<string, Remembered>,
  finding: Finding,
  { at }: { at: string },
  { by, job }: Report,
): void {
  const known = findings.get(finding.id);
  if (!known) {
    findings.set(finding.id, newlyFound(finding, { at, by, job }));
    return;
  }
  const isOwn = known.reviewers.includes(by);
  const reviewers = [...new Set([...known.reviewers, ...finding.reviewers])];
  // A tool knows of no review, and a review of no tool: what both raised keeps either.
  const [raisedIn, tool] = [finding.job || known.job, finding.tool || known.tool];
  const reportedText = anchorTextOf(finding.anchor);
  const both = { ...withPlaceOf(known, by, finding), ...finding, reviewers };
  const renewed = withStatement({ ...both, job: raisedIn, tool, reportedText, edited: false }, by, finding);
  findings.set(finding.id, isOwn ? seenAgain(renewed, { at, by, job }) : alsoFound(renewed, { at, by, job }));
}

function newlyFound(finding: Finding, { at, by, job }: Report & { at: string }): Remembered {
  const first: Remembered = {
    ...finding,
    statements: [],
    reportedText: anchorTextOf(finding.anchor),
    placedBy: by,
    places: {},
    state: 'open',
    proof: null,
    reason: '',
    by,
    mark: 'new',
    edited: false,
    firstSeenAt: at,
    lastSeenAt: at,
    history: [{ at, what: 'found', by, text: '', job }],
    comments: [],
    examinations: [],
  };
  return withStatement(first, by, finding);
}

/** Another voice raised what was known already: as new as it was. */
function alsoFound(known: Remembered, { at, by, job }: Report & { at: string }): Remembered {
  if (known.state === 'fixed') return seenAgain(known, { at, by, job });
  const mark = known.mark === 'new' ? known.mark : 'still there';
  return remembered(
    { ...withoutAnswered(known, by), mark, lastSeenAt: at },
    { at, what: 'found', by, text: '', job },
  );
}

/** What is dismissed stays so, however often it is reported; what was fixed is not. */
function seenAgain(known: Remembered, { at, by, job }: Report & { at: string }): Remembered {
  const seen = { ...withVerdict(withoutAnswered(known, by), by, null), lastSeenAt: at };
  if (known.state !== 'fixed')
    return remembered({ ...seen, mark: 'still there' }, { at, what: 'seen again', by, text: '', job });
  const open = { ...seen, state: 'open', proof: null, reason: '', by, mark: 'came back' } as const;
  return remembered(open, { at, what: 'came back', by, text: '', job });
}

type Verdict = Omit<HistoryEntry, 'what' | 'by'> & { by: Voice };

/** An outcome is about open findings: what the user has decided meanwhile stands. */
function withOutcome(known: Remembered, outcome: Outcome, entry: Verdict): Remembered {
  const { by, text: reason } = entry;
  if (known.state !== 'open') return known;
  switch (outcome) {
    case 'still there':
      return seenAgain(known, entry);
    case 'not reported':
      return remembered(marked(known, 'not reported'), { ...entry, what: 'not reported' });
    case 'fix claimed':
    case 'fix confirmed': {
      const judged = withVerdict(known, by, outcome === 'fix confirmed' ? 'confirmed' : 'claimed');
      const left = standing(judged);
      // What another reviewer said is not taken back by this one.
      const fixed = left.length > 0 ? marked(judged, 'not reported') : closed(judged, { by, reason });
      return remembered(fixed, { ...entry, what: outcome });
    }
  }
}

/** Every reviewer that raised it holds it for fixed. */
function closed(known: Remembered, { by, reason }: { by: Actor; reason: string }): Remembered {
  return { ...known, state: 'fixed', proof: proofOf(known), reason, by };
}

function marked(known: Remembered, mark: Mark): Remembered {
  return { ...known, mark };
}

/** The user, or somebody whose word counts, has changed the state of some findings. */
function decide(
  findings: Map<string, Remembered>,
  event: EventOf<'dismissed' | 'resolved' | 'reopened'>,
): void {
  const { at, reason: text } = event;
  const by = event.type === 'dismissed' ? 'user' : event.by;
  const job = event.type === 'dismissed' ? null : event.job;
  const decision = decisionOf(event);
  for (const id of event.ids)
    change(findings, id, (known) => {
      const { what, ...decided } = decision;
      const judged = event.type === 'dismissed' ? known : spokenFor(known, event, decided.proof);
      const become =
        event.type === 'resolved' && event.alone === true
          ? fixedByOne(judged, event)
          : { ...judged, ...decided, reason: text, by };
      return remembered(become, { at, what, by, text, job });
    });
}

/** Who says so speaks for all that raised it, unless it is one of them and speaks for itself. */
function spokenFor(
  known: Remembered,
  { by, alone }: EventOf<'resolved' | 'reopened'>,
  proof: Proof | null,
): Remembered {
  const own = alone === true ? known.statements.find((one) => one.by === by) : undefined;
  return own ? withVerdict(known, own.by, proof) : withVerdicts(known, proof);
}

/** Where another reviewer stands by what it said, it is not fixed yet. */
function fixedByOne(judged: Remembered, { by, reason }: EventOf<'resolved'>): Remembered {
  if (standing(judged).length === 0) return closed(judged, { by, reason });
  return judged.state === 'open' ? marked(judged, 'not reported') : judged;
}

type Decision = Pick<KnownFinding, 'state' | 'proof'> & Pick<HistoryEntry, 'what'>;

function decisionOf(event: EventOf<'dismissed' | 'resolved' | 'reopened'>): Decision {
  if (event.type === 'dismissed') return { state: 'dismissed', proof: null, what: 'dismissed' };
  if (event.type === 'reopened') return { state: 'open', proof: null, what: 'reopened' };
  const { proof } = event;
  return { state: 'fixed', proof, what: proof === 'confirmed' ? 'fix confirmed' : 'fix claimed' };
}

/**
 * An event about a finding that is not known (any more) says nothing. One that another host has joined to another one before it
 * heard of that is that other one.
 */
function change(findings: Map<string, Remembered>, id: string, to: (known: Remembered) => Remembered): void {
  const known = present(findings, id);
  if (known) findings.set(known.id, to(known));
}

/** Of a longer history the first entry and the newest ones are kept. */
const maxHistory = 50;

function remembered(known: Remembered, entry: HistoryEntry): Remembered {
  return { ...known, history: bounded([...known.history, entry]) };
}

function bounded(history: readonly HistoryEntry[]): HistoryEntry[] {
  return [...history.slice(0, 1), ...history.slice(1).slice(-(maxHistory - 1))];
}
