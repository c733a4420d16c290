import { samePairPrompt, samePairSchema } from '../../prompts/review/samePair.ts';
import { Sequence } from '../base/async.ts';
import type { Disposable } from '../base/disposable.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { FindingStore } from '../findings/findingStore.ts';
import { type IsDecided, doubtfulPairs } from '../findings/merge.ts';
import { findKnown } from '../findings/nowKnown.ts';
import { areApart, raisedByAlone } from '../findings/recognise.ts';
import type { Answerer } from '../jobs/agent.ts';
import { type Job, isTerminal } from '../jobs/job.ts';
import type { Runner } from '../jobs/jobRun.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Asker } from '../jobs/orderSpec.ts';
import { type Two, createSecondOpinionRunner } from '../jobs/secondOpinionRunner.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import { type SecondOpinionOrder, maxPairs } from '../protocol/order.ts';
import type { Settings } from './settings.ts';

/** Of one question, in UTF-8: a cheap turn, whatever the reviewers wrote. The first pair goes in all the same. */
const maxBytes = 60_000;

/** A second opinion by one agent. */
export function secondOpinionRunner(findings: FindingStore, answer: Answerer): Runner {
  return createSecondOpinionRunner({
    answer,
    known: (repository) => findings.of(repository),
    prompt: samePairPrompt,
    schema: samePairSchema,
    join: ({ repository, id: job, reviewer: by }, pairs) => findings.joinSame(repository, pairs, { by, job }),
  });
}

export interface SecondOpinionsParts {
  jobs: Pick<Jobs, 'list' | 'result' | 'order' | 'partnersOf' | 'opinionOn' | 'onDidChange'>;
  findings: Pick<FindingStore, 'of'>;
  place(order: SecondOpinionOrder, asker: Asker): Promise<unknown>;
  /** Who is asked, if anybody. */
  agent(): Settings['secondOpinion'];
  logger: Logger;
}

/**
 * What follows from a review by both, where the user wants it: one question about all pairs of findings that may be the same, to
 * one of both agents. Whatever comes in between, the findings stay two.
 */
export class SecondOpinions {
  private readonly sequence = new Sequence();

  constructor(private readonly parts: SecondOpinionsParts) {}

  follow(): Disposable {
    return this.parts.jobs.onDidChange((job) => {
      if (job.run && isTerminal(job.state)) this.run(() => this.ended(job));
    });
  }

  private run(work: () => Promise<void>): void {
    this.sequence
      .run(work)
      .catch((error: unknown) =>
        this.parts.logger.warn(
          `The findings stay apart, nobody could be asked about them: ${messageOf(error)}`,
        ),
      );
  }

  /** Resolves once what follows from the runs that have ended so far is placed. */
  settled(): Promise<void> {
    return this.sequence.run(() => Promise.resolve());
  }

  private async ended(job: Job): Promise<void> {
    const { jobs, findings } = this.parts;
    const agent = this.parts.agent();
    if (agent === 'off' || !job.run) return;
    const partners = await jobs.partnersOf(job);
    const all = [job, ...partners];
    // The one that ends last asks; and only what both looked at is compared.
    if (partners.length === 0 || all.some(({ state }) => state !== 'succeeded')) return;
    if ((await jobs.opinionOn(job)) !== null) return;
    const { repository, origin, session, run } = job;
    const reported = await this.reportedBy(all, await findings.of(repository));
    const asked = await this.askedBefore(repository);
    const pairs = boundedPairs(pairsAmong(reported, asked));
    if (pairs.length === 0) return;
    const ids = pairs.map(([one, other]): [string, string] => [one.id, other.id]);
    await this.parts.place(
      { kind: 'second-opinion', run: run.id, agent, pairs: ids },
      { cwd: repository, origin, session },
    );
  }

  /** What the reviews of a run reported, as it is now. */
  private async reportedBy(all: readonly Job[], known: readonly KnownFinding[]): Promise<KnownFinding[]> {
    const find = findKnown(known);
    const reported = new Set<KnownFinding>();
    for (const job of all)
      for (const finding of (await this.parts.jobs.result(job))?.findings ?? []) {
        const now = find(finding, job.reviewer);
        if (now) reported.add(now);
      }
    return [...reported];
  }

  /** Nobody is paid twice for the same answer, as long as it is kept. */
  private async askedBefore(repository: string): Promise<IsDecided> {
    const { jobs } = this.parts;
    const asked = new Set<string>();
    for (const job of await jobs.list(repository)) {
      if (job.kind !== 'second-opinion' || job.state !== 'succeeded') continue;
      const order = await jobs.order(job);
      if (order?.kind === 'second-opinion') for (const pair of order.pairs) asked.add(keyOf(pair));
    }
    return (one, other) => asked.has(keyOf([one, other]));
  }
}

function keyOf(pair: readonly [string, string]): string {
  return pair.toSorted().join(' ');
}

/** Most doubtful ones first; in each the order is that of the ids, which tells nobody who raised which. */
function pairsAmong(reported: readonly KnownFinding[], isAsked: IsDecided): Two[] {
  const isApart = areApart(reported);
  const byId = new Map(reported.map((finding) => [finding.id, finding]));
  return doubtfulPairs(
    raisedByAlone(reported, 'codex'),
    raisedByAlone(reported, 'claude'),
    (one, other) => isAsked(one, other) || isApart(one, other),
  ).flatMap(({ one, other }) => {
    const [a, b] = [one, other].sort().map((id) => byId.get(id));
    return a && b ? [[a, b] as const] : [];
  });
}

/** The first of them, as many as fit. */
export function boundedPairs(pairs: readonly Two[]): readonly Two[] {
  const fits = (count: number) => Buffer.byteLength(samePairPrompt(pairs.slice(0, count))) <= maxBytes;
  let count = Math.min(pairs.length, maxPairs);
  while (count > 1 && !fits(count)) count -= 1;
  return pairs.slice(0, count);
}
