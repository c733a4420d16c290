import { randomBytes } from 'node:crypto';
import { UsageError } from '../base/errors.ts';
import { type JobKind, type Race, type Run, isReview } from '../protocol/job.ts';
import {
  type ExaminationOrder,
  type MoreOrder,
  type Order,
  type ProofOrder,
  type QuestionOrder,
  type ReviewChoice,
  type ReviewOrder,
  type SecondOpinionOrder,
  type TaskOrder,
  type TieBreakOrder,
  type TransferOrder,
  claudeEfforts,
} from '../protocol/order.ts';
import { type Finding, type ReviewerId, reviewers } from '../protocol/finding.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import { type Target, type TargetRequest, targetLabel } from '../protocol/target.ts';
import { drawnSide, examinerOf } from './examiner.ts';
import { type Job, isTerminal } from './job.ts';
import type { JobSpec, Jobs } from './jobs.ts';
import { Threads } from './threads.ts';

/** Who asks, and where. */
export interface Asker {
  /** The folder that it was asked for in. */
  cwd: string;
  origin: Job['origin'];
  /** Session of Claude Code, if one asks. */
  session: string | null;
}

/** What placing an order needs of the other rooms; `app.ts` joins them. */
export interface OrderParts {
  jobs: Jobs;
  /** @throws UsageError if there is nothing to review. */
  resolveTarget(cwd: string, target: TargetRequest): Promise<{ repository: string; target: Target }>;
  /** @throws UsageError outside of a repository. */
  repositoryOf(cwd: string): string;
  /** The session that is meant: the file that was named, else the asker's own, else the newest one of the folder. @throws UsageError */
  findSession(asker: Asker, source: string | undefined): Promise<{ file: string; title: string }>;
  /** What is known of a finding; undefined if there is none of that id. */
  findFinding(
    id: string,
  ): Pick<KnownFinding, 'title' | 'repository' | 'reviewers' | 'examinations'> | undefined;
  /** The user's choice of model and effort, empty for none. */
  defaults(kind: JobKind, agent: ReviewerId): { model: string; effort: string };
  /** For the first work of an agent in a repository, where nobody could be asked: where goes what it reads? */
  firstNote(agent: ReviewerId): string;
  /** Who reviews where the order does not say. */
  reviewer(): ReviewChoice;
  /** Notes the repository as it is, for reviewers that are to see the same; null where that is not possible. */
  freeze(repository: string): Promise<Run['frozen']>;
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

/** Longer prompts are cut in titles. Characters. */
const maxTitle = 80;

/** From what was asked for to a job: everything that can be wrong with an order is found before there is one. */
export class Orders {
  private readonly threads: Threads;

