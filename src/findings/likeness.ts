import { tellingWords } from './similarity.ts';
import type { Finding } from '../protocol/finding.ts';

/*
 * How much of the same thing two findings say, by all their words. What is measured:
 *
 * 1. Words that say nothing about a defect do not count (similarity.ts). Words that a third finding of the file says too name
 *    the subject more than the defect, and count half.
 * 2. `told`: how much of each title the other one says anywhere, on average. Titles are the reviewers' own summaries, and one
 *    names the cause where the other names the effect, but the body tells both.
 * 3. `shared`: how much of the finding with fewer words the other one says.
 * 4. The mean of both is the likeness.
 */

/** One reviewer's own words, and their place. */
export type Worded = Pick<
  Finding,
  'id' | 'title' | 'body' | 'recommendation' | 'file' | 'startLine' | 'endLine'
>;

/** One word in common is a subject, not a defect. */
const minShared = 2;

/** Weight of a word that a third finding of the file says too. */
const subjectWeight = 0.5;

/** What a finding says, and where. */
export interface Words {
  finding: Worded;
  file: string;
  startLine: number;
  endLine: number;
  title: ReadonlySet<string>;
  /** Of all that it says. */
  all: ReadonlySet<string>;
}

/**
 * Words that reviewers use for one another; those in a row count as the same one. Kinds of defects, none of a language or a
 * library: rows about how defects show (`fails`, `wrong`) would make everything alike.
 */
const synonyms = new Map(
  [
    'concurrent concurrency race thread threads threadsafe goroutines simultaneous synchronised synchronized synchronisation atomic atomically lock locks mutex',
    'limit limits limited unlimited bound bounded unbounded cap maximum exhaust exhaustion',
    'ignore ignored ignores swallow swallowed swallows hide hides hidden drop dropped drops discard discarded silent silently unnoticed',
    'leak leaks close closed unclosed dispose disposed release released',
    'null undefined nil none absent',
    'panic panics throw throws crash crashes abort aborts',
    'escape escaped unescaped sanitise sanitised sanitize sanitized injection inject',
    'public exposed expose reachable',
    'validate validated validation verify verified verification unchecked',
    'money currency price amount decimal',
    'float floating double',
    'zone timezone utc',
    'duplicate duplicated twice again repeated',
    'deadlock hang hangs block blocks blocking freeze freezes wait waits',
    'memory allocation allocate allocates heap',
    'stale outdated obsolete old',
    'credential credentials password secret token',
    'permission permissions privilege privileges access authorisation authorization',
    'config configuration settings options',
    'typo misspelt misspelled unknown unrecognised unrecognized',
    'await awaited promise async asynchronous asynchronously',
    'mutate mutated mutates mutation modify modified modifies',
    'numeric numerically numbers number',
    'index subscript bounds',
  ].flatMap((row) => {
    const [first = '', ...rest] = [...new Set(tellingWords(row))];
    return rest.map((word) => [word, first] as const);
  }),
);

export function wordsOf(finding: Worded): Words {
  const { file, startLine, endLine, title, body, recommendation } = finding;
  const ofTitle = meant(title);
  const all = new Set([...ofTitle, ...meant(`${body}\n${recommendation}`)]);
  return { finding, file, startLine, endLine, title: new Set(ofTitle), all };
}

function meant(text: string): string[] {
  return tellingWords(text).map((word) => synonyms.get(word) ?? synonyms.get(root(word)) ?? root(word));
}

/** How alike two of these findings are, 0 to 1. */
export function likenessAmong(findings: readonly Words[]): (a: Words, b: Words) => number {
  const subjects = subjectsOf(findings);
  const weightOf = (word: string) => (subjects.has(word) ? subjectWeight : 1);
  return (a, b) => likeness(a, b, weightOf);
}

/** The words that more than two findings say. */
function subjectsOf(findings: readonly Words[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { all } of findings) for (const word of all) counts.set(word, (counts.get(word) ?? 0) + 1);
  return new Set([...counts].filter(([, count]) => count > 2).map(([word]) => word));
}

function likeness(a: Words, b: Words, weightOf: (word: string) => number): number {
  const common = intersection(a.all, b.all);
  if (common.length < minShared) return 0;
  const weigh = (words: Iterable<string>) => [...words].reduce((sum, word) => sum + weightOf(word), 0);
  const partOf = (title: ReadonlySet<string>, all: ReadonlySet<string>) =>
    title.size === 0 ? 0 : weigh(intersection(title, all)) / weigh(title);
  const told = (partOf(a.title, b.all) + partOf(b.title, a.all)) / 2;
  const shared = weigh(common) / Math.min(weigh(a.all), weigh(b.all));
  return (told + shared) / 2;
}

function intersection(a: ReadonlySet<string>, b: ReadonlySet<string>): string[] {
  return [...a].filter((item) => b.has(item));
}

function root(word: string): string {
  const bare = word.replace(
    /(?:ations?|ators?|at|abl|ibl|ically|ical|ic|ity|iv|nes|ment|ally|al|er|or|ion)$/,
    '',
  );
  return bare.length >= 4 ? bare : word;
}
