import { blockReason } from '../../prompts/gate/block.ts';
import { onAbort, settlesWithin } from '../base/async.ts';
import { UserError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { StopParams, StopResult } from '../protocol/bridge.ts';
import type { Job } from '../protocol/job.ts';
import type { Report } from '../protocol/report.ts';
import type { Target } from '../protocol/target.ts';
import type { GateStore, GateTurn } from './gateStore.ts';

export interface GateSettings {
  /** Which of the two hooks does the work: the one that Claude waits for, or the one that wakes it afterwards. */
  hook: StopParams['hook'];
  /** How often Claude is sent back before the user has spoken again. */
  maxRounds: number;
  /** The review is given up after this time. Milliseconds; below the hook's own time-out. */
  deadline: number;
}

/** What the gate needs of the other rooms; `app.ts` joins them. */
export interface GateParts {
  store: GateStore;
  settings: () => GateSettings;
  /** A git tree that holds the working tree as it is. */
  snapshot: (repository: string) => Promise<string>;
  /** Null where nothing differs. */
  changed: (repository: string, from: string, to: string) => Promise<Target | null>;
  review: (repository: string, target: Target, session: string) => Promise<Job>;
  wait: (id: string) => Promise<Job>;
  cancel: (id: string) => Promise<Job>;
  report: (job: Job) => Promise<Report>;
  logger: Logger;
}

/** Who stops where. */
export interface Stop {
  /** Absolute real path of the repository's root. */
  repository: string;
  session: string;
  /** Claude goes on already because of a Stop hook. */
  again: boolean;
  hook: StopParams['hook'];
  /** Aborted once nobody waits for the decision any more: the user has pressed Esc, or the session has ended. */
  signal?: AbortSignal;
}

const allow: StopResult = { decision: 'allow' };

/** The review at the end of a turn of Claude: allow, block with the findings, or could not run, which allows too. */
export class Gate {
  constructor(private readonly parts: GateParts) {}

  /** From now on what changes is what this session has to answer for. */
  async begin(repository: string, session: string): Promise<void> {
    const { store, snapshot } = this.parts;
    if (!(await store.isOn(repository))) return;
    await store.saveTurn(repository, session, { baseline: await snapshot(repository), rounds: 0 });
  }

  /** Never rejects: whatever goes wrong lets Claude stop, and says so. */
  async stop(stop: Stop): Promise<StopResult> {
    try {
      return await this.decide(stop);
    } catch (error) {
      if (!(error instanceof UserError)) this.parts.logger.error(messageOf(error));
      return couldNotRun(messageOf(error));
    }
  }

  private async decide(stop: Stop): Promise<StopResult> {
    const { store, settings, snapshot, review } = this.parts;
    const { repository, session } = stop;
    const { hook, maxRounds } = settings();
    if (stop.hook !== hook || !(await store.isOn(repository))) return allow;
    const known = await store.turn(repository, session);
    const tree = await snapshot(repository);
    const rounds = stop.again ? (known?.rounds ?? 0) : 0;
    // Without a baseline the gate was switched on in the middle of this session: it begins now.
    const turn = known && { ...known, rounds };
    if (!turn || rounds >= maxRounds) return this.pass(stop, tree, rounds);
    await store.saveTurn(repository, session, turn);
    const target = await this.changedSince(stop, turn, tree);
    if (target === null) return this.pass(stop, tree, rounds);
    const job = await this.awaited(await review(repository, target, session), stop);
    // What nobody waited for is not reviewed yet, and not let pass either: the next stop looks at it.
    return stop.signal?.aborted === true ? allow : this.judge(job, { stop, tree, turn });
  }

  /** The job once it has ended; nobody pays for a review that nobody hears of. */
  private async awaited(job: Job, { signal }: Stop): Promise<Job> {
    const { cancel, logger } = this.parts;
    const abandon = () =>
      void cancel(job.id).catch((error: unknown) => logger.warn(`${job.id}: ${messageOf(error)}`));
    const stopListening = signal && onAbort(signal, abandon);
    try {
      return await this.inTime(job);
    } finally {
      stopListening?.();
    }
  }

  private async judge(
    job: Job,
    { stop, tree, turn }: { stop: Stop; tree: string; turn: GateTurn },
  ): Promise<StopResult> {
    // Whoever cancels a gate's review wants Claude to stop.
    if (job.verdict === 'clean' || job.state === 'cancelled') return this.pass(stop, tree, turn.rounds);
    const { store, report } = this.parts;
    if (job.verdict !== 'findings') return couldNotRun(reasonOf(job));
    await store.saveTurn(stop.repository, stop.session, { ...turn, rounds: turn.rounds + 1 });
    const { markdown } = await report(job);
    return { decision: 'block', reason: blockReason(markdown) };
  }

  /** @throws UserError if git no longer has the baseline, which it may forget after two weeks: it begins anew then. */
  private async changedSince(
    stop: Stop,
    { baseline, rounds }: GateTurn,
    tree: string,
  ): Promise<Target | null> {
    try {
      return await this.parts.changed(stop.repository, baseline, tree);
    } catch (error) {
      await this.pass(stop, tree, rounds);
      throw error;
    }
  }

  /** What has been let pass is not looked at again. The rounds count until the user speaks. */
  private async pass(stop: Stop, tree: string, rounds: number): Promise<StopResult> {
    await this.parts.store.saveTurn(stop.repository, stop.session, { baseline: tree, rounds });
    return allow;
  }

  /** @throws UserError if it takes too long; it is cancelled then. */
  private async inTime({ id }: Job): Promise<Job> {
    const { wait, cancel, settings } = this.parts;
    const { deadline } = settings();
    const ended = wait(id);
    if (await settlesWithin(ended, deadline)) return ended;
    const job = await cancel(id);
    // It may have come to its end after all.
    if (job.state !== 'cancelled') return job;
    throw new UserError(
      `it took longer than ${Math.round(deadline / 60_000)} min and was cancelled (${id}).`,
    );
  }
}

function reasonOf({ failure, state, id }: Job): string {
  return `${failure?.message ?? `it ended as ${state}.`} (${id})`;
}

function couldNotRun(reason: string): StopResult {
  return {
    decision: 'allow',
    warning: `Tandem’s review gate could not run, so this turn of Claude was not reviewed: ${reason}`,
  };
}
