import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { UserError, errorCode } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { ReadOutput } from '../findings/finding.ts';
import { type AppServerConnection, isLost } from './connection.ts';
import type { TurnState } from './turnFold.ts';

/** What Codex itself says where the model said nothing (facts: app-server.md, 2.3). */
const placeholders = [
  'Reviewer failed to output a response.',
  'Review was interrupted. Please re-run /review and wait for it to complete.',
];

/** Reads a text as a review's output; null if it is not one. */
export type OutputReader = (text: string) => ReadOutput | null;

export interface FinishedReview {
  connection: AppServerConnection;
  thread: { id: string; path: string | null };
  state: TurnState;
  read: OutputReader;
  logger: Logger;
}

/**
 * The reviewer's answer by the best of four ways, measured on 0.130 to 0.169 (facts: app-server.md, 2.4): the raw
 * response items, the reviewer's own thread, the rollout file, and last the text that Codex renders for people,
 * which has lost confidence and priority.
 */
export async function readReviewAnswer(
  review: FinishedReview,
): Promise<{ read: ReadOutput | null; text: string }> {
  const { state, read, logger } = review;
  const rendered = placeholders.includes(state.renderedText?.trim() ?? '') ? '' : (state.renderedText ?? '');
  // Codex repeats what it renders for people as an assistant message: that one is no more than the rendered text.
  const repeated = [...placeholders, rendered.trim()];
  const spoken = state.rawMessages.filter((text) => !repeated.includes(text.trim())).reverse();
  for (const [channel, texts] of channels(review, spoken)) {
    for (const text of await texts()) {
      const output = read(text);
      if (!output) continue;
      logger.debug(`Findings read from ${channel}.`);
      return { read: output, text };
    }
    // Where the model's words are known, looking for them elsewhere is no use.
    if (state.rawMessages.length > 0 && !state.hasGap) break;
  }
  return { read: read(rendered), text: spoken[0] ?? rendered };
}

function channels(review: FinishedReview, spoken: string[]): [string, () => Promise<string[]>][] {
  return [
    ['raw response items', () => Promise.resolve(spoken)],
    ['the reviewer thread', () => reviewerThreadTexts(review)],
    ['the rollout file', () => rolloutTexts(review)],
  ];
}

/** `limit` must be 1: with thousands of threads a larger one scans them all (measured: 12 to 24 s). */
async function reviewerThreadTexts({ connection, thread, state, logger }: FinishedReview): Promise<string[]> {
  try {
    const { data } = await connection.request('thread/list', { sourceKinds: ['subAgentReview'], limit: 1 });
    const [newest] = data;
    // 0.130 leaves the parent out; then the turn's id alone tells that it is ours.
    if (!newest || (newest.parentThreadId !== null && newest.parentThreadId !== thread.id)) return [];
    const { thread: reviewer } = await connection.request('thread/read', {
      threadId: newest.id,
      includeTurns: true,
    });
    const turn = reviewer.turns.find(({ id }) => id === state.activeTurn);
    const last = turn?.items.findLast((item) => item.type === 'agentMessage');
    return last === undefined || last.text === null ? [] : [last.text];
  } catch (error) {
    // The turn is complete: whatever goes wrong here, the other ways are still to be tried. A lost connection is made anew.
    if (!(error instanceof UserError) || isLost(error)) throw error;
    logger.debug(error.message);
    return [];
  }
}

const rolloutLineSchema = z.object({
  payload: z.object({
    type: z.string(),
    /** 0.130 and 0.150 */
    review_output: z.optional(z.unknown()),
    /** 0.169 */
    item: z.optional(z.object({ type: z.string(), review_output: z.optional(z.unknown()) })),
  }),
});

async function rolloutTexts({ connection, thread, logger }: FinishedReview): Promise<string[]> {
  // A file of that name here would be another one.
  if (thread.path === null || connection.remote !== null) return [];
  let text: string;
  try {
    text = await readFile(thread.path, 'utf8');
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    logger.debug(`No rollout file: ${String(error)}`);
    return [];
  }
  return text
    .split('\n')
    .filter((line) => line.includes('review_output'))
    .flatMap(reviewOutputOf)
    .reverse();
}

function reviewOutputOf(line: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // The last line may still be on its way to the disk.
    return [];
  }
  const parsed = z.safeParse(rolloutLineSchema, value);
  const output = parsed.data?.payload.review_output ?? parsed.data?.payload.item?.review_output;
  return output === undefined || output === null || saysNothing(output) ? [] : [JSON.stringify(output)];
}

/** Codex writes the raw text as explanation, and nothing else, where it could not read the answer itself. */
function saysNothing(output: unknown): boolean {
  const parsed = z.safeParse(
    z.object({ findings: z.array(z.unknown()), overall_correctness: z.string() }),
    output,
  );
  return parsed.success && parsed.data.findings.length === 0 && parsed.data.overall_correctness === '';
}
