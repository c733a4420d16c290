import { type Finding, type ReviewerId, type Voice, priorities, reviewers } from '../protocol/finding.ts';
import type { KnownFinding, Proof, Statement } from '../protocol/knownFinding.ts';

/*
 * A finding that several have raised holds what each of them said, word for word. What is shown of it is the statement that
 * counts most: of those that stand, the most urgent one, and of equally urgent ones the first.
 */

/** With what a voice says of the finding now, in the place of what it said before. */
export function withStatement<T extends KnownFinding>(known: T, by: Voice, said: Finding): T {
  const { title, body, recommendation, priority, confidence, job } = said;
  const own: Statement = { by, title, body, recommendation, priority, confidence, job, fixed: null };
  const isNew = !known.statements.some((one) => one.by === by);
  const statements = known.statements.map((one) => (one.by === by ? own : one));
  return shown(known, isNew ? [...statements, own] : statements);
}

/** With the voices of another finding that turned out to be the same one. */
export function withStatements<T extends KnownFinding>(known: T, other: KnownFinding): T {
  const isNew = ({ by }: Statement) => !known.statements.some((one) => one.by === by);
  const reviewers = [...new Set([...known.reviewers, ...other.reviewers])];
  const tool = known.tool || other.tool;
  return shown({ ...known, reviewers, tool }, [...known.statements, ...other.statements.filter(isNew)]);
}

/** What some of its voices said of it. */
export function partOf<T extends KnownFinding>(known: T, voices: readonly Voice[]): T {
  const statements = known.statements.filter(({ by }) => voices.includes(by));
  const tool = voices.includes('sarif') ? known.tool : '';
  const job = statements.find(({ job: raisedIn }) => raisedIn !== '')?.job ?? known.job;
  return shown({ ...known, reviewers: [...voices], tool, job }, statements);
}

/** Fixed where it is open and every reviewer that raised it holds it for fixed. */
export function settled<T extends KnownFinding>(known: T): T {
  const own = known.statements.filter(({ by }) => isReviewer(by));
  if (known.state !== 'open' || own.length === 0 || standing(known).length > 0) return known;
  return { ...known, state: 'fixed', proof: proofOf(known) };
}

/** As sure as the least sure of the reviewers that raised it. A tool is not asked. */
export function proofOf({ statements }: Pick<KnownFinding, 'statements'>): Proof {
  const isConfirmed = statements.every(({ by, fixed }) => !isReviewer(by) || fixed !== 'claimed');
  return isConfirmed ? 'confirmed' : 'claimed';
}

/** A voice holds the finding for fixed; or not any more, with null. */
export function withVerdict<T extends KnownFinding>(known: T, by: Voice, fixed: Proof | null): T {
  const statements = known.statements.map((one) => (one.by === by ? { ...one, fixed } : one));
  return shown(known, statements);
}

/** The same for all voices. */
export function withVerdicts<T extends KnownFinding>(known: T, fixed: Proof | null): T {
  const statements = known.statements.map((one) => ({ ...one, fixed }));
  return shown(known, statements);
}

/** What reviewers said that none of them holds for fixed. A tool is not asked again: it keeps nothing open. */
export function standing({ statements }: Pick<KnownFinding, 'statements'>): Statement[] {
  return statements.filter(({ by, fixed }) => isReviewer(by) && fixed === null);
}

/** The finding as one voice has it, where it has raised it. */
export function inWordsOf(known: KnownFinding, by: Voice): KnownFinding {
  const own = known.statements.find((one) => one.by === by);
  return own ? { ...known, ...wordsOf(own) } : known;
}

/** The review in which a voice raised it last; empty where that voice did not, or no review knows of it. */
export function reviewBy({ statements }: Pick<KnownFinding, 'statements'>, by: Voice): string {
  return statements.find((one) => one.by === by)?.job ?? '';
}

function wordsOf({ title, body, recommendation, priority, confidence }: Statement) {
  return { title, body, recommendation, priority, confidence };
}

function isReviewer(voice: Voice): voice is ReviewerId {
  return reviewers.some((one) => one === voice);
}

function shown<T extends KnownFinding>(known: T, statements: Statement[]): T {
  const counting = statements.filter(({ fixed }) => fixed === null);
  const [most] = (counting.length > 0 ? counting : statements).toSorted(
    (a, b) => priorities.indexOf(a.priority) - priorities.indexOf(b.priority),
  );
  return { ...known, ...(most && wordsOf(most)), statements };
}
