import path from 'node:path';
import { throwIfAborted } from '../base/async.ts';
import { UsageError, UserError } from '../base/errors.ts';
import type { BridgeService, Call } from '../bridge/bridgeService.ts';
import { withHost } from '../client/otherHost.ts';
import type { HostConnection } from '../client/hostConnection.ts';
import { findRepositoryRoot } from '../git/repository.ts';
import { type Job, isTerminal } from '../jobs/job.ts';
import { findingLines, jobsMarkdown } from '../jobs/report.ts';
import type {
  Client,
  DecideParams,
  FindingsParams,
  FindingsResult,
  PrepareTaskParams,
  PrepareTaskResult,
  ScoreParams,
  ScoreResult,
  SetupParams,
  SetupResult,
  StartJobParams,
  StartJobResult,
  StatusParams,
  StatusResult,
  StopParams,
  StopResult,
} from '../protocol/bridge.ts';
import { isOpen } from '../protocol/knownFinding.ts';
import type { Report } from '../protocol/report.ts';
import type { App } from '../app.ts';
import { shouldWait } from './waiting.ts';

/** A list shows so many jobs that have ended, unless all are asked for. */
const listed = 10;

/** What callers of the local socket may ask of this host. */
export class HostService implements BridgeService {
  constructor(private readonly app: App) {}

  greeted({ door, event }: Client): void {
    if (door === 'hook') void this.app.hooksSeen.sawHook(event ?? 'UserPromptExpansion');
  }

  async startJob(params: StartJobParams, call: Call): Promise<StartJobResult> {
    const { cwd, mode, asks = false } = params;
    const { client, signal } = call;
    const isModel = client.door === 'mcp';
    const order = isModel
      ? await this.app.requireConsent(params.order, client.session ?? null)
      : params.order;
    // The user may have taken longer to answer than the caller was there.
    throwIfAborted(signal);
    const job = await this.app.place(order, {
      cwd,
      origin: client.door === 'cli' ? 'cli' : 'claude',
      session: client.session ?? null,
    });
    const setting = this.app.settings().reviewWait;
    const isTerminal = client.door === 'cli';
    const wait = shouldWait({ mode, job, setting, isTerminal });
    if (asks && isTerminal && wait)
      this.app.terminals.attend(job.id, signal, (open) => call.onQuestions({ job: job.id, open: [...open] }));
    return { report: await this.app.report(job), wait };
  }

  async decide({ id, decision }: DecideParams): Promise<null> {
    await this.app.approvals.decide(id, decision);
    return null;
  }

  /** A review by both reviewers has ended when both have, and who was asked for a second opinion on it. */
  async wait({ id }: { id: string }, call: Call): Promise<Report> {
    const { job, elsewhere } = await this.require(id);
    if (elsewhere)
      return this.there(elsewhere, call, (other) => other.wait(job.id, (step) => call.onProgress(step)));
    const partners = await this.app.jobs.partnersOf(job);
    const own = new Set([job, ...partners].map(({ id: jobId }) => jobId));
    const watching = this.app.jobs.onDidChange((changed) => {
      const { id: jobId, reviewer, state, waitingFor, phase, activity } = changed;
      if (own.has(jobId) && !call.signal.aborted)
        call.onProgress({ id: jobId, reviewer, state, waitingFor, phase, activity });
    });
    try {
      for (const partner of partners) await this.waitForEnd(partner, call);
      const ended = await this.app.jobs.wait(job.id);
      const opinion = await this.app.opinionOn(ended);
      if (opinion) await this.waitForEnd(opinion, call);
      return await this.app.report(ended);
    } finally {
      watching.dispose();
    }
  }

  /** After a killed host two others may have taken up one each. */
  private async waitForEnd(job: Job, call: Call): Promise<void> {
    const { elsewhere } = await this.require(job.id);
    if (elsewhere) await this.there(elsewhere, call, (other) => other.wait(job.id, () => undefined));
    else await this.app.jobs.wait(job.id);
  }

