import { additionDiff, changeSummary } from './changeText.ts';
import { type ChangeTarget, comparison } from './comparison.ts';
import { linesOf } from './counts.ts';
import { type ChangedFile, type DiffEntry, diffEntries, diffOptions, lineCount } from './diffEntries.ts';
import { type ExcludeOptions, keptPathspecs } from './excludes.ts';
import { type GitOptions, git, gitError } from './git.ts';
import { guardFilters } from './guardFilters.ts';
import { type LeftOut, readNewFile, untrackedFiles } from './untracked.ts';
import { hasSecretName, leavingLinks, withheldSecrets } from './withheld.ts';

/** A change as it can be handed to a reviewer. */
export interface Change {
  files: ChangedFile[];
  /** All of it as a unified diff, without what was left out; null where that is too much to hand over. */
  diff: string | null;
  /** Its size and its files, one a line; bounded. */
  summary: string;
  /** Files whose content is not in the diff, and why. Of a symbolic link, the diff may have where it points to. */
  leftOut: LeftOut[];
  /** What a reviewer should know besides, in sentences. */
  notes: string[];
}

/** A longer diff is not handed over. Bytes. */
export const maxDiffBytes = 200 * 1024;

/** Nor is the diff of more files. */
export const maxDiffFiles = 300;

/** Untracked files that are looked into; of more, only the names are known. */
const maxInspected = 1_000;

/**
 * Reads the change that a target stands for. Secrets that are in no commit yet, the content of binary and of large
 * untracked files, and what lies behind symbolic links is left out and named; what the options exclude is no part of it.
 * @throws UserError if git fails, CancelledError
 */
export async function describeChange(
  repository: string,
  target: ChangeTarget,
  options: GitOptions & ExcludeOptions,
): Promise<Change> {
  const guarded = await guardFilters(repository, options);
  const compared = await comparison(repository, target, guarded);
  const entries = await diffEntries(repository, compared, guarded, keptPathspecs(guarded));
  const untracked = await readUntracked(repository, target, guarded);
  const files: ChangedFile[] = [...entries.map(withoutContent), ...untracked.files];
  const fits = files.length <= maxDiffFiles && lineCount(files) <= maxLines;
  const secrets = await withheldSecrets(
    repository,
    target,
    { entries, compared, withContent: fits },
    guarded,
  );
  const tracked = fits ? await trackedDiff(repository, compared, secrets, guarded) : null;
  const leftOut: LeftOut[] = [
    ...secrets.map(({ path }): LeftOut => ({ file: path, reason: 'looks like a secret' })),
    ...(await leavingLinks(repository, entries, guarded)),
    ...entries.filter(isBinary).map(({ path }): LeftOut => ({ file: path, reason: 'binary' })),
    ...untracked.leftOut,
  ];
  return {
    files,
    diff: joined(tracked, untracked.diff),
    summary: changeSummary(files),
    leftOut,
    notes: entries
      .filter((entry) => hasSecretName(entry) && !secrets.includes(entry))
      .map(({ path }) => `${JSON.stringify(path)} looks like a secret, but is committed already.`),
  };
}

/** Each line of a diff has two bytes at least. */
const maxLines = maxDiffBytes / 2;

function withoutContent({ path, state, from, added, deleted }: DiffEntry): ChangedFile {
  return { path, state, ...(from !== undefined && { from }), added, deleted };
}

function isBinary({ added, state }: DiffEntry): boolean {
  return added === null && state !== 'deleted';
}

interface Untracked {
  files: ChangedFile[];
  leftOut: LeftOut[];
  /** All of them as a diff; null where that is too long. */
  diff: string | null;
}

async function readUntracked(
  repository: string,
  target: ChangeTarget,
  options: GitOptions & ExcludeOptions,
): Promise<Untracked> {
  const isPart = target.kind === 'working-tree';
  const names = isPart ? await untrackedFiles(repository, options, keptPathspecs(options)) : [];
  const read: Untracked = { files: [], leftOut: [], diff: '' };
  for (const [index, path] of names.entries()) {
    const file = index < maxInspected ? await readNewFile(repository, path) : null;
    const isText = file !== null && 'text' in file;
    const added = isText ? linesOf(file.text).length : null;
    read.files.push({ path, state: 'untracked', added, deleted: null });
    if (isText) read.diff = joined(read.diff, additionDiff(file));
    else if (file !== null) read.leftOut.push(file);
  }
  return read;
}

/** Both texts, or null where that is too long. */
function joined(diff: string | null, more: string | null): string | null {
  if (diff === null || more === null) return null;
  return Buffer.byteLength(diff) + Buffer.byteLength(more) > maxDiffBytes ? null : diff + more;
}

/** The diff of what is tracked, without secrets and what reviews leave out; null where it is too long. */
async function trackedDiff(
  repository: string,
  compared: readonly string[],
  secrets: readonly DiffEntry[],
  options: GitOptions & ExcludeOptions,
): Promise<string | null> {
  const withheld = secrets
    .flatMap(({ path, from }) => (from === undefined ? [path] : [path, from]))
    .map((path) => `:(exclude,literal)${path}`);
  const args = [
    '-c',
    'core.quotePath=false',
    'diff',
    '--unified=3',
    ...diffOptions,
    ...compared,
    '--',
    '.',
    ...withheld,
    ...keptPathspecs(options),
  ];
  const { code, stdout, stderr, truncated } = await git(repository, args, options, {
    maxBytes: maxDiffBytes,
  });
  if (code !== 0) throw gitError(['diff'], stderr);
  return truncated ? null : stdout;
}
