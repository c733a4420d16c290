import type { Finding } from '../protocol/finding.ts';
import { type End, type Pole, presence, statePoles, verbPoles } from './antonyms.ts';
import { contentWords, stem } from './similarity.ts';

/*
 * What a finding wants, read off its title and its recommendation: `Increase the timeout`, `The timeout should be longer` and
 * `The timeout is too short` want the same. Advice, demands and complaints are understood; other sentences say nothing here.
 */

/** Where a finding wants something to be on a scale (antonyms.ts). */
export interface Stance extends Pole {
  /** What it is about, without the word for the scale. */
  readonly object: ReadonlySet<string>;
  /** What stands behind the first preposition: where, when, for what. */
  readonly where: ReadonlySet<string>;
  /** What is to be done, where that is more than to have something or not: `retry`. Else empty. */
  readonly verb: string;
  /** Something that another one is preferred to: `debug` in `info instead of debug`. */
  readonly isRejected: boolean;
}

/** Reviewers put advice into titles (Codex), recommendations (Claude), or the end of what they say. */
export function stancesOf({
  title,
  body,
  recommendation,
}: Pick<Finding, 'title' | 'body' | 'recommendation'>): Stance[] {
  const [last = ''] = recommendation === '' ? clausesOf(body).slice(-1) : [];
  return [
    ...[...clausesOf(title), last].flatMap((clause) => stancesIn(clause, isUsualAdvice)),
    ...clausesOf(recommendation).flatMap((clause) => stancesIn(clause, isAdvice)),
  ];
}

/** Sentences, and what a colon, a semicolon or a conjunction after a comma divides. Reasons are left out. */
function clausesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?])\s+|[;:]\s+|\n+|,\s+(?:and|but|so)\s|,?\s+(?=(?:because|since|although|which)\b)/)
    .filter((clause) => /\S/.test(clause) && !/^(?:because|since|although|which)\b/.test(clause));
}

type Words = readonly string[];

/** Whether a clause begins with a verb of advice. */
type BeginsWithVerb = (words: Words) => boolean;

function stancesIn(clause: string, beginsWithVerb: BeginsWithVerb): Stance[] {
  const [chosen, rejected] = choiceIn(clause);
  const words = wordsOf(chosen);
  const stances =
    complaint(words) ??
    demand(words) ??
    (beginsWithName.test(clause) ? null : advice(words, beginsWithVerb)) ??
    [];
  if (rejected === '' || stances.length === 0) return stances;
  return [...stances, { ...about(there(-1), wordsOf(rejected)), isRejected: true }];
}

/** `add() subtracts`: no verb of advice. */
const beginsWithName = /^\W*`|^\W*[\w.]+\(/;

const comparison = /,?\s(?:instead of|rather than|in place of|over)\s|,\snot\s/i;

/** `X instead of Y`, `X, not Y`, `replace Y by X`: X, and Y; which is empty where there is nothing to choose. */
function choiceIn(clause: string): [string, string] {
  const [, old = '', taken = ''] = /^replace\s(.+?)\s(?:by|with)\s(.+)$/i.exec(clause) ?? [];
  if (old !== '') return [`use ${taken}`, old];
  const [chosen = '', rejected = ''] = clause.split(comparison);
  return [chosen, rejected];
}

/** Words, and operators that stand alone. */
const token = /(?<=^|[\s`])[=!<>&|]{1,3}(?=$|[\s`])|[\p{L}\p{N}]+/gu;

const quoted = /["“][^"”]*["”]|(?<!\w)'[^']*'(?!\w)/g;

/** In lower case, without quoted text. `on` and `off` only say how something is where nothing stands behind them. */
function wordsOf(text: string): string[] {
  const plain = text
    .replace(quoted, ' ')
    .toLowerCase()
    .replace(/n['’]t\b/g, ' not')
    .replace(/\b(on|off)(?=[`.]*$|\sby default)/g, 'turned$1');
  return plain.match(token) ?? [];
}

