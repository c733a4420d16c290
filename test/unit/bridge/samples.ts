import type { Logger } from '../../../src/base/logger.ts';
import type { Finding } from '../../../src/protocol/finding.ts';
import type { Job } from '../../../src/protocol/job.ts';
import type { Report } from '../../../src/protocol/report.ts';

export function sampleJob(overrides: Partial<Job> = {}): Job {
  return {
    id: 'review-1234abcd',
    kind: 'review',
    state: 'succeeded',
    waitingFor: null,
    phase: null,
    activity: null,
    lastHeardAt: null,
    origin: 'cli',
    session: null,
    repository: '/work/shop',
    title: 'uncommitted changes (2 files)',
    target: { kind: 'working-tree', files: 2, lines: null },
    reviewer: 'codex',
    model: 'gpt-5.5',
    provider: 'openai',
    effort: null,
    write: false,
    threadId: 'thread-1',
    resumed: 0,
    tokens: null,
    cost: null,
    structure: 'structured',
    verdict: 'findings',
    summary: '1 finding (P1)',
    notes: [],
    failure: null,
    createdAt: '2026-01-05T09:00:00.000Z',
    startedAt: '2026-01-05T09:00:01.000Z',
    endedAt: '2026-01-05T09:01:00.000Z',
    ...overrides,
  };
}

export function sampleFinding(overrides: Partial<Finding> = {}): Finding {
  return {
    id: 'f-1',
    title: 'Check the category',
    body: 'The category goes into the query `unchecked`.',
    priority: 'P1',
    recommendation: '',
    confidence: 0.9,
    file: 'src/transactions.ts',
    startLine: 12,
    endLine: 14,
    place: 'anchored',
    anchor: null,
    inChange: null,
    tool: '',
    reviewers: ['codex'],
    repository: '/work/shop',
    job: 'review-1234abcd',
    ...overrides,
  };
}

/** A finished review with these findings; its Markdown lists them, as the host's does. */
export function sampleReport(
  findings: Finding[] = [sampleFinding()],
  job: Partial<Job> = {},
  markdown?: string,
): Report {
  const lines = findings.map(
    ({ priority, title, file, startLine, body }) =>
      `- [${priority}] ${title}: ${file}:${startLine}\n\n  ${body}`,
  );
  return {
    job: sampleJob(job),
    result: {
      verdict: findings.length > 0 ? 'findings' : 'clean',
      summary: 'Looks fine apart from that.',
      findings,
      nextSteps: [],
      changes: [],
      evidence: null,
      news: null,
      rawText: '{}',
    },
    markdown: markdown ?? ['# Codex review of uncommitted changes (2 files)', ...lines].join('\n\n'),
  };
}

/** A finished task that changed a file. */
export function sampleTask(job: Partial<Job> = {}, markdown?: string): Report {
  const task: Partial<Job> = {
    id: 'task-1234abcd',
    kind: 'task',
    title: 'Fix the flaky test',
    target: null,
    write: true,
    structure: null,
    verdict: null,
    summary: 'Changed 1 file',
  };
  return {
    job: sampleJob({ ...task, ...job }),
    result: {
      verdict: null,
      summary: 'It was the clock.',
      findings: [],
      nextSteps: [],
      changes: [{ file: 'a.ts', kind: 'update' }],
      evidence: null,
      news: null,
      rawText: 'It was the clock.',
    },
    markdown: markdown ?? '# Codex task: Fix the flaky test\n\nIt was the clock.',
  };
}

export interface RecordingLogger extends Logger {
  readonly entries: readonly { level: string; message: string }[];
  /** Messages of these levels. */
  at(...levels: string[]): string[];
}

export function createRecordingLogger(): RecordingLogger {
  const entries: { level: string; message: string }[] = [];
  const record = (level: string) => (message: string) => void entries.push({ level, message });
  return {
    entries,
    at: (...levels) => entries.filter(({ level }) => levels.includes(level)).map(({ message }) => message),
    trace: record('trace'),
    debug: record('debug'),
    info: record('info'),
    warn: record('warn'),
    error: record('error'),
  };
}
