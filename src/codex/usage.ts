/** Tokens of one turn, in two counts of which either may be missing; see `tokensOf`. */
export interface Usage {
  /** The sum of the model's answers, from raw events; null before the first that tells. */
  answers: number | null;
  /** What the thread had used before the turn, and has now. */
  thread: { before: number; now: number } | null;
}

interface Tokens {
  totalTokens: number;
}

export const noUsage: Usage = { answers: null, thread: null };

/** After one answer of the model. */
export function withAnswer(usage: Usage, answer: Tokens | null): Usage {
  return answer === null ? usage : { ...usage, answers: (usage.answers ?? 0) + answer.totalTokens };
}

/** After the server told what the thread has used, the last answer included. */
export function withThreadUsage(
  usage: Usage,
  { total, last }: { total: Tokens | null; last: Tokens | null },
): Usage {
  if (total === null) return usage;
  const before = usage.thread?.before ?? total.totalTokens - (last?.totalTokens ?? 0);
  return { ...usage, thread: { before, now: total.totalTokens } };
}

/** In and out, as far as Codex tells: nothing does in native reviews without raw events (facts: app-server.md, 2.4). */
export function tokensOf({ answers, thread }: Usage): number | null {
  return answers ?? (thread && thread.now - thread.before);
}
