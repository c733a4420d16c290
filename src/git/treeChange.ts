import { type GitOptions, git, gitError, gitList } from './git.ts';
import { guardFilters } from './guardFilters.ts';

/** A file that differs between two trees. */
export interface TreeEntry {
  /** Relative to the repository's root, with `/`. */
  readonly path: string;
  /** Of the file before and after, as git writes it (`100644`, `100755`, `120000` a link, `160000` a submodule); null for none. */
  readonly modes: readonly [before: string | null, after: string | null];
  /** Of its content before and after, in the object database. */
  readonly ids: readonly [before: string | null, after: string | null];
}

/** What differs between two commits or trees, in the order of the paths; a renamed file is two. */
export async function treeChange(
  repository: string,
  before: string,
  after: string,
  options: GitOptions,
): Promise<TreeEntry[]> {
  const args = [
    'diff-tree',
    '-r',
    '-z',
    '--raw',
    '--no-abbrev',
    '--no-renames',
    '--no-commit-id',
    before,
    after,
  ];
  const tokens = await gitList(repository, args, options);
  const entries: TreeEntry[] = [];
  for (let at = 0; at + 1 < tokens.length; at += 2) {
    const [head = '', path = ''] = [tokens[at], tokens[at + 1]];
    const [from = '', to = '', before = '', after = ''] = head.slice(1).split(' ');
    const modes = [modeOf(from), modeOf(to)] as const;
    const ids = [modes[0] && before, modes[1] && after] as const;
    entries.push({ path, modes, ids });
  }
  return entries;
}

/** How many lines two commits or trees differ in; binary files have none. */
export async function lineChange(
  repository: string,
  before: string,
  after: string,
  options: GitOptions,
): Promise<{ added: number; removed: number }> {
  const args = ['diff-tree', '-r', '-z', '--numstat', '--no-renames', '--no-commit-id', before, after];
  const rows = (await gitList(repository, args, options)).map((row) => row.split('\t'));
  const sum = (column: number) =>
    rows.map((row) => Number(row[column])).reduce((all, one) => (Number.isNaN(one) ? all : all + one), 0);
  return { added: sum(0), removed: sum(1) };
}

function modeOf(mode: string): string | null {
  return mode === '000000' ? null : mode;
}

/** Of one side of a change. Bytes. */
export const maxFileBytes = 64 * 1024 * 1024;

/**
 * A file of a commit or tree as it would be checked out (line ends, the user's own filters); null if it is not there.
 * @throws UserError if git fails, or the file is too large
 */
export async function fileOfTree(
  repository: string,
  tree: string,
  file: string,
  options: GitOptions,
): Promise<Buffer | null> {
  const guarded = await guardFilters(repository, options);
  const args = ['ls-tree', '-z', '--full-tree', tree, '--', `:(literal)${file}`];
  const listed = await gitList(repository, args, options);
  if (listed.length === 0) return null;
  const isLink = listed[0]?.startsWith('120000') === true;
  const read = ['cat-file', ...(isLink ? ['blob'] : ['--filters']), `${tree}:${file}`];
  const { code, bytes, stderr, truncated } = await git(repository, read, guarded, { maxBytes: maxFileBytes });
  if (code !== 0) throw gitError(read, stderr);
  if (truncated) throw gitError(read, `${file} is too large`);
  return bytes;
}

/**
 * Merges what two sides made of one text.
 * @param files paths of three files on disk
 * @returns the text, with conflict markers where both changed the same, and whether there are such; null for binary files
 */
export async function mergeFile(
  repository: string,
  files: { ours: string; base: string; theirs: string },
  options: GitOptions,
): Promise<{ text: Buffer; conflicts: boolean } | null> {
  const names = ['-L', 'yours', '-L', 'before', '-L', 'task'];
  const args = ['merge-file', '-p', '--diff3', ...names, files.ours, files.base, files.theirs];
  const { code, bytes, stderr } = await git(repository, args, options, { maxBytes: maxFileBytes });
  // The exit code is the number of conflicts, at most 127; 255 is an error.
  if (code === null || code > 127) {
    if (/binary/i.test(stderr)) return null;
    throw gitError(args, stderr);
  }
  return { text: bytes, conflicts: code > 0 };
}
