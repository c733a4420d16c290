import type { Disposable } from '../base/disposable.ts';
import type { AgentContext } from '../jobs/agent.ts';
import type { AppServerConnection } from './connection.ts';

/** Tokens that became known during one turn. */
export interface Usage {
  /** Of the model's answers in the turn, from raw events; null where none told. */
  answers: number | null;
  /** Of its thread since that began; null where it was not told. */
  thread: number | null;
}

interface Tokens {
  totalTokens: number;
}

export const noUsage: Usage = { answers: null, thread: null };

/** After one answer of the model. */
export function withAnswer(usage: Usage, answer: Tokens | null): Usage {
  return answer === null ? usage : { ...usage, answers: (usage.answers ?? 0) + answer.totalTokens };
}

/** After the server told what the thread has used; it does so again at the beginning of a turn (measured, 0.130). */
export function withThreadTotal(usage: Usage, total: Tokens | null): Usage {
  return total === null ? usage : { ...usage, thread: total.totalTokens };
}

/**
 * What the turns of one thread have cost, in and out. Raw events tell it of all turns (0.169), the thread's total of plain
 * turns only. Null where the first turn did not tell: a native review of 0.130, or one on a resumed thread (facts:
 * app-server.md, 2.2 and 2.4 A).
 * @param before what the thread had used before them; null where that is not known
 */
export function tokensOf(turns: readonly Usage[], before: number | null = 0): number | null {
  const [first] = turns;
  if (!first) return null;
  if (first.answers !== null) return turns.reduce((sum, { answers }) => sum + (answers ?? 0), 0);
  if (first.thread === null || before === null) return null;
  return Math.max(...turns.map(({ thread }) => thread ?? 0)) - before;
}

/** Tells what is known of the cost so far. */
export function tellTokens(
  { onProgress }: Pick<AgentContext, 'onProgress'>,
  turns: readonly Usage[],
  before: number | null,
): void {
  const tokens = tokensOf(turns, before);
  if (tokens !== null) onProgress({ tokens });
}

/**
 * Hears what threads had used before a turn began on them: of one that is resumed or copied the server tells it around its
 * answer to that, in any case before the turn (measured on 0.130 and 0.169).
 */
export class EarlierUsage implements Disposable {
  private readonly totals = new Map<string, number>();
  private readonly begun = new Set<string>();
  private readonly subscription: Disposable;

  constructor(connection: AppServerConnection) {
    this.subscription = connection.onNotification(({ method, params }) => {
      if (method === 'turn/started') this.begun.add(params.threadId);
      if (method !== 'thread/tokenUsage/updated' || this.begun.has(params.threadId)) return;
      const { total } = params.tokenUsage;
      if (total !== null) this.totals.set(params.threadId, total.totalTokens);
    });
  }

  /** Null where it was not told, and of a thread whose turn had begun before. */
  of(threadId: string): number | null {
    return this.begun.has(threadId) ? (this.totals.get(threadId) ?? null) : null;
  }

  dispose(): void {
    this.subscription.dispose();
  }
}
