import { UsageError } from '../base/errors.ts';
import type { Finding, ReviewerId } from '../protocol/finding.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import type {
  ExaminationOrder,
  FindingOrder,
  ProofOrder,
  QuestionOrder,
  SecondOpinionOrder,
  TieBreakOrder,
} from '../protocol/order.ts';
import { drawnSide, examinerOf } from './examiner.ts';
import type { Job } from './job.ts';
import type { Jobs } from './jobs.ts';
import { type Asker, type Defaults, type Planned, specOf, startTogether, titleOf } from './orderSpec.ts';
import type { Threads } from './threads.ts';

/** What placing an order about findings needs of the other rooms. */
export interface FindingOrderParts {
  jobs: Pick<Jobs, 'start' | 'find' | 'cancel'>;
  /** @throws UsageError outside of a repository. */
  repositoryOf(cwd: string): string;
  /** What is known of a finding; undefined if there is none of that id. */
  findFinding(
    id: string,
  ): Pick<KnownFinding, 'title' | 'repository' | 'reviewers' | 'examinations'> | undefined;
  defaults: Defaults;
  /** The effort, or one that Codex's model has, where that has not. */
  offeredEffort(repository: string, choice: { model: string; effort: string }): Promise<string>;
}

/** What begins with findings that are known. */
export class FindingOrders {
  constructor(
    private readonly parts: FindingOrderParts,
    private readonly threads: Pick<Threads, 'shared'>,
  ) {}

  /** @throws UsageError if a finding is gone, or nobody can be asked about it */
  async place(order: FindingOrder, asker: Asker): Promise<Job> {
    switch (order.kind) {
      case 'question':
        return this.placeQuestion(order, asker);
      case 'proof':
        return this.placeProof(order, asker);
      case 'cross-examination':
        return this.placeExamination(order, asker);
      case 'tie-break':
        return this.placeTieBreak(order, asker);
      case 'second-opinion':
        return this.placeSecondOpinion(order, asker);
    }
  }

  /** On the thread of the review; where that is not known any more, on a new one. */
  private async placeQuestion(order: QuestionOrder, asker: Asker): Promise<Job> {
    const finding = this.findingOf(order);
    const { repository, title } = finding;
    const review = order.job === '' ? null : await this.parts.jobs.find(order.job);
    const thread = await this.threads.shared(review?.threadId ?? null);
    const agent = answererOf(finding, review);
    const spec = specOf(this.parts.defaults, 'question', asker, { repository, title: titleOf(title), agent });
    return this.parts.jobs.start({ ...spec, ...thread, finding: order.finding }, order);
  }

  private placeProof(order: ProofOrder, asker: Asker): Promise<Job> {
    const finding = this.findingOf(order);
    const { repository, title } = finding;
    const proof = (agent: ReviewerId): Planned => {
      const spec = specOf(this.parts.defaults, 'proof', asker, { repository, title: titleOf(title), agent });
      return { spec: { ...spec, finding: order.finding }, order: { ...order, agent } };
    };
    const asked = order.agent ? [order.agent] : raisersOf(finding);
    const { jobs } = this.parts;
    return startTogether(jobs, asked.map(proof), ({ spec, order: own }) => jobs.start(spec, own));
  }

  private placeExamination(order: ExaminationOrder, asker: Asker): Promise<Job> {
    const finding = this.findingOf(order);
    const agent = examinerOf(finding, order.agent);
    const { repository, title } = finding;
    const spec = specOf(this.parts.defaults, 'cross-examination', asker, {
      repository,
      title: titleOf(title),
      agent,
    });
    return this.parts.jobs.start({ ...spec, finding: order.finding }, { ...order, agent });
  }

  private placeTieBreak(order: TieBreakOrder, asker: Asker): Promise<Job> {
    const finding = this.findingOf(order);
    const first = drawnSide(finding);
    const { repository, title } = finding;
    const spec = specOf(this.parts.defaults, 'tie-break', asker, {
      repository,
      title: titleOf(title),
      agent: order.agent,
    });
    return this.parts.jobs.start({ ...spec, finding: order.finding }, { ...order, first });
  }

  private async placeSecondOpinion(order: SecondOpinionOrder, asker: Asker): Promise<Job> {
    const { agent, run, pairs } = order;
    const repository = this.parts.repositoryOf(asker.cwd);
    const title = pairs.length === 1 ? 'two findings' : `${pairs.length} pairs of findings`;
    const spec = specOf(this.parts.defaults, 'second-opinion', asker, { repository, title, agent });
    const choice = { model: spec.model ?? '', effort: spec.effort ?? '' };
    const effort = agent === 'codex' ? await this.parts.offeredEffort(repository, choice) : choice.effort;
    return this.parts.jobs.start({ ...spec, effort: effort || null, opinionOn: run }, order);
  }

  private findingOf({ finding: id }: { finding: string }) {
    const finding = this.parts.findFinding(id);
    if (!finding) throw new UsageError('This finding is no longer there.');
    return finding;
  }
}

/** Who answers questions about a finding. @param review null where it is not known (any more) */
export function answererOf(finding: Pick<Finding, 'reviewers'>, review: Job | null): ReviewerId {
  return review?.reviewer ?? raisersOf(finding)[0] ?? 'codex';
}

/** Who can be asked about a finding: those that raised it. What only a tool raised, Codex is asked about. */
export function raisersOf({ reviewers: voices }: Pick<Finding, 'reviewers'>): ReviewerId[] {
  const raisers = voices.filter((voice) => voice !== 'sarif');
  return raisers.length > 0 ? raisers : ['codex'];
}
