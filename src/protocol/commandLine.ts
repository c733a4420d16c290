import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError, messageOf } from '../base/errors.ts';
import { type ExportFormat, exportFormats } from './exportFormat.ts';
import { type ReviewOrder, type TaskOrder, type TransferOrder, maxFocus, maxPrompt } from './order.ts';
import { type Scope, type TargetRequest, scopeOf, scopes } from './target.ts';
import { type Word, splitWords } from './words.ts';

/*
 * The one parser of the options that slash commands, the terminal, scripts and tools share.
 * Wrong words are a `UsageError` that lists the known ones; nothing is guessed and nothing is dropped.
 */

/** What was typed: the text behind a slash command, or the arguments of a program. */
export type CommandInput = string | readonly string[];

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
const json = { json: { type: 'boolean' } } as const;

const scopeWords = 'auto|working-tree|staged|branch';
const targetOptions = `[--base REF] [--scope ${scopeWords}] [--commit REF] [--range A..B] [--file PATH]… [--lines A-B]`;
const reviewOptions = `[--wait|--background] ${targetOptions}`;
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
} as const;
export type TerminalCommandName = CommandName | keyof typeof terminalUsages;

export function parseReview(input: CommandInput): JobOptions<ReviewOrder> {
  const flags = { ...modeFlags, ...targetFlags, ...modelFlags, ...json } as const;
  const { values, text } = parse(input, flags, usages.review);
  limit(text, maxFocus, usages.review);
  return {
    order: { kind: 'review', target: targetOf(values, 'review'), focus: text, ...modelOf(values) },
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

function limit(text: string, length: number, usage: string): void {
  if (text.length > length)
    throw wrong(`The text is ${text.length} characters long, more than ${length}.`, usage);
}

function exclude(one: boolean | undefined, other: boolean | undefined, names: string, usage: string): void {
  if (one === true && other === true) throw wrong(`${names} exclude each other.`, usage);
}

/** Marks a word that looks like an option and is none, so that the library does not take it for one. */
const notAnOption = '\0';

/**
 * @returns the options, the other words, and these as one text: exactly as typed behind a slash command, with white
 * space and quotes; of a program's arguments, joined by spaces.
 */
function parse<T extends NonNullable<ParseArgsConfig['options']>>(
  input: CommandInput,
  options: T,
  usage: string,
) {
  const words = typeof input === 'string' ? splitWords(input) : null;
  const args = (words ?? asWords(input)).map(asArgument);
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true, strict: true, tokens: true });
  } catch (error) {
    throw wrong(messageOf(error).split('. ')[0] ?? '', usage);
  }
  const { values, positionals, tokens } = parsed;
  for (const token of tokens)
    if (token.kind === 'option' && words?.[token.index + (token.inlineValue === false ? 1 : 0)]?.unclosed)
      throw wrong(`A quote is not closed behind ${token.rawName}.`, usage);
  const plain = positionals.map((word) => word.replace(notAnOption, ''));
  const indexes = new Set(tokens.filter(({ kind }) => kind === 'positional').map(({ index }) => index));
  const text = words && typeof input === 'string' ? typedText(input, words, indexes) : plain.join(' ');
  return { values: unmarked(values), words: plain, text: text.trim() };
}

function asWords(input: CommandInput): Pick<Word, 'text' | 'quoted'>[] {
  return typeof input === 'string' ? [] : input.map((text) => ({ text, quoted: false }));
}

/** There are no options of one letter: `-e` is a word like any other. */
function asArgument({ text, quoted }: Pick<Word, 'text' | 'quoted'>): string {
  const isText = quoted ? text.startsWith('-') : /^-[^-]/.test(text);
  return isText ? notAnOption + text : text;
}

/** A value may look like an option, too. */
function unmarked<T extends object>(values: T): T {
  const entries = Object.entries(values).map(([name, value]: [string, unknown]) => [
    name,
    Array.isArray(value) ? value.map(unmarkedValue) : unmarkedValue(value),
  ]);
  // The same names with the same types.
  return Object.fromEntries(entries) as T;
}

function unmarkedValue(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(notAnOption, '') : value;
}

/** What was typed, without the options and the white space in front of each. */
function typedText(input: string, words: readonly Word[], positional: ReadonlySet<number>): string {
  let text = '';
  let end = 0;
  for (const [index, word] of words.entries()) {
    if (positional.has(index)) text += input.slice(end, word.end);
    end = word.end;
  }
  return text + input.slice(end);
}

function wrong(problem: string, usage: string): UsageError {
  return new UsageError(problem, `Usage: ${usage}`);
}
