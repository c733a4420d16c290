import { UsageError } from '../base/errors.ts';
import { type ExportFormat, exportFormats } from './exportFormat.ts';
import { type CommandInput, exclude, limit, parse, wrong } from './options.ts';
import {
  type ReviewChoice,
  type ReviewOrder,
  type TaskOrder,
  type TransferOrder,
  maxFocus,
  maxPrompt,
  reviewChoices,
} from './order.ts';
import { type Scope, type TargetRequest, scopeOf, scopes } from './target.ts';

/*
 * The commands and options that slash commands, the terminal, scripts and tools share.
 */

export type { CommandInput } from './options.ts';

/** Whether the caller waits for the end; `auto` leaves it to the size of the change and the user's settings. */
export type Mode = 'wait' | 'background' | 'auto';

export interface JobOptions<O> {
  order: O;
  mode: Mode;
  json: boolean;
}
export interface StatusOptions {
  id?: string;
  /** Jobs of all repositories, however many. */
  all: boolean;
  /** Waits until the job, or whatever runs here, has ended. */
  wait: boolean;
  json: boolean;
}
export interface ResultOptions {
  id?: string;
  full: boolean;
  json: boolean;
}
export interface CancelOptions {
  id?: string;
  json: boolean;
}
export interface FindingsOptions {
  format: ExportFormat;
  /** With what is fixed or dismissed. */
  all: boolean;
  /** File to write; standard output if left out. */
  output?: string;
}
export interface SetupOptions {
  /** Switches the stop-time review gate of this repository. */
  gate?: boolean;
  /** Makes one real turn of Codex. */
  test: boolean;
  json: boolean;
}

const targetFlags = {
  base: { type: 'string' },
  scope: { type: 'string' },
  commit: { type: 'string' },
  range: { type: 'string' },
  file: { type: 'string', multiple: true },
  lines: { type: 'string' },
} as const;
const modeFlags = { wait: { type: 'boolean' }, background: { type: 'boolean' } } as const;
const modelFlags = { model: { type: 'string' }, effort: { type: 'string' } } as const;
const reviewerFlags = { reviewers: { type: 'string' } } as const;
const json = { json: { type: 'boolean' } } as const;

const scopeWords = 'auto|working-tree|staged|branch';
const targetOptions = `[--base REF] [--scope ${scopeWords}] [--commit REF] [--range A..B] [--file PATH]… [--lines A-B]`;
const reviewerWords = reviewChoices.join('|');
const reviewOptions = `[--wait|--background] [--reviewers ${reviewerWords}] ${targetOptions}`;
const modelOptions = '[--model MODEL] [--effort EFFORT]';
/** One line for each command; what the help and every error show. */
export const usages = {
  review: `review ${reviewOptions} ${modelOptions} [--json] [focus …]`,
  'adversarial-review': `adversarial-review ${reviewOptions} [--plan FILE] ${modelOptions} [--json] [focus …]`,
  rescue: `rescue [--wait|--background] [--resume|--fork|--fresh] [--write|--read-only] ${modelOptions} [--json] task …`,
  transfer: 'transfer [--source FILE] [--json]',
  status: 'status [JOB] [--all] [--wait] [--json]',
  result: 'result [JOB] [--full] [--json]',
  cancel: 'cancel [JOB] [--json]',
  setup: 'setup [--enable-review-gate|--disable-review-gate] [--test] [--json]',
} as const;
export type CommandName = keyof typeof usages;

/** Commands of the terminal alone. */
export const terminalUsages = {
  findings: `findings [--format ${exportFormats.join('|')}] [--all] [--output FILE]`,
  score: 'score [--json]',
} as const;
export type TerminalCommandName = CommandName | keyof typeof terminalUsages;

