import { randomBytes } from 'node:crypto';
import { UsageError } from '../base/errors.ts';
import { type ReviewerId, reviewers } from '../protocol/finding.ts';
import { type Race, type Run, isReview } from '../protocol/job.ts';
import type {
  MoreOrder,
  Order,
  ReviewChoice,
  ReviewOrder,
  TaskOrder,
  TransferOrder,
} from '../protocol/order.ts';
import { type Target, type TargetRequest, targetLabel } from '../protocol/target.ts';
import { type FindingOrderParts, FindingOrders } from './findingOrders.ts';
import { type Job, isTerminal } from './job.ts';
import type { Jobs } from './jobs.ts';
import { type Asker, type Planned, specOf, startTogether, titleOf } from './orderSpec.ts';
import { Threads } from './threads.ts';

/** What placing an order needs of the other rooms; `app.ts` joins them. */
export interface OrderParts extends FindingOrderParts {
  jobs: Jobs;
  /** @throws UsageError if there is nothing to review. */
  resolveTarget(cwd: string, target: TargetRequest): Promise<{ repository: string; target: Target }>;
  /** The session that is meant: the file that was named, else the asker's own, else the newest one of the folder. @throws UsageError */
  findSession(asker: Asker, source: string | undefined): Promise<{ file: string; title: string }>;
  /** For the first work of an agent in a repository, where nobody could be asked: where goes what it reads? */
  firstNote(agent: ReviewerId): string;
  /** For a review where nobody could be asked, by an agent that is near a limit of its account; null where it is not, or that is not known. */
  limitNote(agent: ReviewerId): string | null;
  /** Who reviews where the order does not say. */
  reviewer(): ReviewChoice;
  /**
   * Notes the repository as it is, for reviewers that are to see the same, and what of the target they will not; null where that is
   * not possible.
   */
  freeze(repository: string, target: Target): Promise<Run['frozen']>;
  /**
   * The working tree as it is now, as a commit that no branch knows.
   * @throws UsageError where agents cannot work in worktrees, UserError if git cannot
   */
  commitNow(repository: string): Promise<string>;
  /** @throws UsageError for a model, or an effort of it, that is known not to be there; empty ones are never wrong */
  checkModel(repository: string, choice: { model: string; effort: string }): Promise<void>;
}

/** What both agents are to do at once, each in a place of its own. */
export type RaceOrder = Pick<TaskOrder, 'prompt' | 'findings' | 'title'> & Pick<Race, 'check'>;

/** From what was asked for to a job: everything that can be wrong with an order is found before there is one. */
export class Orders {
  private readonly threads: Threads;
  private readonly findings: FindingOrders;

  constructor(private readonly parts: OrderParts) {
    this.threads = new Threads(parts.jobs);
    this.findings = new FindingOrders(parts, this.threads);
  }

  /**
   * Starts a job; resolves as soon as it is durable.
   * @throws UsageError if what the order is about is not there: then there is no job.
   */
  async place(order: Order, asker: Asker): Promise<Job> {
    switch (order.kind) {
      case 'review':
      case 'adversarial-review':
        return this.placeReview(order, asker);
      case 'task':
        return this.placeTask(order, asker);
      case 'transfer':
        return this.placeTransfer(order, asker);
      case 'more':
        return this.placeMore(order, asker);
      default:
        return this.findings.place(order, asker);
    }
  }

  /** The gate's review of what a turn changed; its target is already known. */
  placeGate(repository: string, target: Target, asker: Asker): Promise<Job> {
    const spec = specOf(this.parts.defaults, 'gate', asker, { repository, title: targetLabel(target) });
    return this.start({ spec: { ...spec, target }, order: null });
  }

  /** The last task whose thread could go on: of this session, else of this repository; null if there is none. */
  resumable(repository: string, session: string | null): Promise<Job | null> {
    return this.threads.resumable(repository, session);
  }

  private async placeReview(order: ReviewOrder, asker: Asker): Promise<Job> {
    const { repository, target } = await this.parts.resolveTarget(asker.cwd, order.target);
    const review = ({ agent, run }: { agent: ReviewerId; run?: Run }): Planned => {
      const { model, effort } = order;
      const spec = specOf(this.parts.defaults, order.kind, asker, {
        repository,
        title: targetLabel(target),
        agent,
        model,
        effort,
      });
      return {
        spec: { ...spec, target, ...(run && { run, notes: notesOn(run) }) },
        order: { ...order, reviewer: agent, target: fromRoot(order.target, target) },
      };
    };
    const agent = order.reviewer ?? this.parts.reviewer();
    if (agent !== 'both') return this.start(review({ agent }));
    if (order.model !== '')
      throw new UsageError(
        'A model is of one reviewer, and both are to review.',
        'Name one reviewer too (`--reviewers`), or choose the models of both in the settings.',
      );
    const run = { id: newId('run'), frozen: await this.parts.freeze(repository, target) };
    return this.startTogether(reviewers.map((one) => review({ agent: one, run })));
  }

