import { tagged } from '../base/logger.ts';
import type { AppServer } from '../codex/appServer.ts';
import type { Approvals } from '../codex/approvals.ts';
import { CodexReviewer } from '../codex/reviewer.ts';
import { CodexTaskRunner } from '../codex/taskRunner.ts';
import { ThreadWork } from '../codex/threadWork.ts';
import type { FindingStore } from '../findings/findingStore.ts';
import { interpret } from '../findings/interpret.ts';
import { parseStructuredOutput } from '../findings/parseStructured.ts';
import { readOutput } from '../findings/readOutput.ts';
import { ReviewedTexts } from '../findings/reviewedTexts.ts';
import { reviewOutcome } from '../jobs/job.ts';
import type { Runner } from '../jobs/jobRun.ts';
import { findingsSummary, quietAfter } from '../jobs/report.ts';
import { createReviewRunner } from '../jobs/reviewRunner.ts';
import { createTaskRunner } from '../jobs/taskRunner.ts';
import { createTransferRunner } from '../jobs/transferRunner.ts';
import type { JobKind } from '../protocol/job.ts';
import { prepareReview } from './briefs.ts';
import type { Host } from './host.ts';
import { transferToCodex } from './transfer.ts';

export interface RunnerParts {
  host: Host;
  appServer: AppServer;
  approvals: Approvals;
  findings: FindingStore;
}

/** The work of every kind of job, with the rooms that do it. */
export function createRunners(parts: RunnerParts): Readonly<Record<JobKind, Runner>> {
  const { host, appServer, approvals } = parts;
  const logger = tagged(host.logger, 'codex');
  const threads = new ThreadWork({ appServer, logger, quietAfter: host.timing?.quiet ?? quietAfter });
  const review = reviewRunner(parts, threads);
  return {
    review,
    'adversarial-review': review,
    gate: review,
    task: createTaskRunner(new CodexTaskRunner(threads, approvals)),
    transfer: createTransferRunner(transferToCodex({ appServer, env: host.env, logger })),
  };
}

function reviewRunner({ host, findings }: RunnerParts, threads: ThreadWork): Runner {
  const { env } = host;
  return createReviewRunner({
    reviewer: new CodexReviewer({
      threads,
      readNative: readOutput,
      readStructured: parseStructuredOutput,
      mcpServers: () => host.settings().reviewMcpServers,
      logger: tagged(host.logger, 'codex'),
    }),
    prepare: (job, target, focus) => prepareReview(job, target, focus, { env }),
    interpret: async (answer, { id: job, reviewer, repository }) => {
      const texts = new ReviewedTexts(host.stateHome, repository, tagged(host.logger, 'findings'));
      const context = { repository, job, reviewer, keepText: (text: string) => texts.keep(text) };
      const { verdict, structure, reason, ...rest } = await interpret(answer, context);
      const summary = findingsSummary(rest.findings);
      return { outcome: reviewOutcome(verdict, structure, reason, summary), ...rest };
    },
    record: (job, reported) =>
      findings.record({ job, findings: reported, files: null, earlier: [], additional: false }),
  });
}
