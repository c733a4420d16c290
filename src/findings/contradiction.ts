import { compareText } from '../base/compareText.ts';
import type { Finding } from '../protocol/finding.ts';
import { distance } from './identify.ts';
import { nearPairs } from './nearPairs.ts';
import { meaningOf, similarity } from './similarity.ts';
import type { Worded } from './likeness.ts';
import type { Pair } from './merge.ts';

/*
 * Which findings on the same lines give opposite advice. Only what can be read off the words is taken for that, because a
 * dispute that is none costs more than one that is overlooked:
 *
 * - Both say what to do with the same thing, and the verbs are opposite: `Remove the lock around the counter`, `Add a lock
 *   around the counter`. The same thing: what stands between verb and preposition, and what stands behind that.
 * - One says that a piece of code, which it names literally, is right as it is; the other one names the same piece and does
 *   not say so.
 */

/** Verbs of advice, each list the opposite of the other one in its row. */
const opposites = [
  ['remove drop delete omit disable', 'add keep introduce restore retain enable preserve'],
  ['increase raise lengthen extend', 'decrease lower reduce shorten'],
  ['tighten restrict', 'loosen relax'],
].map((row) => row.map((verbs) => new Set(verbs.split(' '))));

/** What stands behind these words says where, not what. */
const preposition =
  /\b(?:around|at|behind|before|between|for|from|in|into|of|on|over|to|under|with|within)\b/;

/** Objects that share so much are the same one. */
const sameObject = 0.6;

/** Findings of two reviewers that contradict each other: their ranges overlap, and their advice is opposite. */
export function contradictions(ones: readonly Worded[], others: readonly Worded[]): Pair[] {
  return [...nearPairs(ones, others)]
    .filter(([one, other]) => contradict(one, other))
    .map(([one, other]) => ({ one: one.id, other: other.id }))
    .sort((a, b) => compareText(a.one, b.one) || compareText(a.other, b.other));
}

export function contradict(a: Worded, b: Worded): boolean {
  if (distance(a, b) > 0) return false;
  return adviseOpposites(a, b) || defends(a, b) || defends(b, a);
}

interface Advice {
  verb: string;
  object: string;
  /** Behind the preposition; empty where there is none. */
  where: string;
}

function adviseOpposites(a: Worded, b: Worded): boolean {
  const theirs = adviceOf(b);
  return adviceOf(a).some((one) =>
    theirs.some((other) => {
      if (!areOpposite(one.verb, other.verb) || !isSame(one.object, other.object)) return false;
      return (one.where === '' && other.where === '') || isSame(one.where, other.where);
    }),
  );
}

/** Reviewers put advice into titles (Codex), or at the beginning of a recommendation (Claude). */
function adviceOf({ title, recommendation }: Worded): Advice[] {
  return [title, sentencesOf(recommendation)[0] ?? ''].map((text) => {
    const [, verb = '', rest = ''] = /^\W*(\w+)\s+(.*)$/s.exec(text) ?? [];
    const at = rest.search(preposition);
    const [object, where] = at < 0 ? [rest, ''] : [rest.slice(0, at), rest.slice(at)];
    return { verb: verb.toLowerCase(), object, where };
  });
}

function areOpposite(a: string, b: string): boolean {
  return opposites.some((sides) => {
    const [ofA, ofB] = [a, b].map((verb) => sides.findIndex((verbs) => verbs.has(verb)));
    return ofA !== ofB && ofA !== -1 && ofB !== -1;
  });
}

function isSame(a: string, b: string): boolean {
  return similarity(meaningOf(a), meaningOf(b)) >= sameObject;
}

const rightAsItIs = /\b(?:is|are) (?:correct|right|fine|intended|intentional|deliberate|needed|necessary)\b/i;

/** What makes such a sentence say less, or the opposite. */
const restriction = /\b(?:but|however|only|unless|except|if|when|not|never)\b|n['’]t\b/i;

/** Does `a` say that code which `b` reports is right? */
function defends(a: Worded, b: Worded): boolean {
  const reported = new Set(codeIn(`${b.title} ${b.body}`));
  const saysRight = (one: Pick<Finding, 'title' | 'body'>) =>
    sentencesOf(`${one.title}. ${one.body}`).filter(
      (sentence) => rightAsItIs.test(sentence) && !restriction.test(sentence.split(/\bbecause\b|,/)[0] ?? ''),
    );
  const defended = saysRight(a).flatMap((sentence) => codeIn(sentence));
  const both = new Set(saysRight(b).flatMap((sentence) => codeIn(sentence)));
  return defended.some((code) => reported.has(code) && !both.has(code));
}

function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code.trim());
}

function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?;])\s+|\n+/).filter((sentence) => sentence.trim() !== '');
}
