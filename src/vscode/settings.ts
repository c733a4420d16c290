import { homedir } from 'node:os';
import type * as vscode from 'vscode';
import { type Settings, defaultExclude } from '../app/settings.ts';
import type { Mode } from '../protocol/commandLine.ts';
import { type Priority, priorities } from '../protocol/finding.ts';
import { type ReviewChoice, claudeEfforts, reviewChoices, secondOpinions } from '../protocol/order.ts';

/*
 * The settings that package.json and the code share; test/unit/vscode/settings.test.ts compares both. The `vscode`
 * namespace is handed in, so that this module can be read without an editor.
 */

/**
 * Who may set it, in VS Code's words. A repository can only set what is of scope `window`: programs, limits of the
 * machine, and what the user lets Claude do are of scope `machine` or `application`.
 */
type Scope = 'window' | 'machine' | 'application';

/** A setting as package.json has it, and how its value is read. */
interface Setting<T> {
  readonly declared: {
    readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array';
    readonly scope: Scope;
    readonly default: T;
    readonly enum?: readonly T[];
    readonly items?: { readonly type: 'string' };
    readonly minimum?: number;
    readonly maximum?: number;
  };
  /** Of whatever settings.json holds: another type counts as not set, a number out of bounds as the nearest one inside. */
  parse(value: unknown): T;
}

/** How a finding is marked in the Problems panel and in the editor. */
export const severities = ['error', 'warning', 'information', 'hint'] as const;
export type Severity = (typeof severities)[number];

/** When what leaves the machine is shown before a review. */
export const showWhatLeaves = ['always', 'first-time', 'held-back'] as const;
export type ShowWhatLeaves = (typeof showWhatLeaves)[number];

/** Settings, with the type of their values. */
export interface SettingTypes {
  'tandem.codex.path': string;
  'tandem.claude.path': string;
  'tandem.claude.model': string;
  'tandem.claude.effort': '' | (typeof claudeEfforts)[number];
  'tandem.claude.budget': number;
  'tandem.review.reviewers': ReviewChoice;
  'tandem.review.secondOpinion': (typeof secondOpinions)[number];
  'tandem.review.secondOpinionEffort': Settings['claudeEffort'];
  'tandem.review.model': string;
  'tandem.review.effort': string;
  'tandem.review.baseBranch': string;
  'tandem.review.exclude': readonly string[];
  'tandem.review.wait': Mode;
  'tandem.review.mcpServers': boolean;
  'tandem.review.showWhatLeaves': ShowWhatLeaves;
  'tandem.task.model': string;
  'tandem.task.effort': string;
  'tandem.task.sandbox': 'inherit' | 'read-only' | 'workspace-write';
  'tandem.task.approvalPolicy': 'inherit' | 'untrusted' | 'on-request' | 'never';
  'tandem.task.network': boolean;
  'tandem.task.place': 'auto' | 'worktree' | 'in-place';
  'tandem.approvals.timeoutMinutes': number;
  'tandem.fix.prove': boolean;
  'tandem.fix.claude': 'ask' | 'terminal' | 'background';
  'tandem.fix.check': readonly string[];
  'tandem.modelMayReview': 'never' | 'ask' | 'yes';
  'tandem.gate.mode': 'blocking' | 'waking';
  'tandem.gate.maxRounds': number;
  'tandem.gate.minutes': number;
  'tandem.gate.afterEdits': boolean;
  'tandem.jobs.maxConcurrent': number;
  'tandem.jobs.keep': number;
  'tandem.jobs.keepDays': number;
  'tandem.appServer.endpoint': string;
  'tandem.appServer.idleMinutes': number;
  'tandem.editor.commentThreads': boolean;
  'tandem.problems.severity.P0': Severity;
  'tandem.problems.severity.P1': Severity;
  'tandem.problems.severity.P2': Severity;
  'tandem.problems.severity.P3': Severity;
  'tandem.problems.minimumPriority': Priority;
  'tandem.problems.outsideChange': 'show' | 'hide';
}
export type SettingId = keyof SettingTypes;

