import { standingOf } from '../../../src/protocol/examination.ts';
import type { HostMessage } from '../../../src/protocol/findingsPage.ts';
import type { Job } from '../../../src/protocol/job.ts';
import type { KnownFinding } from '../../../src/protocol/knownFinding.ts';
import type { FindingDetail, ListedFinding, ListedRun, RunDetail } from '../../../src/protocol/pageSlices.ts';
import type { JobResult } from '../../../src/protocol/report.ts';
import { listedRun } from '../../../src/vscode/snapshot.ts';
import type { Snapshot } from '../../../webview/run.ts';

/** What a host sends, for tests of the findings view at every level. */

/** A finding with all that any process knows of it. */
export type AnyFinding = KnownFinding & ListedFinding;

export const repository = '/work/shop';
export const runId = 'job-2';
const formerId = 'job-1';

/** ms since the epoch: when the reviews of these fixtures are looked at, 83 s after they began. */
export const now = Date.parse('2026-11-22T15:32:23Z');

export function finding(change: Partial<KnownFinding> = {}): AnyFinding {
  const known: KnownFinding = {
    id: 'f1',
    title: 'Charge the card only once when the request is retried',
    body: 'A retry of `charge()` sends a second payment.',
    recommendation: '',
    priority: 'P1',
    confidence: 0.92,
    file: 'src/payments/charge.ts',
    startLine: 42,
    endLine: 47,
    place: 'anchored',
    anchor: null,
    inChange: null,
    tool: '',
    statements: [],
    reviewers: ['codex'],
    repository,
    job: runId,
    state: 'open',
    proof: null,
    reason: '',
    by: 'codex',
    mark: null,
    edited: false,
    firstSeenAt: '2026-11-22T15:32:12Z',
    lastSeenAt: '2026-11-22T15:32:12Z',
    history: [],
    comments: [],
    examinations: [],
    ...change,
  };
  return { ...known, text: known.body, standing: standingOf(known) };
}

export function detail(of: KnownFinding, change: Partial<FindingDetail> = {}): FindingDetail {
  const { id, title, body, recommendation, confidence, reason, by, history, comments } = of;
  return {
    id,
    title,
    body,
    recommendation,
    confidence,
    reason,
    by,
    statements: of.statements,
    tool: of.tool,
    priority: of.priority,
    looks: null,
    history,
    comments,
    examinations: of.examinations,
    ...change,
  };
}

export function run(change: Partial<ListedRun> = {}, of: Partial<Job> = {}): ListedRun {
  return { ...listedRun(job({ summary: '5 findings, 1 of them P0', ...of })), ...change };
}

export function runDetail(change: Partial<RunDetail> = {}): RunDetail {
  return {
    id: runId,
    summary: '',
    notes: [],
    findings: [],
    evidence: null,
    rawText: '',
    rawTextIsCut: false,
    ...change,
  };
}

export function job(change: Partial<Job> = {}): Job {
  return {
    id: runId,
    kind: 'review',
    state: 'succeeded',
    waitingFor: null,
    phase: null,
    activity: null,
    lastHeardAt: null,
    origin: 'editor',
    session: null,
    repository,
    title: 'uncommitted changes (3 files)',
    target: { kind: 'working-tree', files: 3, lines: null },
    reviewer: 'codex',
    model: 'gpt-5.5-codex',
    provider: 'openai',
    effort: 'high',
    write: false,
    threadId: 'thread-1',
    resumed: 0,
    tokens: null,
    cost: null,
    structure: 'structured',
    verdict: 'findings',
    summary: null,
    notes: [],
    failure: null,
    createdAt: '2026-11-22T15:31:00Z',
    startedAt: '2026-11-22T15:31:00Z',
    endedAt: '2026-11-22T15:32:12Z',
    ...change,
  };
}

/** What a review came to; with findings, unless there are none. */
export function jobResult(change: Partial<JobResult> = {}): JobResult {
  return {
    verdict: change.findings?.length === 0 ? 'clean' : 'findings',
    summary: '',
    findings: [],
    nextSteps: [],
    changes: [],
    evidence: null,
    news: null,
    rawText: '',
    ...change,
  };
}

export function snapshot(change: Partial<Snapshot> = {}): Snapshot {
  return {
    findings: [],
    job: null,
    summary: '',
    former: false,
    demo: false,
    trusted: true,
    unmarked: 0,
    ...change,
  };
}

/** The slices that make it, in the order in which a host sends them. */
export function slices({ findings: all, ...rest }: Snapshot): HostMessage[] {
  return [
    { type: 'findings', findings: [...all] },
    { type: 'run', run: rest },
  ];
}

const longBody = [
  'When the gateway times out, `retry()` calls `charge()` again with a **new** idempotency key, so the customer may be charged twice:',
  '',
  '```ts',
  'await retry(() => gateway.charge({ ...order, key: randomUUID() }));',
  '```',
  '',
  'Create the key once, before the first attempt:',
  '',
  '- keep it in the order',
  '- see [idempotent requests](https://example.com/docs/idempotency)',
].join('\n');