  constructor(private readonly parts: OrderParts) {
    this.threads = new Threads(parts.jobs);
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
      case 'question':
        return this.placeQuestion(order, asker);
      case 'more':
        return this.placeMore(order, asker);
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

  /** The gate's review of what a turn changed; its target is already known. */
  placeGate(repository: string, target: Target, asker: Asker): Promise<Job> {
    const spec = this.spec('gate', asker, { repository, title: targetLabel(target) });
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
      const spec = this.spec(order.kind, asker, {
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
    const run = { id: newId('run'), frozen: await this.parts.freeze(repository) };
    return this.startBoth(reviewers.map((one) => review({ agent: one, run })));
  }

  /** The first of them stands for both. @throws as `start`; then none of them goes on */
  private async startBoth(
    [first, ...others]: readonly Planned[],
    start = (planned: Planned) => this.start(planned),
  ): Promise<Job> {
    if (!first) throw new Error('Nobody is asked.');
    const job = await start(first);
    try {
      for (const other of others) await start(other);
    } catch (error) {
      await this.parts.jobs.cancel(job.id);
      throw error;
    }
    return job;
  }

  private async placeTask(order: TaskOrder, asker: Asker): Promise<Job> {
    const repository = this.parts.repositoryOf(asker.cwd);
    const agent = order.agent ?? 'codex';
    const threadId =
      agent === 'codex' ? await this.threads.ofTask(order.thread, repository, asker.session) : null;
    if (agent === 'claude' && order.thread !== 'fresh')
      throw new UsageError('Claude keeps no session of its tasks that could go on.', 'Start a fresh one.');
    const spec = this.spec('task', asker, {
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
      const spec = this.spec('task', asker, { repository, title, agent });
      return {
        spec: { ...spec, write: true, race, ...(order.findings && { fixes: order.findings }) },
        order: { ...order, kind: 'task', write: true, thread: 'fresh', agent, model: '', effort: '' },
      };
    };
    return this.startBoth(reviewers.map(task));
  }

  private async placeTransfer(order: TransferOrder, asker: Asker): Promise<Job> {
    const repository = this.parts.repositoryOf(asker.cwd);
    const { file, title } = await this.parts.findSession(asker, order.source);
    const spec = this.spec('transfer', asker, { repository, title: titleOf(title) });
    return this.parts.jobs.start(spec, { ...order, source: file });
  }

  /** On the thread of the review; where that is not known any more, on a new one. */
  private async placeQuestion(order: QuestionOrder, asker: Asker): Promise<Job> {
    const finding = this.findingOf(order);
    const { repository, title } = finding;
    const review = order.job === '' ? null : await this.parts.jobs.find(order.job);
    const thread = await this.threads.shared(review?.threadId ?? null);
    const agent = review?.reviewer ?? raisersOf(finding)[0] ?? 'codex';
    const spec = this.spec('question', asker, { repository, title: titleOf(title), agent });
    return this.parts.jobs.start({ ...spec, ...thread, finding: order.finding }, order);
  }

  private placeProof(order: ProofOrder, asker: Asker): Promise<Job> {
    const finding = this.findingOf(order);
    const { repository, title } = finding;
    const proof = (agent: ReviewerId): Planned => {
      const spec = this.spec('proof', asker, { repository, title: titleOf(title), agent });
      return { spec: { ...spec, finding: order.finding }, order: { ...order, agent } };
    };
    const asked = order.agent ? [order.agent] : raisersOf(finding);
    return this.startBoth(asked.map(proof), ({ spec, order: own }) => this.parts.jobs.start(spec, own));
  }

  private placeExamination(order: ExaminationOrder, asker: Asker): Promise<Job> {
    const finding = this.findingOf(order);
    const agent = examinerOf(finding, order.agent);
    const { repository, title } = finding;
    const spec = this.spec('cross-examination', asker, { repository, title: titleOf(title), agent });
    return this.parts.jobs.start({ ...spec, finding: order.finding }, { ...order, agent });
  }

  private placeTieBreak(order: TieBreakOrder, asker: Asker): Promise<Job> {
    const finding = this.findingOf(order);
    const first = drawnSide(finding);
    const { repository, title } = finding;
    const spec = this.spec('tie-break', asker, { repository, title: titleOf(title), agent: order.agent });
    return this.parts.jobs.start({ ...spec, finding: order.finding }, { ...order, first });
  }

  private placeSecondOpinion(order: SecondOpinionOrder, asker: Asker): Promise<Job> {
    const { agent, run, pairs } = order;
    const repository = this.parts.repositoryOf(asker.cwd);
    const title = pairs.length === 1 ? 'two findings' : `${pairs.length} pairs of findings`;
    const spec = this.spec('second-opinion', asker, { repository, title, agent });
    return this.parts.jobs.start({ ...spec, opinionOn: run }, order);
  }

  private findingOf({ finding: id }: { finding: string }) {
    const finding = this.parts.findFinding(id);
    if (!finding) throw new UsageError('This finding is no longer there.');
    return finding;
  }

  /** A job of the review's own kind; but what held Claude up is over. */
  private async placeMore(order: MoreOrder, asker: Asker): Promise<Job> {
    const review = await this.parts.jobs.find(order.job);
    if (!review || !isReview(review.kind) || review.target === null)
      throw new UsageError('That review is no longer known.', 'Start a new one.');
    if (!isTerminal(review.state))
      throw new UsageError(`Review ${review.id} still runs.`, 'Wait for it, or cancel it.');
    const { kind, repository, target, reviewer: agent, model, effort } = review;
    const spec = this.spec(kind === 'gate' ? 'review' : kind, asker, {
      repository,
      agent,
      title: `${targetLabel(target)}, a further look`,
      model: model ?? '',
      effort: effort ?? '',
    });
    const thread = await this.threads.shared(review.threadId);
    return this.parts.jobs.start({ ...spec, ...thread, target }, order);
  }

  /** Of jobs for which somebody chose the model; the others go on with one that has worked before. */
  private async start({ spec, order }: Planned): Promise<Job> {
    const { repository, reviewer = 'codex', model, effort } = spec;
    // Claude Code has no list of its models; what it does not know it says by itself.
    if (reviewer !== 'claude')
      await this.parts.checkModel(repository, { model: model ?? '', effort: effort ?? '' });
    const notes = [...(spec.notes ?? []), ...(await this.firstNotes(spec.origin, repository, reviewer))];
    return this.parts.jobs.start({ ...spec, notes }, order);
  }

  /** In the editor the user has been asked. */
  private async firstNotes(origin: Job['origin'], repository: string, agent: ReviewerId): Promise<string[]> {
    if (origin === 'editor') return [];
    const known = await this.parts.jobs.list(repository);
    const isFirst = known.every(({ reviewer, startedAt }) => reviewer !== agent || startedAt === null);
    return isFirst ? [this.parts.firstNote(agent)] : [];
  }

  private spec(
    kind: JobKind,
    { origin, session }: Asker,
    known: { repository: string; title: string; agent?: ReviewerId; model?: string; effort?: string },
  ): JobSpec {
    const { repository, title, agent = 'codex', model = '', effort = '' } = known;
    const { model: defaultModel, effort: defaultEffort } = this.parts.defaults(kind, agent);
    if (agent === 'claude') assertEffortOfClaude(effort);
    return {
      kind,
      origin,
      session,
      repository,
      title,
      reviewer: agent,
      target: null,
      model: model || defaultModel || null,
      effort: effort || defaultEffort || null,
      write: false,
    };
  }
}

function newId(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}

/** A job before there is one. */
interface Planned {
  spec: JobSpec;
  order: Order | null;
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

/** Who can be asked about a finding: those that raised it. What only a tool raised, Codex is asked about. */
function raisersOf({ reviewers: voices }: Pick<Finding, 'reviewers'>): ReviewerId[] {
  const raisers = voices.filter((voice) => voice !== 'sarif');
  return raisers.length > 0 ? raisers : ['codex'];
}

/** Claude Code would ignore another one, and say so only where nobody looks. */
function assertEffortOfClaude(effort: string): void {
  if (effort === '' || (claudeEfforts as readonly string[]).includes(effort)) return;
  throw new UsageError(`Claude has no effort “${effort}”.`, `It has ${claudeEfforts.join(', ')}.`);
}

function titleOf(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > maxTitle ? `${line.slice(0, maxTitle - 1)}…` : line;
}