export function parseReview(input: CommandInput): JobOptions<ReviewOrder> {
  const flags = { ...modeFlags, ...targetFlags, ...reviewerFlags, ...modelFlags, ...json } as const;
  const { values, text } = parse(input, flags, usages.review);
  limit(text, maxFocus, usages.review);
  return {
    order: {
      kind: 'review',
      target: targetOf(values, 'review'),
      focus: text,
      ...reviewerOf(values, usages.review),
      ...modelOf(values),
    },
    mode: modeOf(values, usages.review),
    json: values.json === true,
  };
}

export function parseAdversarialReview(input: CommandInput): JobOptions<ReviewOrder> {
  const usage = usages['adversarial-review'];
  const flags = {
    ...modeFlags,
    ...targetFlags,
    plan: { type: 'string' },
    ...reviewerFlags,
    ...modelFlags,
    ...json,
  } as const;
  const { values, text } = parse(input, flags, usage);
  limit(text, maxFocus, usage);
  return {
    order: {
      kind: 'adversarial-review',
      target: targetOf(values, 'adversarial-review'),
      focus: text,
      ...reviewerOf(values, usage),
      ...modelOf(values),
    },
    mode: modeOf(values, usage),
    json: values.json === true,
  };
}

/** `thread` is undefined where none of `--resume`, `--fork` and `--fresh` was given: then the user is asked, or it is fresh. */
export type RescueOptions = Omit<JobOptions<TaskOrder>, 'order'> & {
  order: Omit<TaskOrder, 'thread'> & { thread?: 'resume' | 'fresh' };
};

export function parseRescue(input: CommandInput): RescueOptions {
  const flags = {
    ...modeFlags,
    resume: { type: 'boolean' },
    fork: { type: 'boolean' },
    fresh: { type: 'boolean' },
    write: { type: 'boolean' },
    'read-only': { type: 'boolean' },
    ...modelFlags,
    ...json,
  } as const;
  const { values, text } = parse(input, flags, usages.rescue);
  exclude(values.resume, values.fresh, '--resume and --fresh', usages.rescue);
  exclude(values.fork, values.resume, '--fork and --resume', usages.rescue);
  exclude(values.fork, values.fresh, '--fork and --fresh', usages.rescue);
  exclude(values.write, values['read-only'], '--write and --read-only', usages.rescue);
  const goesOn = values.resume === true || values.fork === true;
  if (text === '' && !goesOn) throw wrong('Say what Codex is to do.', usages.rescue);
  limit(text, maxPrompt, usages.rescue);
  const thread = goesOn ? 'resume' : values.fresh === true ? 'fresh' : undefined;
  return {
    order: {
      kind: 'task',
      prompt: text === '' ? 'Continue.' : text,
      write: values['read-only'] !== true,
      ...(thread !== undefined && { thread }),
      ...(values.fork === true && { fork: true }),
      ...modelOf(values),
    },
    mode: modeOf(values, usages.rescue),
    json: values.json === true,
  };
}

export function parseTransfer(input: CommandInput): JobOptions<TransferOrder> {
  const { values, text } = parse(input, { source: { type: 'string' }, ...json } as const, usages.transfer);
  if (text !== '') throw wrong(`“${text}” is not an option.`, usages.transfer);
  if (values.source === '') throw wrong('--source needs a file.', usages.transfer);
  return {
    order: { kind: 'transfer', ...(values.source !== undefined && { source: values.source }) },
    mode: 'wait',
    json: values.json === true,
  };
}

export function parseStatus(input: CommandInput): StatusOptions {
  const flags = { all: { type: 'boolean' }, wait: { type: 'boolean' }, ...json } as const;
  const { values, words } = parse(input, flags, usages.status);
  const id = onlyJob(words, usages.status);
  return { ...id, all: values.all === true, wait: values.wait === true, json: values.json === true };
}

export function parseResult(input: CommandInput): ResultOptions {
  const { values, words } = parse(input, { full: { type: 'boolean' }, ...json } as const, usages.result);
  return { ...onlyJob(words, usages.result), full: values.full === true, json: values.json === true };
}

export function parseCancel(input: CommandInput): CancelOptions {
  const { values, words } = parse(input, json, usages.cancel);
  return { ...onlyJob(words, usages.cancel), json: values.json === true };
}

