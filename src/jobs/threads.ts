import { UsageError } from '../base/errors.ts';
import { type Job, isTerminal } from './job.ts';
import type { Jobs } from './jobs.ts';

/** On which threads of Codex new jobs can go on. */
export class Threads {
  constructor(private readonly jobs: Pick<Jobs, 'list' | 'listAll' | 'activeJobs'>) {}

  /** The last task whose thread could go on: of this session, else of this repository; null if there is none. */
  async resumable(repository: string, session: string | null): Promise<Job | null> {
    const jobs = await this.jobs.list(repository);
    const busy = busyThreads(jobs);
    const tasks = jobs.filter(
      ({ kind, threadId, state }) =>
        kind === 'task' && threadId !== null && isTerminal(state) && !busy.has(threadId),
    );
    const own = session === null ? undefined : tasks.find((job) => job.session === session);
    return own ?? tasks[0] ?? null;
  }

  /**
   * The thread that is meant by a task's order; null for a new one.
   * @param thread see `taskOrderSchema`
   * @throws UsageError where a job works on it, or there is none
   */
  async ofTask(thread: string, repository: string, session: string | null): Promise<string | null> {
    if (thread === 'fresh') return null;
    if (thread !== 'resume') {
      // A second turn would not wait: it would steer the running one, with that one's rights (facts: app-server.md, 5).
      const job = busyThreads(await this.jobs.listAll()).get(thread);
      if (job)
        throw new UsageError(`Job ${job.id} still works on that thread.`, 'Wait for it, or cancel it.');
      return thread;
    }
    const task = await this.resumable(repository, session);
    if (task === null)
      throw new UsageError('There is no task of Codex here whose thread could go on.', 'Start a fresh one.');
    return task.threadId;
  }

  /**
   * A thread on which jobs of this host take turns.
   * @throws UsageError where a job of another host works on it: nobody here would notice its end
   */
  async shared(threadId: string | null): Promise<{ threadId?: string }> {
    if (threadId === null) return {};
    const { jobs } = this;
    const own = new Set(jobs.activeJobs().map(({ id }) => id));
    const others = (await jobs.listAll()).filter(({ id }) => !own.has(id));
    const job = busyThreads(others).get(threadId);
    if (job)
      throw new UsageError(
        `Job ${job.id} of another window or terminal works on that thread.`,
        'Wait for it, or cancel it.',
      );
    return { threadId };
  }
}

/** Threads that jobs of any host work on. */
function busyThreads(jobs: readonly Job[]): ReadonlyMap<string, Job> {
  const active = jobs.filter(({ state }) => !isTerminal(state));
  return new Map(active.flatMap((job) => (job.threadId === null ? [] : [[job.threadId, job]])));
}
