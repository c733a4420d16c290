import * as z from 'zod/mini';
import { UserError } from '../base/errors.ts';
import { parsedJson } from '../base/parsedJson.ts';
import { type KnownFinding, isOpen } from '../protocol/knownFinding.ts';
import type { Answerer } from './agent.ts';
import { answered } from './answered.ts';
import type { Job } from './job.ts';
import type { Runner } from './jobRun.ts';

/** Two findings that somebody holds for the same, and why. */
export interface SamePair {
  one: string;
  other: string;
  /** Model text. */
  reason: string;
}

/** What a second opinion needs of the other rooms; `app.ts` joins them. */
export interface SecondOpinionParts {
  answer: Answerer;
  known(repository: string): Promise<readonly KnownFinding[]>;
  /** What an agent is told that is to compare them; nobody is named. */
  prompt(pairs: readonly (readonly [KnownFinding, KnownFinding])[]): string;
  /** JSON schema of the answer to that. */
  schema: unknown;
  /** Puts them on record as one. @returns the ids of those that are one since */
  join(job: Job, pairs: readonly SamePair[]): Promise<readonly string[]>;
}

/** Asks one agent about all pairs of a run at once, always on a new thread, which knows of no review. */
export function createSecondOpinionRunner(parts: SecondOpinionParts): Runner {
  return async (job, order, context) => {
    if (order?.kind !== 'second-opinion') throw new UserError('What this was about is no longer known.');
    const pairs = stillTwo(order.pairs, await parts.known(job.repository));
    if (pairs.length === 0) throw new UserError('None of these findings is open any more.');
    const { text, rawText } = await parts.answer(
      {
        repository: job.repository,
        folder: job.repository,
        threadId: job.resumed > 0 ? job.threadId : null,
        mustResume: false,
        model: job.model ?? '',
        effort: job.effort ?? '',
        prompt: () => parts.prompt(pairs),
        schema: parts.schema,
      },
      context,
    );
    const verdicts = clearVerdicts(text, pairs.length);
    const same = verdicts.flatMap(({ pair, verdict, reason }) => {
      const [one, other] = pairs[pair - 1] ?? [];
      return one && other && verdict === 'same' ? [{ one: one.id, other: other.id, reason }] : [];
    });
    const joined = same.length === 0 ? [] : await parts.join(job, same);
    const lines = verdicts.map(({ pair, verdict, reason }) => verdictLine(pairs[pair - 1], verdict, reason));
    return answered(summaryOf(joined.length, pairs.length), { summary: lines.join('\n'), rawText });
  };
}

export type Two = readonly [KnownFinding, KnownFinding];

/** What was decided about, or has become one, while the job waited is no question any more. */
function stillTwo(pairs: readonly (readonly [string, string])[], known: readonly KnownFinding[]): Two[] {
  const open = new Map(known.filter(isOpen).map((one) => [one.id, one]));
  return pairs.flatMap(([one, other]) => {
    const [a, b] = [open.get(one), open.get(other)];
    return a && b && a !== b ? [[a, b] as const] : [];
  });
}

const answerSchema = z.object({
  pairs: z.array(
    z.object({
      /** 1-based. */
      pair: z.int(),
      verdict: z.enum(['same', 'different', 'cannot tell']),
      reason: z.string(),
    }),
  ),
});
type PairVerdict = z.infer<typeof answerSchema>['pairs'][number];

/**
 * One verdict for each pair at most: who says two things of a pair has said nothing.
 * @throws UserError where the answer is no such thing
 */
function clearVerdicts(text: string, count: number): PairVerdict[] {
  const read = answerSchema.safeParse(parsedJson(text));
  if (!read.success) throw new UserError('The answer could not be read as verdicts.');
  const { pairs } = read.data;
  const timesOf = (wanted: number) => pairs.filter(({ pair }) => pair === wanted).length;
  return pairs.filter(({ pair }) => pair >= 1 && pair <= count && timesOf(pair) === 1);
}

function verdictLine(two: Two | undefined, verdict: PairVerdict['verdict'], reason: string): string {
  const titles = (two ?? []).map(({ title }) => `“${title}”`).join(' and ');
  return `- ${titles}: ${verdict}. ${reason}`;
}

/** `1 of 3 pairs is the same finding`. */
function summaryOf(joined: number, pairs: number): string {
  if (pairs === 1) return joined === 1 ? 'Both are the same finding' : 'They stay two findings';
  if (joined === 0) return `None of ${pairs} pairs is the same finding`;
  return `${joined} of ${pairs} pairs ${joined === 1 ? 'is the same finding' : 'are the same finding each'}`;
}