  private async placeTask(order: TaskOrder, asker: Asker): Promise<Job> {
    const repository = this.parts.repositoryOf(asker.cwd);
    const agent = order.agent ?? 'codex';
    const threadId =
      agent === 'codex' ? await this.threads.ofTask(order.thread, repository, asker.session) : null;
    if (agent === 'claude' && order.thread !== 'fresh')
      throw new UsageError('Claude keeps no session of its tasks that could go on.', 'Start a fresh one.');
    const spec = specOf(this.parts.defaults, 'task', asker, {
      repository,
      title: titleOf(order.title ?? order.prompt),
      agent,
      model: order.model,
      effort: order.effort,
    });
    const isCopy = order.fork === true && threadId !== null;
    const thread = threadId === null || isCopy ? {} : { threadId };
    return this.start({
      spec: { ...spec, write: order.write, ...thread, ...(order.findings && { fixes: order.findings }) },
      order: isCopy ? { ...order, thread: threadId } : order,
    });
  }

  /**
   * Starts a task of each agent, both with the same words, on new threads, from the same commit. The first of them stands
   * for both.
   * @throws as `place`
   */
  async placeRace({ check, ...order }: RaceOrder, asker: Asker): Promise<Job> {
    const repository = this.parts.repositoryOf(asker.cwd);
    const race = { id: newId('race'), base: await this.parts.commitNow(repository), check };
    const task = (agent: ReviewerId): Planned => {
      const title = titleOf(order.title ?? order.prompt);
      const spec = specOf(this.parts.defaults, 'task', asker, { repository, title, agent });
      return {
        spec: { ...spec, write: true, race, ...(order.findings && { fixes: order.findings }) },
        order: { ...order, kind: 'task', write: true, thread: 'fresh', agent, model: '', effort: '' },
      };
    };
    return this.startTogether(reviewers.map(task));
  }

  private async placeTransfer(order: TransferOrder, asker: Asker): Promise<Job> {
    const repository = this.parts.repositoryOf(asker.cwd);
    const { file, title } = await this.parts.findSession(asker, order.source);
    const spec = specOf(this.parts.defaults, 'transfer', asker, { repository, title: titleOf(title) });
    return this.parts.jobs.start(spec, { ...order, source: file });
  }

  /** A job of the review's own kind; but what held Claude up is over. */
  private async placeMore(order: MoreOrder, asker: Asker): Promise<Job> {
    const review = await this.parts.jobs.find(order.job);
    if (!review || !isReview(review.kind) || review.target === null)
      throw new UsageError('That review is no longer known.', 'Start a new one.');
    if (!isTerminal(review.state))
      throw new UsageError(`Review ${review.id} still runs.`, 'Wait for it, or cancel it.');
    const { kind, repository, target, reviewer: agent, model, effort } = review;
    const spec = specOf(this.parts.defaults, kind === 'gate' ? 'review' : kind, asker, {
      repository,
      agent,
      title: `${targetLabel(target)}, a further look`,
      model: model ?? '',
      effort: effort ?? '',
    });
    const thread = await this.threads.shared(review.threadId);
    return this.parts.jobs.start({ ...spec, ...thread, target }, order);
  }

  private startTogether(planned: readonly Planned[]): Promise<Job> {
    return startTogether(this.parts.jobs, planned, (one) => this.start(one));
  }

  /** Of jobs for which somebody chose the model; the others go on with one that has worked before. */
  private async start({ spec, order }: Planned): Promise<Job> {
    const { repository, reviewer = 'codex', model, effort } = spec;
    // Claude Code has no list of its models; what it does not know it says by itself.
    if (reviewer !== 'claude')
      await this.parts.checkModel(repository, { model: model ?? '', effort: effort ?? '' });
    const notes = [...(spec.notes ?? []), ...(await this.notesBefore(spec, reviewer))];
    return this.parts.jobs.start({ ...spec, notes }, order);
  }

  /** In the editor the user has been asked. */
  private async notesBefore(
    { origin, repository, kind }: Planned['spec'],
    agent: ReviewerId,
  ): Promise<string[]> {
    if (origin === 'editor') return [];
    const known = await this.parts.jobs.list(repository);
    const isFirst = known.every(({ reviewer, startedAt }) => reviewer !== agent || startedAt === null);
    const limit = isReview(kind) ? this.parts.limitNote(agent) : null;
    return [...(isFirst ? [this.parts.firstNote(agent)] : []), ...(limit === null ? [] : [limit])];
  }
}

function newId(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}

function notesOn({ frozen }: Run): string[] {
  if (frozen !== null) return [];
  return [
    'The files were read where they are: what was changed meanwhile only one of the reviewers may have seen.',
  ];
}

/** The request as it means the same from the repository's root, where it may be placed again. */
function fromRoot(request: TargetRequest, target: Target): TargetRequest {
  switch (target.kind) {
    case 'files':
      return { ...request, files: target.paths };
    case 'selection':
      return { ...request, files: [target.file] };
    case 'plan':
      return { ...request, plan: target.file };
    default:
      return request;
  }
}
