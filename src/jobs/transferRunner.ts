import { UserError } from '../base/errors.ts';
import type { AgentContext } from './agent.ts';
import { answered } from './answered.ts';
import type { Runner } from './jobRun.ts';

/** What a transfer came to. */
export interface Transferred {
  threadId: string;
  /** One sentence for the user: how it went, and what to know. */
  text: string;
}

/** Hands a session's file over to Codex. @throws UserError */
export type Transfer = (
  source: string,
  repository: string,
  title: string,
  context: AgentContext,
) => Promise<Transferred>;

/** Transfers as jobs. The order always names the file: it is looked for before the job exists. */
export function createTransferRunner(transfer: Transfer): Runner {
  return async (job, order, context) => {
    if (order?.kind !== 'transfer' || order.source === undefined)
      throw new UserError('Which session was to be transferred is no longer known.');
    const { threadId, text } = await transfer(order.source, job.repository, job.title, context);
    context.onProgress({ threadId });
    return answered(`In Codex as thread ${threadId}`, { summary: text, rawText: '' });
  };
}
