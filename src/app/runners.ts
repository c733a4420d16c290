import { proofPrompt } from '../../prompts/review/proof.ts';
import { questionPrompt } from '../../prompts/review/question.ts';
import { tagged } from '../base/logger.ts';
import { Headless } from '../claude/headless.ts';
import { claudeAnswers } from '../claude/questions.ts';
import { ClaudeReviewer } from '../claude/reviewer.ts';
import { ClaudeTaskRunner } from '../claude/taskRunner.ts';
import type { AppServer } from '../codex/appServer.ts';
import type { Approvals } from '../codex/approvals.ts';
import { CodexReviewer } from '../codex/reviewer.ts';
import { answerQuestions } from '../codex/questions.ts';
import { CodexTaskRunner } from '../codex/taskRunner.ts';
import type { TaskRules } from '../codex/taskRules.ts';
import { ThreadWork } from '../codex/threadWork.ts';
import { carriedBy } from '../findings/carried.ts';
import type { FindingStore } from '../findings/findingStore.ts';
import { interpret } from '../findings/interpret.ts';
import { lookedAtFile } from '../findings/lookedAt.ts';
import { parseStructuredOutput } from '../findings/parseStructured.ts';
import { readOutput } from '../findings/readOutput.ts';
import { inWordsOf } from '../findings/statements.ts';
import { ReviewedTexts } from '../findings/reviewedTexts.ts';
import { versionText } from '../git/versionText.ts';
import type { Answerer, Reviewer, TaskRunner } from '../jobs/agent.ts';
import type { Runner } from '../jobs/jobRun.ts';
import { quietAfter } from '../jobs/report.ts';
import { createQuestionRunner } from '../jobs/questionRunner.ts';
import { createProofRunner } from '../jobs/proofRunner.ts';
import { type ReviewedVersion, createReviewRunner } from '../jobs/reviewRunner.ts';
import { createTaskRunner } from '../jobs/taskRunner.ts';
import { createTransferRunner } from '../jobs/transferRunner.ts';
import type { ReviewerId } from '../protocol/finding.ts';
import { nothingHeldBack } from '../protocol/heldBack.ts';
import type { JobKind } from '../protocol/job.ts';
import type { QuestionOrder } from '../protocol/order.ts';
import type { Job } from '../jobs/job.ts';
import { type KnownFinding, isOpen } from '../protocol/knownFinding.ts';
import type { Target } from '../protocol/target.ts';
import type { Budgets } from './budgets.ts';
import { prepareMore, prepareReview } from './briefs.ts';
import { examinationRunner } from './examinations.ts';
import { createFixCheck } from './fixCheck.ts';
import type { Fixes } from './fixes.ts';
import type { Conversations } from './conversations.ts';
import type { ReadingPlace } from './handedBriefs.ts';
import type { Host } from './host.ts';
import { onSameCheckout } from './remoteCheckout.ts';
import { openReviewPlace } from './reviewPlaces.ts';
import { secondOpinionRunner } from './secondOpinions.ts';
import { elsewhereOf } from './serverSight.ts';
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
  budgets: Pick<Budgets, 'observed'>;
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
  const { reviewer, answer, tasks } = agents(parts, threads);
  // Only Codex may work elsewhere: Claude Code is always a program of this machine.
  const byAgent = (runnerOf: (agent: ReviewerId) => Runner): Runner => {
    const runners = { codex: onSameCheckout(runnerOf('codex'), remote), claude: runnerOf('claude') };
    return (job, order, context) => runners[job.reviewer](job, order, context);
  };
  const review = byAgent((agent) => reviewRunner(parts, reviewer[agent]));
  const examination = byAgent((agent) => examinationRunner(parts.findings, answer[agent]));
  return {
    review,
    'adversarial-review': review,
    gate: review,
    task: byAgent((agent) => taskRunner(parts, tasks[agent])),
    question: byAgent((agent) => questionRunner(parts, answer[agent])),
    proof: byAgent((agent) => proofRunner(parts, answer[agent])),
    'cross-examination': examination,
    'tie-break': examination,
    'second-opinion': byAgent((agent) => secondOpinionRunner(parts.findings, answer[agent])),
    transfer: createTransferRunner(transferToCodex({ appServer, env: host.env, logger })),
  };
}

type Agents<T> = Readonly<Record<ReviewerId, T>>;

/** What both agents can do. */
function agents(
  { host, approvals, budgets }: RunnerParts,
  threads: ThreadWork,
): { reviewer: Agents<Reviewer>; answer: Agents<Answerer>; tasks: Agents<TaskRunner> } {
  const mcpServers = () => host.settings().reviewMcpServers;
  const headless = new Headless({
    executable: () => host.settings().claudePath,
    budget: () => host.settings().claudeBudget,
    env: host.env,
    stateHome: host.stateHome,
    logger: tagged(host.logger, 'claude'),
    quietAfter: host.timing?.quiet ?? quietAfter,
    onLimits: (limits) => budgets.observed('claude', limits),
  });
  const codex = new CodexReviewer({
    threads,
    readNative: readOutput,
    readStructured: parseStructuredOutput,
    carriedBy,
    mcpServers,
    logger: tagged(host.logger, 'codex'),
  });
  const read = (text: string) => parseStructuredOutput(text) ?? readOutput(text);
  return {
    reviewer: { codex, claude: new ClaudeReviewer({ headless, read }) },
    answer: { codex: answerQuestions({ threads, mcpServers }), claude: claudeAnswers(headless) },
    tasks: {
      codex: new CodexTaskRunner({ threads, approvals, rules: () => taskRules(host) }),
      claude: new ClaudeTaskRunner(headless, () => host.settings().taskSandbox !== 'read-only'),
    },
  };
}

