import { thisOwner } from '../../../src/base/owner.ts';
import { FindingStore, type RecordedReview } from '../../../src/findings/findingStore.ts';
import type { KnownExamination } from '../../../src/protocol/examination.ts';
import type { Finding, ReviewerId } from '../../../src/protocol/finding.ts';
import type { JobKind } from '../../../src/protocol/job.ts';
import type { KnownFinding } from '../../../src/protocol/knownFinding.ts';

export const repository = '/repository';

/** A finding, as a review hands it to the store. */
export function finding(id: string, more: Partial<Finding> = {}): Finding {
  return {
    id,
    title: id,
    body: '',
    recommendation: '',
    priority: 'P2',
    confidence: null,
    file: 'a.ts',
    startLine: 1,
    endLine: 1,
    place: 'anchored',
    anchor: null,
    inChange: null,
    reviewers: ['codex'],
    tool: '',
    repository,
    job: 'j',
    ...more,
  };
}

export function known(id: string, more: Partial<KnownFinding> = {}): KnownFinding {
  const { title, body, recommendation, priority, confidence, job, reviewers } = finding(id, more);
  const words = { title, body, recommendation, priority, confidence, job, fixed: null };
  return {
    ...finding(id),
    statements: reviewers.map((by) => ({ by, ...words })),
    state: 'open',
    proof: null,
    reason: '',
    by: 'codex',
    mark: 'new',
    edited: false,
    firstSeenAt: '2026-01-01T00:00:00.000Z',
    lastSeenAt: '2026-01-01T00:00:00.000Z',
    history: [],
    comments: [],
    examinations: [],
    ...more,
  };
}

/** Claude looked at a finding that it had not raised. */
export function examination(change: Partial<KnownExamination> = {}): KnownExamination {
  return {
    by: 'claude',
    verdict: 'refute',
    reason: 'It is meant.',
    quotes: [],
    looks: [],
    job: 'examination-1',
    tieBreak: null,
    at: '2026-01-01T11:00:00.000Z',
    current: true,
    ...change,
  };
}

/** A review by Codex that looked at `a.ts`. */
export function review(
  id: string,
  findings: readonly Finding[],
  more: { reviewer?: ReviewerId; kind?: JobKind; repository?: string } & Partial<
    Omit<RecordedReview, 'job' | 'findings'>
  > = {},
): RecordedReview {
  const { reviewer = 'codex', kind = 'review', repository: root = repository, ...rest } = more;
  return {
    job: { repository: root, id, reviewer, kind },
    findings,
    files: ['a.ts'],
    earlier: [],
    additional: false,
    ...rest,
  };
}

export function createStore(home: string, more: Partial<ConstructorParameters<typeof FindingStore>[0]> = {}) {
  const warnings: string[] = [];
  const quiet = () => undefined;
  const logger = {
    trace: quiet,
    debug: quiet,
    info: quiet,
    warn: (text: string) => void warnings.push(text),
    error: (text: string) => void warnings.push(text),
  };
  const store = new FindingStore({ stateHome: home, owner: thisOwner(), logger, ...more });
  return { store, warnings };
}
