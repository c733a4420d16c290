import * as z from 'zod/mini';
import { UsageError } from '../base/errors.ts';

/** What a user may ask to have reviewed; `auto` is the working tree if it is dirty, else the branch. */
export const scopes = [
  'auto',
  'working-tree',
  'staged',
  'branch',
  'commit',
  'range',
  'files',
  'selection',
  'plan',
] as const;
export type Scope = (typeof scopes)[number];

/** More files and folders are not chosen at once; a folder stands for all that it holds. */
export const maxChosen = 100;

/**
 * The target as it was asked for, before the repository was looked at. Each of the optional words belongs to one
 * scope (`lines` to `files`), and with `auto` it means that scope; see `scopeOf`.
 */
export const targetRequestSchema = z.object({
  scope: z.enum(scopes),
  /** Branch: a branch, tag or commit to compare with; left out to detect it. */
  base: z.optional(z.string()),
  /** Commit: anything that names one. */
  commit: z.optional(z.string()),
  /** Range: `A..B` (what differs between both) or `A...B` (what B changed since it left A); an empty end is HEAD. */
  range: z.optional(z.string()),
  /** Files, selection: paths of files or folders, relative to the caller's folder or absolute; of a selection one file. */
  files: z.optional(z.array(z.string())),
  /** Selection: `A-B`, 1-based and inclusive, or one line. */
  lines: z.optional(z.string()),
  /** Plan: path of a text file, relative to the caller's folder or absolute. */
  plan: z.optional(z.string()),
});
export type TargetRequest = z.infer<typeof targetRequestSchema>;

/** Added and deleted lines together, or null where unknown (records of version 1 have none). Binary files have none. */
const lines = z._default(z.nullable(z.int()), null);
/** Number of changed files; a renamed file is its old and its new name. */
const files = z.int();

/** The target as it was found in the repository: all that is needed to run the review, and to say what was reviewed. */
export const targetSchema = z.discriminatedUnion('kind', [
  z.object({
    /** Staged, unstaged and untracked. */
    kind: z.literal('working-tree'),
    files,
    lines,
  }),
  z.object({ kind: z.literal('staged'), files, lines }),
  z.object({
    kind: z.literal('branch'),
    /** The base as the user wrote it, or as it was detected. */
    base: z.string(),
    /** The commit where the branch left the base; what the reviewer compares with. */
    mergeBase: z.string(),
    /** Name of the reviewed branch, or null for a detached HEAD. */
    branch: z.nullable(z.string()),
    files,
    lines,
  }),
  z.object({
    kind: z.literal('commit'),
    /** Full id of the commit. */
    sha: z.string(),
    /** First line of its message; may be empty. */
    title: z.string(),
    files,
    lines,
  }),
  z.object({
    kind: z.literal('range'),
    /** As the user wrote it. */
    range: z.string(),
    /** Full ids of the two commits to compare; of `A...B`, `from` is the merge base. */
    from: z.string(),
    to: z.string(),
    files,
    lines,
  }),
  z.object({
    /** As they are in the working tree now, not as a change. */
    kind: z.literal('files'),
    /** What was chosen, relative to the repository's root with `/`; folders end with `/`, the root is `./`. */
    paths: z.array(z.string()),
    /** Number of files to review, those in the folders among them. */
    files,
    /** Lines of the files. */
    lines,
  }),
  z.object({
    /** Some lines of a file, as it is in the working tree now. */
    kind: z.literal('selection'),
    /** Relative to the repository's root with `/`. */
    file: z.string(),
    /** 1-based, inclusive. */
    startLine: z.int(),
    endLine: z.int(),
    /** How many they are. */
    lines,
  }),
  z.object({
    kind: z.literal('plan'),
    /** Relative to the repository's root with `/`, or absolute for a file that lies outside of it. */
    file: z.string(),
    /** Lines of the document. */
    lines,
  }),
  z.object({
    /** What Claude changed in one turn: two trees, which hold the working tree before and after it. */
    kind: z.literal('turn'),
    from: z.string(),
    to: z.string(),
    files,
    lines,
  }),
]);
export type Target = z.infer<typeof targetSchema>;

/** A target that is code as it is now. */
export type CodeTarget = Extract<Target, { kind: 'files' | 'selection' }>;

/** A target that is a change: everything but a document and code as it is now. */
export type ChangeTarget = Exclude<Target, CodeTarget | { kind: 'plan' }>;

/** The words of a request that name a target, with the scope that each belongs to and the option that it is typed as. */
const words = {
  base: { scope: 'branch', option: '--base' },
  commit: { scope: 'commit', option: '--commit' },
  range: { scope: 'range', option: '--range' },
  files: { scope: 'files', option: '--file' },
  plan: { scope: 'plan', option: '--plan' },
} as const;
type Word = keyof typeof words;

