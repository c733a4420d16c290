import { lstat, mkdtemp, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UserError } from '../base/errors.ts';
import { type GitOptions, checkoutTimeout, gitOrThrow } from './git.ts';
import { guardFilters } from './guardFilters.ts';
import { withOwnIndex } from './snapshot.ts';
import { type TreeEntry, maxFileBytes } from './treeChange.ts';
import { type WorkingFile, isLink } from './workingFile.ts';

/** A file as git keeps it. */
export interface KeptFile {
  /** Relative to the repository's root, with `/`. */
  readonly path: string;
  /** `100644`, `100755`, `120000`. */
  readonly mode: string;
  /** Of its content, in the object database. */
  readonly id: string;
}

/** A file of a tree that differs from another one, on one of the two sides; null where there is none, or a submodule. */
export function keptFile({ path: file, modes, ids }: TreeEntry, side: 0 | 1): KeptFile | null {
  const [mode, id] = [modes[side], ids[side]];
  return mode === null || id === null || mode === '160000' ? null : { path: file, mode, id };
}

/**
 * Files as they would be checked out (line ends, the user's own filters), all by one git.
 * @returns by path
 * @throws UserError if git fails, or a file is too large
 */
export async function checkedOut(
  repository: string,
  files: readonly KeptFile[],
  options: GitOptions,
): Promise<Map<string, WorkingFile>> {
  if (files.length === 0) return new Map();
  return onNewIndex(repository, files, options, async ({ folder, indexFile, guarded }) => {
    const copies = path.join(folder, 'files');
    const args = ['checkout-index', '--all', '--quiet', `--prefix=${copies.split(path.sep).join('/')}/`];
    await gitOrThrow(repository, args, guarded, { indexFile, timeout: checkoutTimeout });
    const read: [string, WorkingFile][] = [];
    for (const file of files)
      read.push([file.path, { content: await readCopy(copies, file), mode: file.mode }]);
    return new Map(read);
  });
}

/** A file before and after a change; null where there is none. */
export interface FileSides {
  readonly before: Buffer | null;
  readonly after: Buffer | null;
}

/** What differs between two trees as it would be checked out, by path. @throws UserError as `checkedOut` */
export async function sidesOf(
  repository: string,
  entries: readonly TreeEntry[],
  options: GitOptions,
): Promise<Map<string, FileSides>> {
  const side = (at: 0 | 1) =>
    checkedOut(
      repository,
      entries.flatMap((entry) => keptFile(entry, at) ?? []),
      options,
    );
  const [before, after] = [await side(0), await side(1)];
  const contentOf = (files: Map<string, WorkingFile>, file: string) => files.get(file)?.content ?? null;
  return new Map(
    entries.map(({ path: file }) => [
      file,
      { before: contentOf(before, file), after: contentOf(after, file) },
    ]),
  );
}

/**
 * How git would keep files that are on disk: by its own rules for line ends, modes and links, so that what is no change to
 * git is none to us. Nothing is written into the repository.
 * @param paths of files and links that exist
 * @param former what git knows of them; where it does not look at modes, they have these
 * @returns by path
 * @throws UserError if git fails
 */
export async function asKept(
  repository: string,
  paths: readonly string[],
  former: readonly KeptFile[],
  options: GitOptions,
): Promise<Map<string, KeptFile>> {
  if (paths.length === 0) return new Map();
  return onNewIndex(repository, former, options, async ({ indexFile, guarded }) => {
    const args = ['update-index', '--add', '--replace', '--info-only', '-z', '--stdin'];
    await gitOrThrow(repository, args, guarded, { indexFile, input: zeroEnded(paths) });
    const rows = await gitOrThrow(repository, ['ls-files', '--stage', '-z'], guarded, { indexFile });
    return new Map(rows.split('\0').slice(0, -1).map(stagedFile));
  });
}

interface NewIndex {
  /** For temporary files. */
  folder: string;
  indexFile: string;
  guarded: GitOptions;
}

/** The repository's own index would bring the user's marks along, by which git takes changed files for unchanged. */
async function onNewIndex<T>(
  repository: string,
  files: readonly KeptFile[],
  options: GitOptions,
  work: (index: NewIndex) => Promise<T>,
): Promise<T> {
  const guarded = withOwnIndex(await guardFilters(repository, options));
  const folder = await mkdtemp(path.join(tmpdir(), 'tandem-files-'));
  try {
    const indexFile = path.join(folder, 'index');
    const input = zeroEnded(files.map(({ mode, id, path: file }) => `${mode} ${id}\t${file}`));
    await gitOrThrow(repository, ['update-index', '-z', '--index-info'], guarded, { indexFile, input });
    return await work({ folder, indexFile, guarded });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function zeroEnded(rows: readonly string[]): string {
  return rows.map((row) => `${row}\0`).join('');
}

/** @param row `<mode> <id> <stage>`, a tab, the path */
function stagedFile(row: string): [string, KeptFile] {
  const [, mode = '', id = '', file = ''] = /^(\d+) ([0-9a-f]+) \d\t([^]*)$/.exec(row) ?? [];
  return [file, { path: file, mode, id }];
}

/** Where the file system has no links, git writes a file with the target instead. */
async function readCopy(folder: string, file: KeptFile): Promise<Buffer> {
  const absolute = path.join(folder, file.path);
  const info = await lstat(absolute);
  if (isLink(file) && info.isSymbolicLink()) return Buffer.from(await readlink(absolute));
  if (info.size > maxFileBytes) throw new UserError(`${file.path} is too large: ${info.size} bytes.`);
  return readFile(absolute);
}
