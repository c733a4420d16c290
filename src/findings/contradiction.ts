import { compareText } from '../base/compareText.ts';
import { type Pole, nameSiblings, presence, siblingsIn } from './antonyms.ts';
import type { Worded } from './likeness.ts';
import type { Pair } from './merge.ts';
import { distance, nearPairs } from './nearPairs.ts';
import { dice } from './similarity.ts';
import { type Stance, stancesOf } from './stances.ts';

/*
 * Which findings on the same lines give opposite advice. Only what can be read off the words is taken for that, because a
 * dispute that is none costs more than one that is overlooked:
 *
 * - What they want (stances.ts) of the same thing stands at opposite ends of a scale (antonyms.ts): `Remove the lock around the
 *   counter`, `Add a lock around the counter`; `The timeout is too short`, `Lower the timeout`.
 * - One says that a piece of code, which it names literally, is right as it is; the other one names the same piece and does
 *   not say so.
 *
 * Where words point in opposite directions, but not so clearly of the same thing, it is likely: no dispute, and not one finding.
 */

export type Opposition = 'clear' | 'likely';

/** Objects that share so much are the same one. */
const sameObject = 0.6;

/** Shorter words are not forms of one another. */
const minForm = 4;

/** What a finding wants, in a form that can be compared. */
export interface Advice {
  readonly stances: readonly Stance[];
  /** Which of two things that are easily confused its title names. */
  readonly siblings: readonly Pole[];
  /** Numbers and units of what it recommends. */
  readonly quantities: ReadonlySet<string>;
  /** Code that it says is right. */
  readonly defended: readonly string[];
  /** Where it names other code. */
  readonly text: string;
}

export function adviceOf(finding: Pick<Worded, 'title' | 'body' | 'recommendation'>): Advice {
  const { title, body, recommendation } = finding;
  return {
    stances: stancesOf(finding),
    siblings: siblingsIn(title),
    quantities: quantitiesIn(recommendation),
    defended: defendedIn(`${title}. ${body}`),
    text: `${title} ${body}`,
  };
}

/** Findings of two reviewers that contradict each other: their ranges overlap, and their advice is clearly opposite. */
export function contradictions(ones: readonly Worded[], others: readonly Worded[]): Pair[] {
  return [...nearPairs(ones.map(withAdvice), others.map(withAdvice))]
    .filter(
      ([one, other]) => distance(one, other) === 0 && oppositionOf(one.advice, other.advice) === 'clear',
    )
    .map(([one, other]) => ({ one: one.id, other: other.id }))
    .sort((a, b) => compareText(a.one, b.one) || compareText(a.other, b.other));
}

function withAdvice(finding: Worded) {
  const { id, file, startLine, endLine } = finding;
  return { id, file, startLine, endLine, advice: adviceOf(finding) };
}

type Titled = Pick<Worded, 'title'>;

/** Whether the titles of two findings on the same lines give opposite advice. */
export function haveOppositeTitles({ title: a }: Titled, { title: b }: Titled): boolean {
  const advice = (title: string) => adviceOf({ title, body: '', recommendation: '' });
  return oppositionOf(advice(a), advice(b)) === 'clear';
}

/** Whether two findings on the same lines give opposite advice; null where nothing says so. */
export function oppositionOf(a: Advice, b: Advice): Opposition | null {
  if (defends(a, b) || defends(b, a)) return 'clear';
  const pairs = a.stances.flatMap((one) =>
    b.stances.filter(({ scale }) => scale === one.scale).map((other): Two => [one, other]),
  );
  const agreed = new Set(pairs.filter(agree).map(([{ scale }]) => scale));
  const opposite = pairs.filter(([one, other]) => one.end !== other.end && !agreed.has(one.scale));
  if (opposite.some(([one, other]) => areOfSame(one, other))) return 'clear';
  const isLikely =
    opposite.some(([one, other]) => one.scale !== presence || touch(one, other)) ||
    nameSiblings(a.siblings, b.siblings) ||
    (!agreed.has('amount') && differ(a.quantities, b.quantities));
  return isLikely ? 'likely' : null;
}

/** Of two findings, on the same scale. */
type Two = readonly [Stance, Stance];

function agree([one, other]: Two): boolean {
  if (one.end !== other.end) return false;
  const isSameDeed = one.verb !== '' && one.verb === other.verb && mayMeet(one.where, other.where);
  return isSameDeed || areOfSame(one, other);
}

function areOfSame(a: Stance, b: Stance): boolean {
  if (a.isRejected || b.isRejected) return rejects(a, b) || rejects(b, a);
  if (a.end !== b.end && (undoes(a, b) || undoes(b, a))) return true;
  const areNone = a.object.size + b.object.size === 0;
  if (!areNone && dice(a.object, b.object) < sameObject) return false;
  if (a.where.size > 0 && b.where.size > 0) return shareWord(a.where, b.where);
  // To have it here, and not to have it at all, may both be right; more and less are not.
  return a.where.size === b.where.size || a.scale !== presence || (a.verb !== '' && a.verb === b.verb);
}

/** Is what `a` rejects what `b` wants? */
function rejects(a: Stance, b: Stance): boolean {
  if (!a.isRejected || b.isRejected || a.object.size === 0) return false;
  return [...a.object].every((word) => b.object.has(word) || b.where.has(word));
}

/** `Remove the retry` undoes `Retry the request`. */
function undoes(a: Stance, b: Stance): boolean {
  if (b.verb === '' || a.object.size > 2 || ![...a.object].some((word) => areForms(word, b.verb)))
    return false;
  return a.where.size === 0 || shareWord(a.where, b.object) || shareWord(a.where, b.where);
}

/** `memo` and `memoise`. */
function areForms(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return short.length >= minForm && long.startsWith(short);
}

/** They may be about the same thing, though the words do not say so clearly. */
function touch(a: Stance, b: Stance): boolean {
  const words = new Set([...a.object, ...a.where]);
  return mayMeet(a.where, b.where) && (shareWord(b.object, words) || shareWord(b.where, words));
}

/** Unless each names a place, and another one. */
function mayMeet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === 0 || b.size === 0 || shareWord(a, b);
}

function differ(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size > 0 && b.size > 0 && !shareWord(a, b);
}

function shareWord(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const word of a) if (b.has(word)) return true;
  return false;
}

const quantity =
  /\b(?:\d+(?:[.,]\d+)*|one|two|three|four|five|ten|seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b/gi;

function quantitiesIn(text: string): ReadonlySet<string> {
  return new Set((text.match(quantity) ?? []).map((found) => found.toLowerCase().replace(/s$/, '')));
}

const rightAsItIs = /\b(?:is|are) (?:correct|right|fine|intended|intentional|deliberate|needed|necessary)\b/i;

/** What makes such a sentence say less, or the opposite. */
const restriction = /\b(?:but|however|only|unless|except|if|when|not|never)\b|n['’]t\b/i;

/** Does `a` say that code which `b` reports is right? */
function defends(a: Advice, b: Advice): boolean {
  return a.defended.some((code) => b.text.includes(`\`${code}\``) && !b.defended.includes(code));
}

function defendedIn(text: string): string[] {
  if (!rightAsItIs.test(text)) return [];
  return text
    .split(/(?<=[.!?;])\s+|\n+/)
    .filter((one) => rightAsItIs.test(one) && !restriction.test(one.split(/\bbecause\b|,/)[0] ?? ''))
    .flatMap((one) => [...one.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code));
}
