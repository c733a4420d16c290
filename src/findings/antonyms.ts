import { stem } from './similarity.ts';

/*
 * Words by which advice can be opposite: those in a row are one scale, and stand at either end of it. General English and what
 * all languages of programmers have; none of a library or a domain.
 */

/** One end of a scale, or the other one. */
export type End = 1 | -1;

export interface Pole {
  readonly scale: string;
  readonly end: End;
}

/** Whether something is to be there at all. */
export const presence = 'presence';

/** What to do with something: each row has the verbs for one end, then those for the other one. */
const verbs = polesOf([
  [
    presence,
    'add keep kept introduce restore retain preserve insert enable include reinstate extend',
    'remove drop delete omit disable eliminate strip avoid skip exclude revert undo',
  ],
  [
    'amount',
    'increase raise lengthen extend enlarge widen grow heighten double',
    'decrease lower reduce shorten shrink cut narrow halve trim',
  ],
  ['strictness', 'tighten restrict harden', 'loosen relax soften weaken'],
  [
    'permission',
    'allow permit accept admit let',
    'forbid deny reject refuse block prevent disallow prohibit',
  ],
  [
    'failing',
    'fail throw thrown rethrow rethrown raise abort end stop',
    'ignore swallow continue go tolerate suppress proceed',
  ],
  ['holding', 'hold held acquire open lock', 'release close free unlock'],
  ['showing', 'show display expose publish', 'hide hidden conceal'],
  ['joining', 'merge combine join', 'split separate'],
  ['place', 'inline', 'extract'],
  ['copying', 'copy clone duplicate', 'share borrow'],
  ['time', 'defer delay postpone wait', 'hurry'],
]);

/** How something is to be. */
const states = polesOf([
  [
    'amount',
    'more longer higher larger bigger greater wider deeper later long high large big wide late many much often',
    'fewer less shorter lower smaller narrower earlier sooner short low small little narrow early soon few rarely seldom',
  ],
  ['strictness', 'strict stricter tight tighter restrictive', 'lax laxer loose looser lenient permissive'],
  ['extent', 'each every all everywhere', 'only'],
  ['blocking', 'synchronous synchronously sync blocking', 'asynchronous asynchronously async background'],
  ['parallel', 'parallel concurrent concurrently', 'sequential sequentially serial serially'],
  ['visibility', 'public exported visible', 'private internal hidden'],
  ['mutability', 'mutable writable', 'immutable frozen readonly final'],
  ['holding', 'open held', 'closed released'],
  ['passing', 'value', 'reference pointer'],
  ['laziness', 'lazy lazily', 'eager eagerly'],
  ['order', 'ascending', 'descending'],
  ['sameness', 'same', 'new another different separate'],
  ['scope', 'local', 'global shared'],
  ['zone', 'local', 'utc'],
  ['sign', 'signed', 'unsigned'],
  ['end', 'inclusive', 'exclusive'],
  ['need', 'required mandatory', 'optional'],
  ['binding', 'static', 'dynamic'],
  ['saying', 'explicit explicitly', 'implicit implicitly'],
  ['path', 'absolute', 'relative'],
  ['depth', 'deep', 'shallow'],
  ['truth', 'true', 'false'],
  ['switch', 'turnedon', 'turnedoff'],
  ['moment', 'before', 'after'],
  ['position', 'first', 'last'],
  ['case', 'sensitive', 'insensitive'],
  ['equality', '===', '=='],
  ['inequality', '!==', '!='],
  ['below', '<=', '<'],
  ['above', '>=', '>'],
  ['logic', '&&', '||'],
]);

export function verbPoles(word: string): readonly Pole[] {
  return verbs.get(stem(word)) ?? [];
}

export function statePoles(word: string): readonly Pole[] {
  return states.get(stem(word)) ?? [];
}

function polesOf(rows: readonly (readonly [string, string, string])[]): ReadonlyMap<string, readonly Pole[]> {
  const poles = new Map<string, Pole[]>();
  for (const [scale, ...ends] of rows)
    for (const [index, words] of ends.entries())
      for (const word of new Set(words.split(' ').map(stem)))
        poles.set(word, [...(poles.get(word) ?? []), { scale, end: index === 0 ? 1 : -1 }]);
  return poles;
}

/** Things that stand beside each other in code: what is said of one is not said of the other one. */
const siblings = polesOf([
  ['bound', 'minimum min', 'maximum max'],
  ['access', 'reading', 'writing'],
  ['position', 'first', 'last'],
  ['message', 'request', 'response'],
  ['peer', 'client', 'server'],
  ['extent', 'width', 'height'],
  ['line', 'row', 'column'],
  ['flow', 'input', 'output'],
  ['way', 'source', 'target destination'],
  ['coding', 'encode', 'decode'],
  ['transfer', 'upload', 'download'],
  ['kinship', 'parent', 'child'],
  ['timeout', 'connect', 'read'],
]);

export function siblingsIn(title: string): Pole[] {
  return title.split(/[^A-Za-z]+/).flatMap((word) => siblings.get(stem(word.toLowerCase())) ?? []);
}

/** Whether each names one of two, and not the same one. */
export function nameSiblings(ofA: readonly Pole[], ofB: readonly Pole[]): boolean {
  const names = (poles: readonly Pole[], { scale, end }: Pole) =>
    poles.some((pole) => pole.scale === scale && pole.end === end);
  return ofA.some((one) => {
    const other: Pole = { scale: one.scale, end: one.end === 1 ? -1 : 1 };
    return names(ofB, other) && !names(ofB, one) && !names(ofA, other);
  });
}