const unneeded = new Set('unnecessary redundant superfluous unneeded needless'.split(' '));
const needed = new Set('needed necessary missing'.split(' '));
const amounts = new Map<string, End>([
  ['excessive', -1],
  ['insufficient', 1],
  ['inadequate', 1],
]);

/** `The timeout is too short`, `… is larger than needed`, `Missing check`, `The check is unnecessary`. */
function complaint(words: Words): Stance[] | null {
  const [first = ''] = words;
  if (unneeded.has(first)) return [about(there(-1), words.slice(1))];
  if (first === 'missing' || first === 'no') return [about(there(1), words.slice(1))];
  for (const at of words.keys()) {
    const stances = amountAt(words, at) ?? needAt(words, at);
    if (stances !== null) return stances;
  }
  return null;
}

/** `too short`, `excessive`, `larger than needed`. */
function amountAt(words: Words, at: number): Stance[] | null {
  const [word = '', next = ''] = words.slice(at);
  if (word === 'too') return statePoles(next).map((pole) => about(flipped(pole), words.toSpliced(at, 2)));
  const end = amounts.get(word);
  if (end !== undefined) return [about({ scale: 'amount', end }, words.toSpliced(at, 1))];
  if (word !== 'than' || !needed.has(next)) return null;
  return statePoles(words[at - 1] ?? '').map((pole) => about(flipped(pole), words.slice(0, at - 1)));
}

/** `is needed`, `are redundant`, `is not necessary`. */
function needAt(words: Words, at: number): Stance[] | null {
  const [word, next = '', third = ''] = words.slice(at);
  if (word !== 'is' && word !== 'are') return null;
  const isNot = next === 'not';
  const said = isNot ? third : next;
  if (!needed.has(said) && !unneeded.has(said)) return null;
  return [about(there(needed.has(said) === isNot ? -1 : 1), words.slice(0, at))];
}

const demands = new Set('should must shall ought could cannot'.split(' '));
const demandsWithTo = new Set('has have need needs'.split(' '));
const beforePredicate = new Set('to not never be stay remain always still also only have been'.split(' '));

/** `The timeout should be longer`, `The lock must not be removed`, `Keys have to be sorted`. */
function demand(words: Words): Stance[] | null {
  const at = words.findIndex(
    (word, index) => demands.has(word) || (demandsWithTo.has(word) && words[index + 1] === 'to'),
  );
  if (at < 0) return null;
  const predicate = words.slice(at + 1);
  const start = predicate.findIndex((word) => !beforePredicate.has(word));
  if (start < 0) return null;
  const before = [words[at], ...predicate.slice(0, start)];
  const isNot = before.some((word) => word === 'not' || word === 'never' || word === 'cannot');
  const [verb = '', ...rest] = predicate.slice(start);
  return wanting(isNot ? -1 : 1, verb, [...words.slice(0, at), ...rest]);
}

/** `Increase the timeout`, `Do not retry`, `Stop logging tokens`. */
function advice(words: Words, beginsWithVerb: BeginsWithVerb): Stance[] | null {
  const [first = '', second = '', ...rest] = words;
  if (first === 'do' && second === 'not') return wanting(-1, rest[0] ?? '', rest.slice(1));
  const isNever = first === 'never' || ((first === 'stop' || first === 'avoid') && second.endsWith('ing'));
  if (isNever) return wanting(-1, second, rest);
  return beginsWithVerb(words) ? wanting(1, first, words.slice(1)) : null;
}

/** Verbs that say nothing but that something is to be so. */
const bareVerbs = new Set('use make set leave have let do be put apply prefer turn switch'.split(' '));

const usualVerbs = new Set([
  ...bareVerbs,
  ...'ask build cache call cancel change check close compare copy create delete document encode ensure escape fetch handle load lock log mark memoise memoize move open parse pass poll read refresh rename require retry return round run send serve sort start store test throw treat update validate wait wrap write'.split(
    ' ',
  ),
]);