/** Five findings in four places, the last two of which can't be opened. */
export const findings: readonly AnyFinding[] = [
  finding({ body: longBody }),
  finding({
    id: 'f2',
    title: 'Never log the full card number',
    body: 'The log line holds the number in clear text.',
    priority: 'P0',
    confidence: 0.99,
    startLine: 12,
    endLine: 12,
  }),
  finding({
    id: 'f3',
    title: 'Close the file handle on early return',
    body: 'The early `return` leaves the file open.',
    priority: 'P2',
    confidence: null,
    file: 'src/export.ts',
    startLine: 8,
    endLine: 9,
  }),
  finding({
    id: 'f4',
    title: 'Unused import',
    body: 'Nothing uses it.',
    priority: 'P3',
    confidence: 0.4,
    file: 'src/legacy/old-importer.ts',
    startLine: 1,
    endLine: 1,
    place: 'missing',
  }),
  finding({
    id: 'f5',
    title: 'System header is patched in place',
    body: 'The build script writes to it.',
    priority: 'P2',
    confidence: 0.7,
    file: '/usr/include/zlib.h',
    startLine: 90,
    endLine: 95,
    place: 'outside',
  }),
];

const former = findings.map((one) => ({ ...one, job: formerId }));

const summary =
  'The change makes payments retry, but **one retry can charge a customer twice**. The export fix is sound apart from a leaked handle.';

const ended = { endedAt: '2026-11-22T15:32:12Z' } as const;
const active = { state: 'running', structure: null, verdict: null, endedAt: null } as const;

/** One snapshot for each state that a user can meet. */
export const states = {
  empty: snapshot(),
  untrusted: snapshot({ trusted: false }),
  queued: snapshot({
    job: job({ ...active, state: 'queued', startedAt: null, model: null, provider: null, effort: null }),
  }),
  running: snapshot({
    job: job({
      ...active,
      phase: 'running a command',
      activity: '/bin/bash -lc \'rg -n "idempotency|charge" src test\'',
    }),
    findings: former,
    former: true,
  }),
  runningFirst: snapshot({ job: job({ ...active, phase: 'reasoning' }) }),
  waiting: snapshot({
    job: job({
      ...active,
      state: 'waiting',
      waitingFor: 'limit',
      activity: 'Usage limit reached, continues at 16:00',
    }),
  }),
  cancelling: snapshot({ job: job({ ...active, state: 'cancelling', phase: 'reasoning' }) }),
  failed: snapshot({
    job: job({
      ...ended,
      state: 'failed',
      verdict: 'failed',
      structure: null,
      failure: {
        message: 'Codex is not logged in (401 Unauthorized).',
        advice: 'Run `codex login` in a terminal, then try again.',
      },
    }),
    findings: former,
    former: true,
  }),
  cancelled: snapshot({ job: job({ ...ended, state: 'cancelled', verdict: 'cancelled', structure: null }) }),
  interrupted: snapshot({
    job: job({
      ...ended,
      state: 'interrupted',
      verdict: null,
      structure: null,
      failure: { message: 'VS Code was closed while the review ran.', advice: 'Start it again.' },
    }),
    findings: former,
    former: true,
  }),
  clean: snapshot({
    job: job({ ...ended, verdict: 'clean' }),
    summary: 'The patch only renames a **private** helper; no behaviour changes.',
  }),
  inconclusive: snapshot({
    job: job({
      ...ended,
      state: 'inconclusive',
      verdict: 'inconclusive',
      structure: 'raw',
      failure: {
        message: 'The reviewer could not read the code: its sandbox was denied.',
        advice: 'Check that bubblewrap works on this machine.',
      },
    }),
    summary: 'I was unable to run any command.',
  }),
  findings: snapshot({ job: job(ended), findings: [...findings], summary }),
  branch: snapshot({
    job: job({
      ...ended,
      structure: 'parsed',
      title: 'changes against origin/main (1 file)',
      target: {
        kind: 'branch',
        base: 'origin/main',
        mergeBase: '0f3c',
        branch: 'feature/retry',
        files: 1,
        lines: null,
      },
    }),
    findings: [finding()],
    summary,
  }),
  adversarial: snapshot({
    job: job({ ...ended, kind: 'adversarial-review' }),
    findings: [finding({ recommendation: 'Create the key **once**, before the first attempt.' })],
    summary,
  }),
  demo: snapshot({
    job: job({ ...ended, model: 'demo-rules', provider: 'tandem-demo', effort: null }),
    findings: [...findings],
    summary,
    demo: true,
  }),
} as const satisfies Record<string, Snapshot>;

/** A review with many findings, three to a file: `Finding 0` in line 1 of `file0.ts` … */
export function many(count: number): Snapshot {
  const list = Array.from({ length: count }, (_, index) =>
    finding({
      id: `m${index}`,
      title: `Finding ${index}`,
      file: `src/file${Math.floor(index / 3)}.ts`,
      startLine: index + 1,
      endLine: index + 1,
    }),
  );
  return snapshot({ job: job(), findings: list });
}