export const settings: { readonly [K in SettingId]: Setting<SettingTypes[K]> } = {
  'tandem.codex.path': text('machine'),
  'tandem.claude.path': text('machine'),
  'tandem.claude.model': text('window'),
  'tandem.claude.effort': choice('window', '', ['', ...claudeEfforts]),
  // What a job may cost a repository cannot say.
  'tandem.claude.budget': amount('application', 0, { minimum: 0, maximum: 1000 }),
  'tandem.review.reviewers': choice('window', 'codex', reviewChoices),
  // What is asked of whom beyond the reviews a repository cannot say.
  'tandem.review.secondOpinion': choice('application', 'off', secondOpinions),
  'tandem.review.secondOpinionEffort': choice('application', 'low', ['', ...claudeEfforts]),
  'tandem.review.model': text('window'),
  'tandem.review.effort': text('window'),
  'tandem.review.baseBranch': text('window'),
  'tandem.review.exclude': texts('window', defaultExclude),
  'tandem.review.wait': choice('application', 'auto', ['auto', 'wait', 'background']),
  'tandem.review.mcpServers': flag('application'),
  // A repository has no say in whether the user is told.
  'tandem.review.showWhatLeaves': choice('application', 'first-time', showWhatLeaves),
  'tandem.task.model': text('window'),
  'tandem.task.effort': text('window'),
  // What Codex may do on this machine a repository cannot say.
  'tandem.task.sandbox': choice('machine', 'workspace-write', ['inherit', 'read-only', 'workspace-write']),
  'tandem.task.approvalPolicy': choice('machine', 'on-request', [
    'inherit',
    'untrusted',
    'on-request',
    'never',
  ]),
  'tandem.task.network': flag('machine'),
  'tandem.task.place': choice('application', 'auto', ['auto', 'worktree', 'in-place']),
  'tandem.fix.prove': flag('application', true),
  'tandem.fix.claude': choice('application', 'ask', ['ask', 'terminal', 'background']),
  // What runs on this machine a repository cannot say.
  'tandem.fix.check': texts('machine', []),
  'tandem.approvals.timeoutMinutes': integer('machine', 30, { minimum: 0, maximum: 1440 }),
  'tandem.modelMayReview': choice('application', 'ask', ['never', 'ask', 'yes']),
  'tandem.gate.mode': choice('application', 'blocking', ['blocking', 'waking']),
  'tandem.gate.maxRounds': integer('application', 1, { minimum: 1, maximum: 5 }),
  // Claude Code gives the hook 15 minutes (prompts/plugin/hooks/hooks.json).
  'tandem.gate.minutes': integer('application', 10, { minimum: 1, maximum: 14 }),
  'tandem.gate.afterEdits': flag('application'),
  'tandem.jobs.maxConcurrent': integer('machine', 3, { minimum: 1, maximum: 16 }),
  'tandem.jobs.keep': integer('machine', 200, { minimum: 1, maximum: 5000 }),
  'tandem.jobs.keepDays': integer('machine', 30, { minimum: 1, maximum: 3650 }),
  'tandem.appServer.endpoint': text('machine'),
  'tandem.appServer.idleMinutes': integer('machine', 10, { minimum: 0, maximum: 1440 }),
  'tandem.editor.commentThreads': flag('window', true),
  // A repository has no say in what is shown of its defects.
  'tandem.problems.severity.P0': choice('application', 'warning', severities),
  'tandem.problems.severity.P1': choice('application', 'warning', severities),
  'tandem.problems.severity.P2': choice('application', 'information', severities),
  'tandem.problems.severity.P3': choice('application', 'information', severities),
  'tandem.problems.minimumPriority': choice('application', 'P3', priorities),
  'tandem.problems.outsideChange': choice('application', 'show', ['show', 'hide']),
};

type Workspace = Pick<typeof vscode.workspace, 'getConfiguration'>;

export function readSetting<K extends SettingId>(workspace: Workspace, id: K): SettingTypes[K] {
  return settings[id].parse(workspace.getConfiguration().get(id));
}

