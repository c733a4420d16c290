import { UserError } from '../base/errors.ts';
import { parsedJson } from '../base/parsedJson.ts';
import { type Finding } from '../protocol/finding.ts';
import {
  type CheckedQuote,
  type Examination,
  type ExaminationVerdict,
  type Quote,
  type Side,
  type TieBreakVerdict,
  examinationAnswerSchema,
  examinationOutputSchema,
  tieBreakAnswerSchema,
  tieBreakOutputSchema,
  verdictSummaries,
} from '../protocol/examination.ts';
import { examinationMarkdown } from '../protocol/examinationMarkdown.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import type { Order } from '../protocol/order.ts';
import type { Answerer, CommandCount, QuestionAnswer } from './agent.ts';
import { answered } from './answered.ts';
import type { Job } from './job.ts';
import type { Runner } from './jobRun.ts';

/** What an examination needs of the other rooms; `app.ts` joins them. */
export interface ExaminationParts {
  answer: Answerer;
  find(id: string, repository: string): Promise<KnownFinding | undefined>;
  /** What an agent is told that is to examine the finding; nobody is named. */
  prompt(finding: KnownFinding): Promise<string>;
  /**
   * The same of a tie-break.
   * @param first side whose argument is told first
   * @throws UserError where nobody disputes the finding any more
   */
  tieBreakPrompt(finding: KnownFinding, first: Side): Promise<string>;
  /** Compares quotes with the files. */
  check(repository: string, quotes: readonly Quote[]): Promise<CheckedQuote[]>;
  /** Puts it on record. */
  examined(finding: string, examination: Examination): Promise<void>;
}

/** Asks one agent whether a finding is right, or who is right about it; always on a new thread, which knows of no review. */
export function createExaminationRunner(parts: ExaminationParts): Runner {
  return async (job, order, context) => {
    const asked = askedFor(order);
    const finding = await parts.find(asked.finding, job.repository);
    if (!finding) throw new UserError('The finding is no longer there.');
    const prompt = await (asked.first === null
      ? parts.prompt(finding)
      : parts.tieBreakPrompt(finding, asked.first));
    const answer = await parts.answer(
      {
        repository: job.repository,
        folder: job.repository,
        threadId: job.resumed > 0 ? job.threadId : null,
        mustResume: false,
        model: job.model ?? '',
        effort: job.effort ?? '',
        prompt: () => prompt,
        schema: asked.first === null ? examinationOutputSchema : tieBreakOutputSchema,
      },
      context,
    );
    const examination = await judged(parts, job, asked.first, answer);
    await parts.examined(asked.finding, examination);
    const summary = examinationMarkdown(examination, (markdown) => markdown);
    return answered(verdictSummaries[examination.verdict], { summary, rawText: answer.rawText });
  };
}

/** @returns the side that is told first; null for an examination */
function askedFor(order: Order | null): { finding: Finding['id']; first: Side | null } {
  if (order?.kind === 'cross-examination') return { finding: order.finding, first: null };
  if (order?.kind === 'tie-break' && order.first !== undefined)
    return { finding: order.finding, first: order.first };
  throw new UserError('What this was about is no longer known.');
}

async function judged(
  { check }: Pick<ExaminationParts, 'check'>,
  { repository, reviewer: by, id: job }: Job,
  tieBreak: Side | null,
  { text, commands, observations }: QuestionAnswer,
): Promise<Examination> {
  const said = tieBreak === null ? readExamination(text) : readTieBreak(text, tieBreak);
  const quotes = await check(repository, said.quotes);
  const looks = observations.slice(0, maxLooks).map(({ command, succeeded }) => ({ command, succeeded }));
  return { by, job, tieBreak, looks, ...weighed({ ...said, quotes }, commands) };
}

/** Nobody reads on in a longer list. */
const maxLooks = 50;

interface Said {
  verdict: ExaminationVerdict;
  reason: string;
  quotes: Quote[];
}

const unreadable: Said = {
  verdict: 'cannot tell',
  reason: 'The answer could not be read as a verdict.',
  quotes: [],
};

function readExamination(text: string): Said {
  const read = examinationAnswerSchema.safeParse(parsedJson(text));
  return read.success ? read.data : unreadable;
}

function readTieBreak(text: string, first: Side): Said {
  const read = tieBreakAnswerSchema.safeParse(parsedJson(text));
  return read.success ? { ...read.data, verdict: sideVerdict(read.data.verdict, first) } : unreadable;
}

/** What it means for the finding that this argument holds. */
function sideVerdict(verdict: TieBreakVerdict, first: Side): ExaminationVerdict {
  if (verdict === 'cannot tell') return verdict;
  return (verdict === 'first') === (first === 'for') ? 'confirm' : 'refute';
}

/** A brace is in every file. Letters and digits. */
const minTelling = 8;

function isTelling({ verified, lines }: CheckedQuote): boolean {
  return verified && lines.join('').replaceAll(/[^\p{L}\p{N}]/gu, '').length >= minTelling;
}

type Judgement = Pick<Examination, 'verdict' | 'reason' | 'quotes'>;

/** Never better than its evidence: who has read nothing, and quotes nothing that is there, has not looked at the code. */
function weighed(said: Judgement, { succeeded, lastFailure }: CommandCount): Judgement {
  if (said.verdict === 'cannot tell' || succeeded > 0 || said.quotes.some(isTelling)) return said;
  const why = lastFailure === null ? '' : ` (${lastFailure})`;
  const reason = `The agent said “${said.verdict}” without having read the code${why}. It said: ${said.reason}`;
  return { ...said, verdict: 'cannot tell', reason };
}
