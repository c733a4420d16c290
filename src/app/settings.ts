import type { Mode } from '../protocol/commandLine.ts';
import type { ReviewChoice, claudeEfforts, secondOpinions } from '../protocol/order.ts';

/** The settings that the core looks at; read anew each time, so that a change takes effect with the next use. */
export interface Settings {
  /** Path of the Codex executable; empty to look for it. */
  codexPath: string;
  /** Path of the Claude Code executable; empty to look for it. */
  claudePath: string;
  /** Address of an App Server elsewhere; empty for a child of ours. */
  appServerEndpoint: string;
  /** Model and effort of Claude's jobs, empty for its own choice, and US dollars that one may cost, 0 for no limit. */
  claudeModel: string;
  claudeEffort: '' | (typeof claudeEfforts)[number];
  claudeBudget: number;
  /** Who reviews where nobody says. */
  reviewers: ReviewChoice;
  /** Who is asked whether findings of both reviewers that may be the same are; see app/secondOpinions.ts. */
  secondOpinion: (typeof secondOpinions)[number];
  /** Empty for that of the agent's reviews. */
  secondOpinionEffort: '' | (typeof claudeEfforts)[number];
  /** Model and effort of Codex's reviews, and of its tasks; empty for its own choice. */
  reviewModel: string;
  reviewEffort: string;
  taskModel: string;
  taskEffort: string;
  /** What tasks may do by themselves, and when they ask; see codex/taskRules.ts. */
  taskSandbox: 'inherit' | 'read-only' | 'workspace-write';
  taskApprovalPolicy: 'inherit' | 'untrusted' | 'on-request' | 'never';
  taskNetwork: boolean;
  /** Where tasks that may change files work; see app/workplaces.ts. */
  taskPlace: 'auto' | 'worktree' | 'in-place';
  /** Is the reviewer asked whether a fix that has landed is one? */
  proveFixes: boolean;
  /** The user's own check of fixes: program and arguments; empty to look for one. */
  fixCheck: readonly string[];
  /** What nobody answers is declined after so many minutes; 0 for never. */
  approvalMinutes: number;
  /** Base of branch reviews; empty to detect it. */
  baseBranch: string;
  /** Globs of files that reviews leave out; see git/excludes.ts. */
  reviewExclude: readonly string[];
  /** Whether a review that Claude Code asks for is waited for, where the command does not say. */
  reviewWait: Mode;
  /** May the user's MCP servers run in reviews? */
  reviewMcpServers: boolean;
  /** May Claude's model start reviews and tasks that the user did not ask for? */
  modelMayReview: 'never' | 'ask' | 'yes';
  /** How many jobs run at once. */
  maxConcurrentJobs: number;
  /** What is kept of jobs that have ended, in each repository. */
  keepJobs: number;
  keepJobsDays: number;
  /** The App Server is stopped after so many idle minutes; 0 for never. */
  appServerIdleMinutes: number;
  /** `blocking`: Claude waits for the gate's review. `waking`: it stops, and is woken if there are findings. */
  gateMode: 'blocking' | 'waking';
  /** How often the gate sends Claude back before the user has spoken again. */
  gateMaxRounds: number;
  gateMinutes: number;
}

/** Lock files, minified and generated code, snapshots, and the code of others: changed by programs, read by nobody. */
export const defaultExclude: readonly string[] = [
  '**/package-lock.json',
  '**/npm-shrinkwrap.json',
  '**/yarn.lock',
  '**/pnpm-lock.yaml',
  '**/bun.lock',
  '**/bun.lockb',
  '**/deno.lock',
  '**/Cargo.lock',
  '**/composer.lock',
  '**/Gemfile.lock',
  '**/poetry.lock',
  '**/uv.lock',
  '**/Pipfile.lock',
  '**/flake.lock',
  '**/go.sum',
  '**/*.min.js',
  '**/*.min.mjs',
  '**/*.min.css',
  '**/*.map',
  '**/*.generated.*',
  '**/*.gen.*',
  '**/*.g.dart',
  '**/*.pb.go',
  '**/*_pb2.py',
  '**/*.snap',
  '**/__snapshots__/**',
  '**/node_modules/**',
  '**/third_party/**',
  'vendor/**',
];

/** What holds where the user has chosen nothing. */
export const defaultSettings: Settings = {
  codexPath: '',
  claudePath: '',
  claudeModel: '',
  claudeEffort: '',
  claudeBudget: 0,
  reviewers: 'codex',
  secondOpinion: 'off',
  secondOpinionEffort: 'low',
  appServerEndpoint: '',
  reviewModel: '',
  reviewEffort: '',
  taskModel: '',
  taskEffort: '',
  taskSandbox: 'workspace-write',
  taskApprovalPolicy: 'on-request',
  taskNetwork: false,
  taskPlace: 'auto',
  approvalMinutes: 30,
  proveFixes: true,
  fixCheck: [],
  baseBranch: '',
  reviewExclude: defaultExclude,
  reviewWait: 'auto',
  reviewMcpServers: false,
  modelMayReview: 'ask',
  maxConcurrentJobs: 3,
  keepJobs: 200,
  keepJobsDays: 30,
  appServerIdleMinutes: 10,
  gateMode: 'blocking',
  gateMaxRounds: 1,
  gateMinutes: 10,
};