  /** The job that is named, and it alone; where none is named, all of the only review that runs. */
  async cancel({ cwd, id }: { cwd: string; id?: string | undefined }, call: Call): Promise<Report> {
    if (id !== undefined) return this.cancelOne((await this.require(id)).job, cwd, call);
    const [first, ...others] = await this.onlyActive(cwd, call.client);
    for (const other of others) await this.cancelOne(other, cwd, call);
    return this.cancelOne(first, cwd, call);
  }

  private async cancelOne({ id }: Job, cwd: string, call: Call): Promise<Report> {
    const { job, elsewhere } = await this.require(id);
    if (elsewhere) return this.there(elsewhere, call, (other) => other.cancel({ cwd, id: job.id }));
    const ended = await (isTerminal(job.state) ? this.app.jobs.wait(job.id) : this.app.jobs.cancel(job.id));
    // Who stops a review by both does not wait for what was to follow from it either.
    const opinion = await this.app.opinionOn(ended);
    if (opinion && !isTerminal(opinion.state)) await this.cancelOne(opinion, cwd, call);
    return this.app.report(ended);
  }

  async result(
    { cwd, id, full = false }: { cwd: string; id?: string | undefined; full?: boolean },
    { client }: Call,
  ): Promise<Report> {
    const job = id === undefined ? await this.latest(cwd, client) : (await this.require(id)).job;
    return this.app.report(job, full);
  }

  async status({ cwd, id, all = false }: StatusParams, { client }: Call): Promise<StatusResult> {
    if (id !== undefined) {
      const { job, change, markdown } = await this.app.report((await this.require(id)).job);
      return { jobs: [job], changes: change ? { [job.id]: change.state } : {}, markdown };
    }
    const repository = all ? null : repositoryOf(cwd);
    const known = repository === null ? await this.app.jobs.listAll() : await this.app.jobs.list(repository);
    const ordered = ownFirst(known, client.session);
    const done = ordered.filter(({ state }) => isTerminal(state));
    const jobs = [
      ...ordered.filter(({ state }) => !isTerminal(state)),
      ...done.slice(0, all ? done.length : listed),
    ];
    const changes = await this.app.changeStates(jobs);
    const markdown = jobsMarkdown(jobs, {
      changes,
      repository: repository === null ? null : path.basename(repository),
      session: client.session,
      more: ordered.length - jobs.length,
      now: Date.now(),
    });
    return { jobs, changes, markdown };
  }

  setup({ cwd, gate, test = false }: SetupParams, { client }: Call): Promise<SetupResult> {
    return this.app.setup({
      cwd,
      test,
      session: client.session ?? null,
      ...(gate !== undefined && { gate }),
    });
  }

  async findings({ cwd, export: options }: FindingsParams): Promise<FindingsResult> {
    const repository = repositoryOf(cwd);
    const findings = (await this.app.findings.of(repository)).filter(isOpen);
    const lines = findings.flatMap((finding) => ['', ...findingLines(finding)]);
    const name = path.basename(repository);
    const head = findings.length === 0 ? `No open findings in ${name}.` : `Open findings in ${name}:`;
    return {
      findings,
      markdown: [head, ...lines].join('\n'),
      ...(options && { exported: await this.app.exportFindings(repository, options) }),
    };
  }

  score({ cwd }: ScoreParams): Promise<ScoreResult> {
    return this.app.scoreCard(repositoryOf(cwd));
  }

  async prepareTask({ cwd, permit }: PrepareTaskParams, { client }: Call): Promise<PrepareTaskResult> {
    const repository = repositoryOf(cwd);
    const session = client.session ?? null;
    if (permit && session !== null) await this.app.permits.give(session, permit);
    return { resumable: await this.app.orders.resumable(repository, session) };
  }

  async stop({ cwd, again, hook }: StopParams, { client, signal }: Call): Promise<StopResult> {
    const repository = findRepositoryRoot(cwd);
    const { session } = client;
    if (repository === null || session === undefined) return { decision: 'allow' };
    return this.app.stop({ repository, session, again, hook, signal });
  }

