import { claudeEfforts, reviewChoices, secondOpinions } from '../protocol/order.ts';
import { type Settings, defaultSettings } from './settings.ts';

/** How long jobs are kept only windows know. This is the most that their settings allow (package.json). */
const retention = { keepJobs: 5000, keepJobsDays: 3650 };

/** What a window reads from the user's settings; without one, the environment may say it. What it says wrongly is left out. */
export function settingsOf(env: NodeJS.ProcessEnv): Settings {
  return {
    ...defaultSettings,
    ...retention,
    ...given('codexPath', env['TANDEM_CODEX_PATH']),
    ...given('claudePath', env['TANDEM_CLAUDE_PATH']),
    ...given('claudeModel', env['TANDEM_CLAUDE_MODEL']),
    ...oneOf('claudeEffort', claudeEfforts, env['TANDEM_CLAUDE_EFFORT']),
    ...given('claudeBudget', amountOf(env['TANDEM_CLAUDE_BUDGET'])),
    ...given('appServerEndpoint', env['TANDEM_APP_SERVER_ENDPOINT']),
    ...oneOf('reviewers', reviewChoices, env['TANDEM_REVIEW_REVIEWERS']),
    ...oneOf('secondOpinion', secondOpinions, env['TANDEM_REVIEW_SECOND_OPINION']),
    ...oneOf('secondOpinionEffort', ['', ...claudeEfforts], env['TANDEM_REVIEW_SECOND_OPINION_EFFORT']),
    ...given('reviewModel', env['TANDEM_REVIEW_MODEL']),
    ...given('reviewEffort', env['TANDEM_REVIEW_EFFORT']),
    ...given('taskModel', env['TANDEM_TASK_MODEL']),
    ...given('taskEffort', env['TANDEM_TASK_EFFORT']),
    ...careful('taskSandbox', ['read-only', 'inherit', 'workspace-write'], env['TANDEM_TASK_SANDBOX']),
    ...careful(
      'taskApprovalPolicy',
      ['untrusted', 'inherit', 'on-request', 'never'],
      env['TANDEM_TASK_APPROVAL_POLICY'],
    ),
    ...careful('taskPlace', ['worktree', 'auto', 'in-place'], env['TANDEM_TASK_PLACE']),
    ...given('approvalMinutes', amountOf(env['TANDEM_APPROVALS_TIMEOUT_MINUTES'], 24 * 60)),
    ...given('baseBranch', env['TANDEM_BASE_BRANCH']),
    ...given('reviewExclude', globsOf(env['TANDEM_REVIEW_EXCLUDE'])),
    ...oneOf('reviewWait', ['auto', 'wait', 'background'], env['TANDEM_REVIEW_WAIT']),
    ...oneOf('modelMayReview', ['never', 'ask', 'yes'], env['TANDEM_MODEL_MAY_REVIEW']),
    ...oneOf('gateMode', ['blocking', 'waking'], env['TANDEM_GATE_MODE']),
  };
}

/** Separated by commas, so that one line can say it; empty for no excludes at all. */
function globsOf(value: string | undefined): string[] | undefined {
  return value
    ?.split(',')
    .map((glob) => glob.trim())
    .filter((glob) => glob !== '');
}

/** What is no amount is none at all: nobody is to pay more, or wait longer, for a slip of the pen. */
function amountOf(value: string | undefined, most = Infinity): number | undefined {
  const amount = value === undefined || value.trim() === '' ? NaN : Number(value);
  return Number.isFinite(amount) && amount >= 0 && amount <= most ? amount : undefined;
}

function given<K extends keyof Settings>(key: K, value: Settings[K] | undefined) {
  return value === undefined ? {} : { [key]: value };
}

function oneOf<K extends keyof Settings>(key: K, words: readonly Settings[K][], value: string | undefined) {
  return given(
    key,
    words.find((word) => word === value),
  );
}

/** Rights: what is said wrongly is the first word, which gives the least. */
function careful<K extends keyof Settings>(key: K, words: readonly Settings[K][], value: string | undefined) {
  return given(key, value === undefined ? undefined : (words.find((word) => word === value) ?? words[0]));
}
