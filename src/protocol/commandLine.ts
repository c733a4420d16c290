import { parseArgs } from 'node:util';
import { UsageError, messageOf } from '../base/errors.ts';
import { type Scope, type TargetRequest, scopes } from './target.ts';

export interface ReviewOptions {
  target: TargetRequest;
  model?: string;
  effort?: string;
  background: boolean;
  json: boolean;
}
export interface StatusOptions {
  id?: string;
  json: boolean;
}
export interface SetupOptions {
  json: boolean;
}

/*
 * The one parser of the options that slash commands, the terminal and scripts share.
 * Wrong words are a `UsageError` that lists the known ones; nothing is guessed and nothing is dropped.
 */

const reviewFlags = {
  base: { type: 'string' },
  scope: { type: 'string' },
  model: { type: 'string' },
  effort: { type: 'string' },
  wait: { type: 'boolean' },
  background: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;
export const reviewUsage =
  'review [--wait|--background] [--base REF] [--scope auto|working-tree|branch] [--model MODEL] [--effort EFFORT] [--json]';
export const statusUsage = 'status [JOB] [--json]';
export const setupUsage = 'setup [--json]';

export function parseReview(args: readonly string[]): ReviewOptions {
  const { values, positionals } = parse(args, reviewFlags, reviewUsage);
  const [extra] = positionals;
  if (extra !== undefined) throw usage(`“${extra}” is not an option.`, reviewUsage);
  if (values.wait === true && values.background === true)
    throw usage('--wait and --background exclude each other.', reviewUsage);
  return {
    target: targetOf(values.scope ?? 'auto', values.base),
    ...(values.model !== undefined && { model: values.model }),
    ...(values.effort !== undefined && { effort: values.effort }),
    background: values.background === true,
    json: values.json === true,
  };
}

export function parseStatus(args: readonly string[]): StatusOptions {
  const { values, positionals } = parse(args, { json: { type: 'boolean' } } as const, statusUsage);
  const [id, extra] = positionals;
  if (extra !== undefined) throw usage('Name one job at most.', statusUsage);
  return { ...(id !== undefined && { id }), json: values.json === true };
}

export function parseSetup(args: readonly string[]): SetupOptions {
  const { values, positionals } = parse(args, { json: { type: 'boolean' } } as const, setupUsage);
  if (positionals.length > 0) throw usage('setup takes no words.', setupUsage);
  return { json: values.json === true };
}

function targetOf(scope: string, base: string | undefined): TargetRequest {
  if (!isScope(scope)) throw usage(`--scope ${scope}: not one of ${scopes.join(', ')}.`, reviewUsage);
  if (base === '') throw usage('--base needs a branch, tag or commit.', reviewUsage);
  if (base === undefined) return { scope };
  if (scope === 'working-tree')
    throw usage('--base goes with --scope branch, not working-tree.', reviewUsage);
  return { scope: 'branch', base };
}

function isScope(text: string): text is Scope {
  return (scopes as readonly string[]).includes(text);
}

function parse<T extends NonNullable<Parameters<typeof parseArgs>[0]>['options']>(
  args: readonly string[],
  options: T,
  usageLine: string,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw usage(messageOf(error).split('. ')[0] ?? '', usageLine);
  }
}

function usage(problem: string, usageLine: string): UsageError {
  return new UsageError(problem, `Usage: ${usageLine}`);
}

/**
 * Splits the text behind a slash command into words: white space separates, single or double quotes keep words
 * together, a backslash in double quotes takes the next quote or backslash literally. Nothing is expanded.
 * @throws UsageError for a quote that is not closed.
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  const pattern = /\s*((?:"(?:\\["\\]|[^"])*"|'[^']*'|[^\s"'])+)\s*/gy;
  let end = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    words.push(unquote(match[1] ?? ''));
    end = pattern.lastIndex;
  }
  const rest = text.slice(end).trim();
  if (rest !== '') throw new UsageError(`A quote is not closed: ${rest.slice(0, 60)}`);
  return words;
}

function unquote(word: string): string {
  return word.replaceAll(/"((?:\\["\\]|[^"])*)"|'([^']*)'/g, (_, double?: string, single?: string) =>
    double === undefined ? (single ?? '') : double.replaceAll(/\\(["\\])/g, '$1'),
  );
}
