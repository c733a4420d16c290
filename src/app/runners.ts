import { proofPrompt } from '../../prompts/review/proof.ts';
import { questionPrompt } from '../../prompts/review/question.ts';
import { tagged } from '../base/logger.ts';
import type { AppServer } from '../codex/appServer.ts';
import type { Approvals } from '../codex/approvals.ts';
import { type Endpoint, parseEndpoint } from '../codex/endpoint.ts';
import { CodexReviewer } from '../codex/reviewer.ts';
import { answerQuestions } from '../codex/questions.ts';
import { CodexTaskRunner } from '../codex/taskRunner.ts';
import type { TaskRules } from '../codex/taskRules.ts';
import { ThreadWork } from '../codex/threadWork.ts';
import { carriedBy } from '../findings/carried.ts';
import type { FindingStore } from '../findings/findingStore.ts';
import { interpret } from '../findings/interpret.ts';
import { parseStructuredOutput } from '../findings/parseStructured.ts';
import { readOutput } from '../findings/readOutput.ts';
import { ReviewedTexts } from '../findings/reviewedTexts.ts';
import { versionText } from '../git/versionText.ts';
import type { Runner } from '../jobs/jobRun.ts';
import { quietAfter } from '../jobs/report.ts';
import { createQuestionRunner } from '../jobs/questionRunner.ts';
import { createProofRunner } from '../jobs/proofRunner.ts';
import { createReviewRunner } from '../jobs/reviewRunner.ts';
import { createTaskRunner } from '../jobs/taskRunner.ts';
import { createTransferRunner } from '../jobs/transferRunner.ts';
import type { JobKind } from '../protocol/job.ts';
import type { QuestionOrder } from '../protocol/order.ts';
import type { Job } from '../jobs/job.ts';
import { type KnownFinding, isOpen } from '../protocol/knownFinding.ts';
import { prepareMore, prepareReview } from './briefs.ts';
import type { Fixes } from './fixes.ts';
import type { Conversations } from './conversations.ts';
import type { Host } from './host.ts';
import { onSameCheckout } from './remoteCheckout.ts';
import type { TaskChanges } from './taskChanges.ts';
import { transferToCodex } from './transfer.ts';
import { openWorkplace } from './workplaces.ts';

export interface RunnerParts {
  host: Host;
  appServer: AppServer;
  approvals: Approvals;
  findings: FindingStore;
  conversations: Conversations;
  changes: TaskChanges;
  fixes: Fixes;
}

/** The work of every kind of job, with the rooms that do it. */
export function createRunners(parts: RunnerParts): Readonly<Record<JobKind, Runner>> {
  const { host, appServer } = parts;
  const logger = tagged(host.logger, 'codex');
  const threads = new ThreadWork({ appServer, logger, quietAfter: host.timing?.quiet ?? quietAfter });
  const remote = {
    appServer,
    git: { env: host.env },
    adopted: (threadId: string) => threads.expectRunning(threadId),
  };
  const review = onSameCheckout(reviewRunner(parts, threads), remote);
  return {
    review,
    'adversarial-review': review,
    gate: review,
    task: onSameCheckout(taskRunner(parts, threads), remote),
    question: onSameCheckout(questionRunner(parts, threads), remote),
    proof: onSameCheckout(proofRunner(parts, threads), remote),
    transfer: createTransferRunner(transferToCodex({ appServer, env: host.env, logger })),
  };
}

function taskRunner({ host, approvals, changes }: RunnerParts, threads: ThreadWork): Runner {
  const codex = new CodexTaskRunner({ threads, approvals, rules: () => taskRules(host) });
  const workplaces = {
    stateHome: host.stateHome,
    changes,
    place: () => host.settings().taskPlace,
    git: () => ({ env: host.env }),
    elsewhere: () => machineOf(parseEndpoint(host.settings().appServerEndpoint)),
  };
  return createTaskRunner(codex, (job) => openWorkplace(job, workplaces));
}

/** A socket and a loopback address are of this machine. */
function machineOf(endpoint: Endpoint | null): string | null {
  return endpoint?.kind === 'network' && !endpoint.isLoopback ? endpoint.text : null;
}

function taskRules(host: Host): TaskRules {
  const { taskSandbox, taskApprovalPolicy, taskNetwork } = host.settings();
  return { sandbox: taskSandbox, approvalPolicy: taskApprovalPolicy, network: taskNetwork };
}

function reviewRunner({ host, findings }: RunnerParts, threads: ThreadWork): Runner {
  const briefOptions = () => ({
    env: host.env,
    exclude: host.settings().reviewExclude,
    known: (repository: string) => findings.of(repository),
    logger: tagged(host.logger, 'git'),
  });
  return createReviewRunner({
    reviewer: new CodexReviewer({
      threads,
      readNative: readOutput,
      readStructured: parseStructuredOutput,
      carriedBy,
      mcpServers: () => host.settings().reviewMcpServers,
      logger: tagged(host.logger, 'codex'),
    }),
    prepare: (job, target, focus) => prepareReview(job, target, focus, briefOptions()),
    interpret: (answer, { brief, hunks, files, version }, { id: job, reviewer, repository }) => {
      const texts = new ReviewedTexts(host.stateHome, repository, tagged(host.logger, 'findings'));
      const reviewedText = version && versionText(repository, version, { env: host.env });
      const context = {
        repository,
        job,
        reviewer,
        keepText: (text: string) => texts.keep(text),
        ...(reviewedText && { reviewedText }),
      };
      const handed = brief.form === 'structured' ? brief.prompt : '';
      return interpret(answer, { hunks, files, handed }, context);
    },
    prepareMore: ({ repository }, target) => prepareMore(repository, target, briefOptions()),
    hasOpen: async ({ repository, reviewer }) =>
      (await findings.of(repository)).some((known) => isOpen(known) && known.reviewers.includes(reviewer)),
    record: (job, { findings: reported, earlier, evidence: { files } }, additional) =>
      findings.record({ job, findings: reported, files, earlier, additional }),
  });
}

function questionRunner({ host, findings, conversations }: RunnerParts, threads: ThreadWork): Runner {
  return createQuestionRunner({
    answer: answerQuestions({ threads, mcpServers: () => host.settings().reviewMcpServers }),
    find: async (wanted, repository) => (await findings.of(repository)).find(({ id }) => id === wanted),
    prompt: questionText,
    answered: (job, { finding }, text) => conversations.answered(job, finding, text),
  });
}

function proofRunner({ host, findings, fixes }: RunnerParts, threads: ThreadWork): Runner {
  return createProofRunner({
    answer: answerQuestions({ threads, mcpServers: () => host.settings().reviewMcpServers }),
    find: async (wanted, repository) => (await findings.of(repository)).find(({ id }) => id === wanted),
    prompt: proofPrompt,
    proven: (job, finding, proof) => fixes.proven(job, finding, proof),
  });
}

/** What was said in this very job is the question itself. */
function questionText(finding: KnownFinding, { text }: QuestionOrder, job: Job, goesOn: boolean): string {
  const earlier = finding.comments.filter((comment) => comment.job !== job.id && comment.by !== 'tandem');
  return questionPrompt({ finding, text, knowsReview: goesOn, earlier });
}