/** What the core reads. */
export function readSettings(workspace: Workspace): Settings {
  const read = <K extends SettingId>(id: K) => readSetting(workspace, id);
  return {
    codexPath: withHome(read('tandem.codex.path')),
    claudePath: withHome(read('tandem.claude.path')),
    claudeModel: read('tandem.claude.model'),
    claudeEffort: read('tandem.claude.effort'),
    claudeBudget: read('tandem.claude.budget'),
    reviewers: read('tandem.review.reviewers'),
    secondOpinion: read('tandem.review.secondOpinion'),
    secondOpinionEffort: read('tandem.review.secondOpinionEffort'),
    appServerEndpoint: read('tandem.appServer.endpoint'),
    reviewModel: read('tandem.review.model'),
    reviewEffort: read('tandem.review.effort'),
    taskModel: read('tandem.task.model'),
    taskEffort: read('tandem.task.effort'),
    taskSandbox: read('tandem.task.sandbox'),
    taskApprovalPolicy: read('tandem.task.approvalPolicy'),
    taskNetwork: read('tandem.task.network'),
    taskPlace: read('tandem.task.place'),
    proveFixes: read('tandem.fix.prove'),
    fixCheck: read('tandem.fix.check'),
    approvalMinutes: read('tandem.approvals.timeoutMinutes'),
    baseBranch: read('tandem.review.baseBranch'),
    reviewExclude: read('tandem.review.exclude'),
    reviewWait: read('tandem.review.wait'),
    reviewMcpServers: read('tandem.review.mcpServers'),
    modelMayReview: read('tandem.modelMayReview'),
    maxConcurrentJobs: read('tandem.jobs.maxConcurrent'),
    keepJobs: read('tandem.jobs.keep'),
    keepJobsDays: read('tandem.jobs.keepDays'),
    appServerIdleMinutes: read('tandem.appServer.idleMinutes'),
    gateMode: read('tandem.gate.mode'),
    gateMaxRounds: read('tandem.gate.maxRounds'),
    gateMinutes: read('tandem.gate.minutes'),
  };
}

function withHome(file: string): string {
  return file.replace(/^~(?=[/\\])/, homedir());
}

function text(scope: Scope): Setting<string> {
  return {
    declared: { type: 'string', scope, default: '' },
    parse: (value) => (typeof value === 'string' ? value.trim() : ''),
  };
}

/** What is no text in the list counts as not there. */
function texts(scope: Scope, byDefault: readonly string[]): Setting<readonly string[]> {
  return {
    declared: { type: 'array', items: { type: 'string' }, scope, default: byDefault },
    parse: (value) => {
      if (!Array.isArray(value)) return byDefault;
      return value.filter((item): item is string => typeof item === 'string' && item.trim() !== '');
    },
  };
}

function choice<T extends string>(scope: Scope, byDefault: T, words: readonly T[]): Setting<T> {
  return {
    declared: { type: 'string', scope, default: byDefault, enum: words },
    parse: (value) => words.find((word) => word === value) ?? byDefault,
  };
}

function flag(scope: Scope, byDefault = false): Setting<boolean> {
  return {
    declared: { type: 'boolean', scope, default: byDefault },
    parse: (value) => (typeof value === 'boolean' ? value : byDefault),
  };
}

interface Bounds {
  minimum: number;
  maximum: number;
}

function integer(scope: Scope, byDefault: number, bounds: Bounds): Setting<number> {
  const number = amount(scope, byDefault, bounds);
  return {
    declared: { ...number.declared, type: 'integer' },
    parse: (value) => Math.trunc(number.parse(value)),
  };
}

function amount(scope: Scope, byDefault: number, { minimum, maximum }: Bounds): Setting<number> {
  return {
    declared: { type: 'number', scope, default: byDefault, minimum, maximum },
    parse: (value) => {
      if (typeof value !== 'number' || Number.isNaN(value)) return byDefault;
      return Math.min(maximum, Math.max(minimum, value));
    },
  };
}