  async sessionStart({ cwd }: { cwd: string }, { client }: Call): Promise<null> {
    const repository = findRepositoryRoot(cwd);
    if (repository !== null && client.session !== undefined)
      await this.app.gate.begin(repository, client.session);
    return null;
  }

  /** Jobs go on: a session only attaches and detaches. */
  async sessionEnd({ cwd }: { cwd: string }, { client }: Call): Promise<null> {
    const repository = findRepositoryRoot(cwd);
    const { session } = client;
    if (session === undefined) return null;
    await this.app.permits.withdraw(session);
    if (repository !== null) await this.app.gates.forget(repository, session);
    return null;
  }

  /** Asks the host that runs the job; one that is asked so asks nobody else. */
  private there<T>(
    owner: { pid: number; startTime: string | null },
    { client }: Call,
    work: (other: HostConnection) => Promise<T>,
  ): Promise<T> {
    if (client.door === 'host') throw new UserError('The job runs in yet another window or terminal.');
    const { stateHome, bridge } = this.app;
    const asking: Client = { ...client, door: 'host' };
    return withHost(owner, { stateHome, client: asking, ownId: bridge.id }, work);
  }

  /** @throws UsageError for an id that is unknown or not unique. */
  private async require(id: string) {
    const found = await this.app.jobs.locate(id);
    if (!found) throw new UsageError(`There is no job ${id}.`, '`status --all` lists the jobs.');
    return found;
  }

  /** The job that is meant where none is named, with the other one of its run or race. @throws UsageError if that is not clear */
  private async onlyActive(cwd: string, { session, door }: Client): Promise<[Job, ...Job[]]> {
    const jobs = await this.app.jobs.list(repositoryOf(cwd));
    const active = jobs.filter(({ state }) => !isTerminal(state));
    const own = active.filter((job) => session !== undefined && job.session === session);
    // Claude's model may name a job; what it does not name is its own.
    const candidates = own.length > 0 || door === 'mcp' ? own : active;
    const [first, ...others] = candidates;
    if (!first) throw new UsageError('Nothing runs in this repository.', '`status --all` lists all jobs.');
    if (isOneRun(candidates)) return [first, ...others];
    throw severalRun(candidates);
  }

  /** Of this session's jobs if it has any: the one that runs, else the newest. @throws UsageError if several run */
  private async latest(cwd: string, { session }: Client): Promise<Job> {
    const repository = repositoryOf(cwd);
    const jobs = ownFirst(await this.app.jobs.list(repository), session);
    const own = jobs.filter((job) => session !== undefined && job.session === session);
    const candidates = own.length > 0 ? own : jobs;
    const active = candidates.filter(({ state }) => !isTerminal(state));
    if (!isOneRun(active)) throw severalRun(active);
    const job = active[0] ?? candidates[0];
    if (!job) throw new UsageError(`No jobs yet in ${path.basename(repository)}.`);
    return job;
  }
}

/** One job at most, or both of a review by both reviewers, or both of a fix race. */
function isOneRun(jobs: readonly Job[]): boolean {
  const ids = new Set(jobs.map(({ id, run, race }) => run?.id ?? race?.id ?? id));
  return ids.size <= 1;
}

function severalRun(jobs: readonly Job[]): UsageError {
  const list = jobs.map(({ id, title }) => `- ${id}: ${title}`).join('\n');
  return new UsageError(`Several jobs run; name the one that you mean:\n${list}`);
}

function ownFirst(jobs: readonly Job[], session: string | undefined): Job[] {
  if (session === undefined) return [...jobs];
  const isOwn = (job: Job) => Number(job.session === session);
  return [...jobs].sort((a, b) => isOwn(b) - isOwn(a));
}

function repositoryOf(cwd: string): string {
  const repository = findRepositoryRoot(cwd);
  if (repository === null) throw new UsageError(`${cwd} is not inside a git repository.`);
  return repository;
}
