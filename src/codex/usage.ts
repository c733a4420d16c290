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
 * turns only. Null where the first turn did not tell: a native review of 0.130, or on a resumed thread (facts:
 * app-server.md, 2.2 and 2.4 A).
 */
export function tokensOf(turns: readonly Usage[]): number | null {
  const [first] = turns;
  if (!first) return null;
  if (first.answers !== null) return turns.reduce((sum, { answers }) => sum + (answers ?? 0), 0);
  return first.thread === null ? null : Math.max(...turns.map(({ thread }) => thread ?? 0));
}
