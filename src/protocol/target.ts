import * as z from 'zod/mini';
import { UsageError } from '../base/errors.ts';

/** What a user may ask to have reviewed; `auto` is the working tree if it is dirty, else the branch. */
export const scopes = ['auto', 'working-tree', 'staged', 'branch', 'commit', 'range', 'plan'] as const;
export type Scope = (typeof scopes)[number];

/**
 * The target as it was asked for, before the repository was looked at. Each of the optional words belongs to one
 * scope, and with `auto` it means that scope; see `scopeOf`.
 */
export const targetRequestSchema = z.object({
  scope: z.enum(scopes),
  /** Branch: a branch, tag or commit to compare with; left out to detect it. */
  base: z.optional(z.string()),
  /** Commit: anything that names one. */
  commit: z.optional(z.string()),
  /** Range: `A..B` (what differs between both) or `A...B` (what B changed since it left A); an empty end is HEAD. */
  range: z.optional(z.string()),
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

const wordScopes = { base: 'branch', commit: 'commit', range: 'range', plan: 'plan' } as const;

/**
 * The scope that the request means: its own, or for `auto` the one that its word belongs to.
 * @throws UsageError for words that exclude each other, go with another scope, are empty or missing.
 */
export function scopeOf(request: TargetRequest): Scope {
  const words = (['base', 'commit', 'range', 'plan'] as const).filter((word) => request[word] !== undefined);
  const [word, other] = words;
  if (word === undefined) {
    const { scope } = request;
    if (scope !== 'commit' && scope !== 'range' && scope !== 'plan') return scope;
    throw new UsageError(`The scope ${scope} needs --${scope}.`);
  }
  if (other !== undefined) throw new UsageError(`--${word} and --${other} exclude each other.`);
  const scope = wordScopes[word];
  if (request.scope !== 'auto' && request.scope !== scope)
    throw new UsageError(`--${word} goes with the scope ${scope}, not ${request.scope}.`);
  if (request[word]?.trim() === '') throw new UsageError(`--${word} is empty.`);
  return scope;
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
    case 'plan':
      return `plan ${planName(target.file)}`;
    case 'turn':
      return `what Claude changed in this turn (${fileCount(target)})`;
  }
}

function fileCount({ files }: { files: number }): string {
  return `${files} ${files === 1 ? 'file' : 'files'}`;
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