export function parseFindings(input: CommandInput): FindingsOptions {
  const flags = {
    format: { type: 'string' },
    all: { type: 'boolean' },
    output: { type: 'string' },
  } as const;
  const usage = terminalUsages.findings;
  const { values, text } = parse(input, flags, usage);
  if (text !== '') throw wrong(`“${text}” is not an option.`, usage);
  if (values.output === '') throw wrong('--output needs a file.', usage);
  const { format: word = 'markdown', all, output } = values;
  const format = exportFormats.find((known) => known === word);
  if (format === undefined) throw wrong(`--format ${word}: not one of ${exportFormats.join(', ')}.`, usage);
  return { format, all: all === true, ...(output !== undefined && { output }) };
}

export function parseScore(input: CommandInput): { json: boolean } {
  const { values, text } = parse(input, json, terminalUsages.score);
  if (text !== '') throw wrong(`“${text}” is not an option.`, terminalUsages.score);
  return { json: values.json === true };
}

export function parseSetup(input: CommandInput): SetupOptions {
  const flags = {
    'enable-review-gate': { type: 'boolean' },
    'disable-review-gate': { type: 'boolean' },
    test: { type: 'boolean' },
    ...json,
  } as const;
  const { values, text } = parse(input, flags, usages.setup);
  if (text !== '') throw wrong(`“${text}” is not an option.`, usages.setup);
  const on = values['enable-review-gate'];
  const off = values['disable-review-gate'];
  exclude(on, off, '--enable-review-gate and --disable-review-gate', usages.setup);
  return {
    ...((on === true || off === true) && { gate: on === true }),
    test: values.test === true,
    json: values.json === true,
  };
}

function onlyJob([id, extra]: readonly string[], usage: string): { id?: string } {
  if (extra !== undefined) throw wrong('Name one job at most.', usage);
  return id === undefined ? {} : { id };
}

function modeOf(values: { wait?: boolean; background?: boolean }, usage: string): Mode {
  exclude(values.wait, values.background, '--wait and --background', usage);
  if (values.wait === true) return 'wait';
  return values.background === true ? 'background' : 'auto';
}

/** The peer's users know this name. */
const modelAliases: ReadonlyMap<string, string> = new Map([['spark', 'gpt-5.3-codex-spark']]);

/** The model that a user's word stands for. */
export function modelNamed(word: string): string {
  return modelAliases.get(word) ?? word;
}

function modelOf({ model = '', effort = '' }: { model?: string; effort?: string }) {
  return { model: modelNamed(model), effort };
}

function reviewerOf({ reviewers: word }: { reviewers?: string }, usage: string): { reviewer?: ReviewChoice } {
  if (word === undefined) return {};
  const reviewer = reviewChoices.find((known) => known === word);
  if (reviewer === undefined)
    throw wrong(`--reviewers ${word}: not one of ${reviewChoices.join(', ')}.`, usage);
  return { reviewer };
}

interface TargetValues {
  base?: string;
  scope?: string;
  commit?: string;
  range?: string;
  file?: string[];
  lines?: string;
  plan?: string;
}

function targetOf(values: TargetValues, command: 'review' | 'adversarial-review'): TargetRequest {
  const { scope = 'auto', base, commit, range, file, lines, plan } = values;
  if (!isScope(scope))
    throw wrong(`--scope ${scope}: not one of ${scopeWords.replaceAll('|', ', ')}.`, usages[command]);
  const request = {
    scope,
    ...(base !== undefined && { base }),
    ...(commit !== undefined && { commit }),
    ...(range !== undefined && { range }),
    ...(file !== undefined && { files: file }),
    ...(lines !== undefined && { lines }),
    ...(plan !== undefined && { plan }),
  };
  try {
    return { ...request, scope: scopeOf(request) };
  } catch (error) {
    throw error instanceof UsageError ? wrong(error.message, usages[command]) : error;
  }
}

function isScope(text: string): text is Scope {
  return (scopes as readonly string[]).includes(text);
}