function taskRunner({ host, changes, appServer }: RunnerParts, agent: TaskRunner): Runner {
  const workplaces = {
    stateHome: host.stateHome,
    changes,
    place: () => host.settings().taskPlace,
    git: () => ({ env: host.env }),
    // Claude Code is always a program of this machine.
    elsewhere: async ({ reviewer, repository }: Job) =>
      reviewer === 'codex' ? elsewhereOf({ host, appServer }, repository) : null,
  };
  const { env, stateHome, askCheck: ask } = host;
  const patience = () => host.settings().approvalMinutes;
  const logger = tagged(host.logger, 'jobs');
  const check = createFixCheck({ env, stateHome, changes, logger, patience, ...(ask && { ask }) });
  return createTaskRunner(agent, (job, context) => openWorkplace(job, workplaces, context), check);
}

function taskRules(host: Host): TaskRules {
  const { taskSandbox, taskApprovalPolicy, taskNetwork } = host.settings();
  return { sandbox: taskSandbox, approvalPolicy: taskApprovalPolicy, network: taskNetwork };
}

function reviewRunner({ host, findings }: RunnerParts, reviewer: Reviewer): Runner {
  const logger = tagged(host.logger, 'git');
  const git = { env: host.env };
  const briefOptions = ({ repository }: Job) => ({
    ...git,
    exclude: host.settings().reviewExclude,
    known: () => findings.of(repository),
    logger,
  });
  return createReviewRunner({
    reviewer,
    openPlace: (job, context) => openReviewPlace(job, context, { stateHome: host.stateHome, git, logger }),
    prepare: async (job, folder, target, focus) => {
      const place = placeOf(job, folder);
      const prepared = await prepareReview(job, place, { target, focus }, briefOptions(job));
      return { ...prepared, version: frozenVersion(job, target) ?? prepared.version };
    },
    interpret: (answer, { brief, hunks, files, version }, { id: job, reviewer: by, repository }) => {
      const texts = new ReviewedTexts(host.stateHome, repository, tagged(host.logger, 'findings'));
      const reviewedText = version && versionText(repository, version, git);
      const context = {
        repository,
        job,
        reviewer: by,
        keepText: (text: string) => texts.keep(text),
        ...(reviewedText && { reviewedText }),
      };
      const handed = brief.form === 'structured' ? brief.prompt : '';
      return interpret(answer, { hunks, files, handed }, context);
    },
    prepareMore: (job, folder, target) => prepareMore(job, placeOf(job, folder), target, briefOptions(job)),
    hasOpen: async ({ repository, reviewer: by }) =>
      (await findings.of(repository)).some((known) => isOpen(known) && known.reviewers.includes(by)),
    record: (job, { findings: reported, earlier, evidence: { files } }, additional) =>
      findings.record({ job, findings: reported, files, earlier, additional }),
  });
}

function placeOf({ repository, run }: Job, folder: string): ReadingPlace {
  return { folder, repository, heldBack: run?.frozen?.heldBack ?? nothingHeldBack };
}

/** What was staged is looked up by name, under which something else may be staged by now. */
function frozenVersion({ run }: Job, { kind }: Target): ReviewedVersion | null {
  return run?.frozen && kind === 'staged' ? { name: run.frozen.index, isSnapshot: false } : null;
}

function questionRunner({ findings, conversations }: RunnerParts, answer: Answerer): Runner {
  return createQuestionRunner({
    answer,
    find: async (wanted, repository) => (await findings.of(repository)).find(({ id }) => id === wanted),
    prompt: questionText,
    answered: (job, { finding }, text) => conversations.answered(job, finding, text),
  });
}

function proofRunner({ findings, fixes }: RunnerParts, answer: Answerer): Runner {
  return createProofRunner({
    answer,
    find: async (wanted, repository) => (await findings.of(repository)).find(({ id }) => id === wanted),
    prompt: (finding, by) => proofPrompt(inWordsOf(finding, by)),
    looked: async ({ file }, repository, { observations, commands }) =>
      (await lookedAtFile({ repository, file, observations })) ?? commands.succeeded > 0,
    proven: (job, finding, proof) => fixes.proven(job, finding, proof),
  });
}

/** What was said in this very job is the question itself. */
function questionText(finding: KnownFinding, { text }: QuestionOrder, job: Job, goesOn: boolean): string {
  const earlier = finding.comments.filter((comment) => comment.job !== job.id && comment.by !== 'tandem');
  return questionPrompt({ finding, text, knowsReview: goesOn, earlier });
}