const determiners = new Set('the a an each every all any its their it them'.split(' '));

/** Words that begin a sentence and are no verbs. */
const noVerbs = new Set(
  'in on at of for with without when if as by from to into not only even both this that while before after'.split(
    ' ',
  ),
);

/** In a title, which may as well be a statement. */
function isUsualAdvice(words: Words): boolean {
  const [first = '', second = ''] = words;
  if (isStatement(words)) return false;
  if (verbPoles(first).length > 0 || usualVerbs.has(first)) return true;
  return determiners.has(second) && isPlainWord(first) && !/(?:s|ing|ed)$/.test(first);
}

const auxiliaries = new Set('is are was has have does do can will'.split(' '));

/** `Check fails open`, `Cache key ignores the locale`, `Return value is ignored`: the first words are the subject. */
function isStatement(words: Words): boolean {
  return words.slice(1, placeIn(words)).some((word, at, rest) => {
    const next = rest[at + 1] ?? '';
    const isThirdPerson = /[^s]s$/.test(word) && (at === 0 ? next !== '' : determiners.has(next));
    return isThirdPerson || auxiliaries.has(word);
  });
}

/** In a recommendation, which seldom begins with anything else. */
function isAdvice(words: Words): boolean {
  const [first = '', second = ''] = words;
  const isSentence = second === 'is' || second === 'are';
  return (isPlainWord(first) && !determiners.has(first) && !isSentence) || isUsualAdvice(words);
}

function isPlainWord(word: string): boolean {
  return /^[a-z]+$/.test(word) && !noVerbs.has(word);
}

/** Something is to be done, or not (-1). */
function wanting(end: End, verb: string, rest: Words): Stance[] {
  const turned = (pole: Pole) => (end === 1 ? pole : flipped(pole));
  const poles = [...verbPoles(verb), ...statePoles(verb)].map(turned);
  const isBare = bareVerbs.has(verb);
  const all = isBare ? rest : [verb, ...rest];
  const isMore = poles.some(({ scale }) => scale === 'amount');
  const own = poles.map((pole) => about(pole, isMore ? beforeTo(rest) : rest));
  const done = poles.length > 0 ? [] : [{ ...about(there(end), all), verb: isBare ? '' : stem(verb) }];
  const states = (end === 1 ? rest : rest.slice(0, placeIn(rest))).flatMap((word) =>
    statePoles(word).map((pole) =>
      about(
        turned(pole),
        all.filter((other) => other !== word),
      ),
    ),
  );
  const stances = [...own, ...done, ...states];
  // `less often`: the first word on a scale counts.
  return stances.filter(({ scale }, at) => stances.findIndex((one) => one.scale === scale) === at);
}

/** `Raise the limit to 5`: what follows is how far, not where. */
function beforeTo(words: Words): Words {
  const at = words.indexOf('to');
  return at > 0 ? words.slice(0, at) : words;
}

function there(end: End): Pole {
  return { scale: presence, end };
}

function flipped({ scale, end }: Pole): Pole {
  return { scale, end: end === 1 ? -1 : 1 };
}

/** What stands behind these words says where or when, not what. */
const prepositions = new Set(
  'around at behind before after between for from in into on over to under with within when if while until unless that which because since by during'.split(
    ' ',
  ),
);

/** Where that begins: not with the first word. */
function placeIn(words: Words): number {
  const at = words.findIndex((word, index) => index > 0 && prepositions.has(word));
  return at < 0 ? words.length : at;
}

function about(pole: Pole, words: Words): Stance {
  const at = placeIn(words);
  const where = words.slice(at).filter((word) => !prepositions.has(word));
  return {
    ...pole,
    object: new Set(contentWords(words.slice(0, at))),
    where: new Set(contentWords(where)),
    verb: '',
    isRejected: false,
  };
}
