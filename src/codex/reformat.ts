import { reformatPrompt } from '../../prompts/review/reformat.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { ReadOutput } from '../findings/finding.ts';
import type { AgentContext } from '../jobs/agent.ts';
import type { JsonValue } from '../protocol/appServer.gen.ts';
import { isLost } from './connection.ts';
import type { OutputReader } from './reviewOutput.ts';
import type { WorkThread } from './threadWork.ts';
import { type Usage, noUsage } from './usage.ts';

/** Longer answers are not put into form. Characters. */
const maxAnswer = 100_000;

/** A turn that only repeats takes seconds; a model that cannot be reached must not hold up a review that is over. Milliseconds. */
const timeLimit = 120_000;

export interface ReformatRequest {
  work: WorkThread;
  context: AgentContext;
  /** The reviewer's answer, which could not be read. */
  answer: string;
  /** Of the answer that is asked for now, and how that is read. */
  schema: unknown;
  read: OutputReader;
  /** What of it the first answer carries; null if it is not to be believed. */
  carriedBy: (raw: string, read: ReadOutput) => (ReadOutput & { dropped: number }) | null;
  logger: Logger;
}

export interface Reformatted {
  read: ReadOutput | null;
  usage: Usage;
}

/**
 * Asks the reviewer, once and for a limited time, to put its prose into form. Whatever goes wrong is no failure of the
 * review: the answer then stays as it is.
 * @throws CancelledError if the job is stopped meanwhile
 */
export async function reformat(request: ReformatRequest): Promise<Reformatted> {
  const { work, context, answer, schema, read, carriedBy, logger } = request;
  if (answer.trim() === '' || answer.length > maxAnswer) return { read: null, usage: noUsage };
  context.onProgress({ phase: 'finishing', activity: 'Putting the answer into form' });
  try {
    const state = await work.run(() => startTurn(work, answer, schema), { timeLimit });
    const found = state.messages.map(read).findLast((output) => output !== null) ?? null;
    const carried = found && carriedBy(answer, found);
    if (carried) context.onProgress({ note: noteOf(carried.dropped) });
    return { read: carried, usage: state.usage };
  } catch (error) {
    if (context.signal.aborted || isLost(error)) throw error;
    logger.warn(`The answer of a review could not be put into form: ${messageOf(error)}`);
    return { read: null, usage: noUsage };
  } finally {
    context.onProgress({ waitingFor: null });
  }
}

function startTurn({ connection, thread }: WorkThread, answer: string, schema: unknown) {
  return connection.request('turn/start', {
    threadId: thread.id,
    input: [{ type: 'text', text: reformatPrompt(answer), text_elements: [] }],
    sandboxPolicy: { type: 'readOnly', networkAccess: false },
    // A schema is JSON by its nature; the protocol's type for it is closed.
    outputSchema: schema as JsonValue,
  });
}

function noteOf(dropped: number): string {
  const note =
    'The reviewer answered in prose, and was asked to put it into form; “Show Raw Answer” has its own words.';
  if (dropped === 0) return note;
  return `${note} ${dropped === 1 ? '1 finding was' : `${dropped} findings were`} left out, because the prose does not hold ${dropped === 1 ? 'it' : 'them'}.`;
}
