import { UsageError } from '../base/errors.ts';
import type { ReviewerId } from '../protocol/finding.ts';
import type { JobKind } from '../protocol/job.ts';
import { type Order, claudeEfforts } from '../protocol/order.ts';
import type { Job } from './job.ts';
import type { Jobs } from './jobs.ts';
import type { JobSpec } from './newJob.ts';

/** Who asks, and where. */
export interface Asker {
  /** The folder that it was asked for in. */
  cwd: string;
  origin: Job['origin'];
  /** Session of Claude Code, if one asks. */
  session: string | null;
}

/** A job before there is one. */
export interface Planned {
  spec: JobSpec;
  order: Order | null;
}

/** The user's choice of model and effort, empty for none. */
export type Defaults = (kind: JobKind, agent: ReviewerId) => { model: string; effort: string };

/** Longer prompts are cut in titles. Characters. */
const maxTitle = 80;

/**
 * What every job has, whatever it is about.
 * @throws UsageError for an effort that Claude does not have
 */
export function specOf(
  defaults: Defaults,
  kind: JobKind,
  { origin, session }: Asker,
  known: { repository: string; title: string; agent?: ReviewerId; model?: string; effort?: string },
): JobSpec {
  const { repository, title, agent = 'codex', model = '', effort = '' } = known;
  const { model: defaultModel, effort: defaultEffort } = defaults(kind, agent);
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

/** A prompt or title in one line, as far as there is room for it. */
export function titleOf(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > maxTitle ? `${line.slice(0, maxTitle - 1)}…` : line;
}

/**
 * Starts what belongs together; the first stands for all.
 * @throws whatever `start` throws; then none of them goes on
 */
export async function startTogether(
  jobs: Pick<Jobs, 'cancel'>,
  [first, ...others]: readonly Planned[],
  start: (planned: Planned) => Promise<Job>,
): Promise<Job> {
  if (!first) throw new Error('Nobody is asked.');
  const job = await start(first);
  try {
    for (const other of others) await start(other);
  } catch (error) {
    await jobs.cancel(job.id);
    throw error;
  }
  return job;
}

/** Claude Code would ignore another one, and say so only where nobody looks. */
function assertEffortOfClaude(effort: string): void {
  if (effort === '' || (claudeEfforts as readonly string[]).includes(effort)) return;
  throw new UsageError(`Claude has no effort “${effort}”.`, `It has ${claudeEfforts.join(', ')}.`);
}
