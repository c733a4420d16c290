import path from 'node:path';
import { isInside, realPathOrNull } from '../base/paths.ts';
import type { CodeTarget } from '../protocol/target.ts';
import { linesOf } from './counts.ts';
import { type ExcludeOptions, excludedPathspecs } from './excludes.ts';
import { type GitOptions, gitList } from './git.ts';
import { guardFilters } from './guardFilters.ts';
import { type LeftOut, readNewFile, untrackedFiles } from './untracked.ts';
import { uncommittedFiles } from './withheld.ts';

/** What was chosen, file by file, without looking into it. */
export interface ChosenFiles {
  /** Relative to the repository's root with `/`; each once. */
  files: string[];
  /** What git ignores, where it was named itself. */
  leftOut: LeftOut[];
  /** Files of chosen folders that reviews leave out. What is named itself is reviewed. */
  excluded: string[];
  /** Those of which something is in no commit yet. */
  uncommitted: ReadonlySet<string>;
}

/**
 * The files that the chosen paths stand for: of a folder all that git tracks or does not ignore.
 * @param paths as `chosenPath` gives them
 * @throws UserError if git fails or lists too many
 */
export async function chosenFiles(
  repository: string,
  paths: readonly string[],
  options: GitOptions & ExcludeOptions,
): Promise<ChosenFiles> {
  const guarded = await guardFilters(repository, options);
  const named = paths.filter((name) => !name.endsWith('/'));
  const folders = literal(paths.filter((name) => name.endsWith('/')));
  const isKnown = new Set(await listed(repository, literal(named), guarded));
  const all = await listed(repository, folders, guarded);
  // Asked for apart: git 2.39 lets `:(exclude)vendor/**` match in any folder whose path is as long as `vendor/`, where that
  // folder is the one that is asked for.
  const excludable = new Set(await listed(repository, excludedPathspecs(options), guarded));
  const isExcluded = (name: string) => excludable.has(name) && !isKnown.has(name);
  const fresh = await untrackedFiles(repository, guarded, literal(paths));
  return {
    files: [
      ...new Set([...named.filter((name) => isKnown.has(name)), ...all.filter((name) => !isExcluded(name))]),
    ],
    leftOut: named
      .filter((name) => !isKnown.has(name))
      .map((file): LeftOut => ({ file, reason: 'ignored by git' })),
    excluded: all.filter(isExcluded),
    uncommitted: new Set([...fresh, ...(await uncommittedFiles(repository, guarded))]),
  };
}

/** Tracked files that are there, and those that are new. */
async function listed(
  repository: string,
  pathspecs: readonly string[],
  options: GitOptions,
): Promise<string[]> {
  // Without a pathspec git would list all files.
  if (pathspecs.length === 0) return [];
  const list = (...flags: string[]) =>
    gitList(repository, ['ls-files', '-z', ...flags, '--', ...pathspecs], options);
  const gone = new Set(await list('--deleted'));
  const there = await list('--cached', '--others', '--exclude-standard');
  // A file with a conflict is listed once for each side.
  return [...new Set(there)].filter((name) => !gone.has(name));
}

function literal(paths: readonly string[]): string[] {
  return paths.map((name) => `:(literal)${name === './' ? '.' : name}`);
}

/** Larger files are read by the reviewer itself. Bytes. */
const maxFileBytes = 512 * 1024;

/** More text is not handed over: the reviewer reads the files itself. Bytes, of which each line counts some for its number. */
export const maxTextBytes = 200 * 1024;
const numberBytes = 8;

/** The text of a file, or some of its lines. */
export interface FileText {
  file: string;
  /** Number of the first line, 1-based. */
  firstLine: number;
  lines: string[];
}

/** Code as it can be handed to a reviewer. */
export interface Code {
  /** Null where it is too much to hand over. */
  texts: FileText[] | null;
  /** Lines of all files that could be read, however many. */
  lines: number;
  /** Files whose text is not handed over, and why. */
  leftOut: LeftOut[];
}

/**
 * Reads files of the working tree, one after the other, and keeps no more of them than can be handed over.
 * @param selected only these lines, 1-based and inclusive; left out for all
 */
export async function readCode(
  repository: string,
  { files, uncommitted, leftOut }: ChosenFiles,
  selected?: { startLine: number; endLine: number },
): Promise<Code> {
  const code: Code = { texts: [], lines: 0, leftOut: [...leftOut] };
  let size = 0;
  for (const file of files) {
    const read = await readInside(repository, file, !uncommitted.has(file));
    if (read === null) continue;
    if ('reason' in read) {
      code.leftOut.push(read);
      continue;
    }
    const all = linesOf(read.text);
    const lines = selected ? all.slice(selected.startLine - 1, selected.endLine) : all;
    code.lines += all.length;
    for (const line of lines) size += Buffer.byteLength(line) + numberBytes;
    if (size > maxTextBytes) code.texts = null;
    code.texts?.push({ file, firstLine: selected?.startLine ?? 1, lines });
  }
  return code;
}

/** Null for a link: what it points to is reviewed where it lies. */
async function readInside(
  repository: string,
  file: string,
  committed: boolean,
): Promise<{ text: string } | LeftOut | null> {
  // git still lists what is tracked where a folder has been replaced by a link.
  const folder = await realPathOrNull(path.dirname(path.join(repository, file)));
  if (folder === null) return { file, reason: 'cannot be read' };
  if (!isInside(repository, folder)) return { file, reason: 'a symbolic link that leaves the repository' };
  const read = await readNewFile(repository, file, { maxBytes: maxFileBytes, committed });
  return 'mode' in read && read.mode === '120000' ? null : read;
}

/**
 * Reads what a target stands for, as it is now.
 * @throws UserError if git fails
 */
export async function describeCode(
  repository: string,
  target: CodeTarget,
  options: GitOptions & ExcludeOptions,
): Promise<Code> {
  const isFiles = target.kind === 'files';
  const chosen = await chosenFiles(repository, isFiles ? target.paths : [target.file], options);
  return readCode(repository, chosen, isFiles ? undefined : target);
}
