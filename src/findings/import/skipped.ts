/** More sentences are counted only. */
const maxSentences = 20;

const reasons = {
  passed: 'no problem is reported by them',
  gone: 'they are no longer there',
  suppressed: 'they are suppressed in the log',
  'too many': 'there are too many',
} as const;

/** What an import leaves out: single things in sentences of their own, common ones counted. */
export class Skipped {
  private readonly said: string[] = [];
  private readonly counts = new Map<keyof typeof reasons, number>();

  say(sentence: string): void {
    this.said.push(sentence);
  }

  count(reason: keyof typeof reasons): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1);
  }

  sentences(): string[] {
    const counted = [...this.counts].map(
      ([reason, count]) => `${count === 1 ? '1 result' : `${count} results`}: ${reasons[reason]}.`,
    );
    const more = this.said.length - maxSentences;
    return [
      ...counted,
      ...this.said.slice(0, maxSentences),
      ...(more > 0 ? [`… and ${more} more that could not be read.`] : []),
    ];
  }
}