/** What a scope cannot do without. */
const needs: Partial<Record<Scope, string>> = {
  commit: '--commit',
  range: '--range',
  files: '--file',
  selection: '--file and --lines',
  plan: '--plan',
};

/**
 * The scope that the request means: its own, or for `auto` the one that its word belongs to.
 * @throws UsageError for words that exclude each other, go with another scope, are empty or missing.
 */
export function scopeOf(request: TargetRequest): Scope {
  const [word, other] = (Object.keys(words) as Word[]).filter((name) => request[name] !== undefined);
  if (word === undefined) return withoutWord(request);
  const { option } = words[word];
  if (other !== undefined) throw new UsageError(`${option} and ${words[other].option} exclude each other.`);
  const scope = word === 'files' ? scopeOfFiles(request) : words[word].scope;
  if (request.lines !== undefined && scope !== 'selection')
    throw new UsageError(`--lines goes with --file, not ${option}.`);
  if (request.scope !== 'auto' && request.scope !== scope)
    throw new UsageError(`${option} goes with the scope ${scope}, not ${request.scope}.`);
  const values = [request[word] ?? ''].flat();
  if (values.some((value) => value.trim() === '')) throw new UsageError(`${option} is empty.`);
  return scope;
}

function withoutWord({ scope, lines: range }: TargetRequest): Scope {
  if (range !== undefined) throw new UsageError('--lines needs --file.');
  const needed = needs[scope];
  if (needed !== undefined) throw new UsageError(`The scope ${scope} needs ${needed}.`);
  return scope;
}

function scopeOfFiles({ scope, files: named = [], lines: range }: TargetRequest): 'files' | 'selection' {
  if (named.length === 0) throw new UsageError('--file is empty.');
  if (named.length > maxChosen)
    throw new UsageError(`${named.length} files and folders are too many: at most ${maxChosen}.`);
  if (range === undefined) {
    if (scope === 'selection') throw new UsageError('The scope selection needs --lines.');
    return 'files';
  }
  if (scope === 'files') throw new UsageError('--lines goes with the scope selection, not files.');
  if (named.length > 1) throw new UsageError('--lines goes with one --file.');
  parseLines(range);
  return 'selection';
}

/**
 * Reads `A-B`, or `A` for one line. 1-based, inclusive.
 * @throws UsageError if it is no range of lines.
 */
export function parseLines(text: string): { startLine: number; endLine: number } {
  const [, first, last = first] = /^\s*(\d{1,8})(?:-(\d{1,8}))?\s*$/.exec(text) ?? [];
  const [startLine, endLine] = [Number(first), Number(last)];
  if (!(startLine >= 1 && endLine >= startLine))
    throw new UsageError(`“${text}” is no range of lines: write --lines A-B, counted from 1.`);
  return { startLine, endLine };
}

/** A short name of the target for people: `uncommitted changes (3 files)`, `commit 0e7ad61: Fix retries`. */
export function targetLabel(target: Target): string {
  switch (target.kind) {
    case 'working-tree':
      return `uncommitted changes (${fileCount(target)})`;
    case 'staged':
      return `staged changes (${fileCount(target)})`;
    case 'branch':
      return `changes against ${target.base} (${fileCount(target)})`;
    case 'commit':
      return `commit ${target.sha.slice(0, 7)}${target.title === '' ? '' : `: ${cut(target.title)}`}`;
    case 'range':
      return `changes in ${target.range} (${fileCount(target)})`;
    case 'files':
      return chosenLabel(target);
    case 'selection':
      return `${lineText(target)} of ${target.file}`;
    case 'plan':
      return `plan ${planName(target.file)}`;
    case 'turn':
      return `what Claude changed in this turn (${fileCount(target)})`;
  }
}

function fileCount({ files }: { files: number }): string {
  return `${files} ${files === 1 ? 'file' : 'files'}`;
}

function chosenLabel({ paths, files: count }: Extract<Target, { kind: 'files' }>): string {
  const [first = '', ...others] = paths;
  const name = first.replace(/(?<=.)\/$/, '');
  if (others.length > 0) return `${name} and ${others.length} more (${fileCount({ files: count })})`;
  return first.endsWith('/') ? `folder ${name} (${fileCount({ files: count })})` : `file ${name}`;
}

function lineText({ startLine, endLine }: { startLine: number; endLine: number }): string {
  return startLine === endLine ? `line ${startLine}` : `lines ${startLine}-${endLine}`;
}

/** Longer titles are cut in labels. Characters. */
const maxTitle = 60;

function cut(title: string): string {
  return title.length > maxTitle ? `${title.slice(0, maxTitle - 1)}…` : title;
}

/** A plan outside of the repository goes by its name alone: its path is long, and says little. */
function planName(file: string): string {
  const isAbsolute = /^(\/|\\|[a-z]:)/i.test(file);
  return isAbsolute ? (file.split(/[/\\]/).at(-1) ?? file) : file;
}
