/** More sentences are counted only. */
const maxSentences = 20;

/** Of one result, and of several. */
const reasons = {
  passed: ['no problem is reported by it', 'no problem is reported by them'],
  gone: ['it is no longer there', 'they are no longer there'],
  suppressed: ['it is suppressed in the log', 'they are suppressed in the log'],
} as const;
type Reason = keyof typeof reasons;

/** What an import leaves out: single things in sentences of their own, common ones counted. */
export class Skipped {
  private readonly said: string[] = [];
  private readonly counts = new Map<Reason, number>();

  say(sentence: string): void {
    this.said.push(sentence);
  }

  count(reason: Reason): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1);
  }

  sentences(): string[] {
    const counted = [...this.counts].map(([reason, count]) =>
      count === 1 ? `1 result: ${reasons[reason][0]}.` : `${count} results: ${reasons[reason][1]}.`,
    );
    const more = this.said.length - maxSentences;
    return [
      ...counted,
      ...this.said.slice(0, maxSentences),
      ...(more > 0 ? [`… and ${more} more that could not be read.`] : []),
    ];
  }
}
