import { randomBytes } from 'node:crypto';
import type { ReviewerId } from '../protocol/finding.ts';
import { type Job, type JobKind, jobKinds } from '../protocol/job.ts';

/** What is known of a job before it starts. */
export type JobSpec = Pick<
  Job,
  | 'kind'
  | 'origin'
  | 'session'
  | 'repository'
  | 'title'
  | 'target'
  | 'run'
  | 'race'
  | 'finding'
  | 'opinionOn'
  | 'fixes'
  | 'model'
  | 'effort'
  | 'write'
> & {
  /** Whose job it is; left out for Codex. */
  reviewer?: ReviewerId;
  /** A thread to go on with. */
  threadId?: string;
  notes?: string[];
};

const idPrefixes: Readonly<Record<JobKind, string>> = {
  review: 'review',
  'adversarial-review': 'adversarial',
  task: 'task',
  gate: 'gate',
  transfer: 'transfer',
  question: 'question',
  proof: 'proof',
  'cross-examination': 'examination',
  'tie-break': 'tie-break',
  'second-opinion': 'opinion',
};

/** The kind of a job that may be deleted by now, as its id tells; null for an id that is none of ours. */
export function kindOfId(id: string): JobKind | null {
  return jobKinds.find((kind) => id.startsWith(`${idPrefixes[kind]}-`)) ?? null;
}

/** A job of its own id, which waits for its turn. */
export function newJob({ threadId, reviewer = 'codex', notes = [], ...spec }: JobSpec): Job {
  return {
    ...spec,
    reviewer,
    id: `${idPrefixes[spec.kind]}-${randomBytes(4).toString('hex')}`,
    state: 'queued',
    waitingFor: null,
    phase: null,
    activity: null,
    lastHeardAt: null,
    provider: null,
    threadId: threadId ?? null,
    resumed: 0,
    tokens: null,
    cost: null,
    structure: null,
    verdict: null,
    summary: null,
    notes,
    failure: null,
    createdAt: new Date().toISOString(),
    startedAt: null,
    endedAt: null,
  };
}
