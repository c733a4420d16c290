import { type GitOptions, gitList } from './git.ts';

export type FileState =
  'added' | 'deleted' | 'modified' | 'renamed' | 'type changed' | 'unmerged' | 'untracked';

/** A changed file. */
export interface ChangedFile {
  /** Relative to the repository's root, with `/`. */
  path: string;
  state: FileState;
  /** The former path of a renamed file. */
  from?: string;
  /** Lines; null where they are not counted, as in binary files. */
  added: number | null;
  deleted: number | null;
}

/** A changed file with what git says of its new content. */
export interface DiffEntry extends ChangedFile {
  /** As git writes it: `100644`, `120000` for a symbolic link, `160000` for a submodule, `000000` for a deleted file. */
  mode: string;
  /** Id of the new content, all zeros if it is only in the working tree. */
  blob: string;
}

/** As git writes the mode of a submodule. */
export const submoduleMode = '160000';

/**
 * For every `git diff`: no program of the repository or user makes the text, submodules are compared by their commit
 * alone (else git runs in them, with their configuration), and settings of the user change nothing.
 */
export const diffOptions = [
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--find-renames',
  '--submodule=short',
  '--ignore-submodules=dirty',
  '--src-prefix=a/',
  '--dst-prefix=b/',
] as const;

/**
 * The changed files of a comparison (see `comparison`), without those that are untracked.
 * @param pathspecs only what they match; left out for all
 */
export async function diffEntries(
  repository: string,
  compared: readonly string[],
  options: GitOptions,
  pathspecs: readonly string[] = [],
): Promise<DiffEntry[]> {
  const shown = ['--raw', '--numstat', '--no-abbrev', '-z'];
  const args = ['diff', ...shown, ...diffOptions, ...compared, '--', ...pathspecs];
  return readEntries(await gitList(repository, args, options));
}

/**
 * Reads `--raw --numstat -z` (see git-diff(1)): first `:MODE MODE ID ID STATE`, path, of a renamed file a second path;
 * then `ADDED⇥DELETED⇥path`, of a renamed file with an empty path and two more.
 */
function readEntries(tokens: readonly string[]): DiffEntry[] {
  const entries = new Map<string, DiffEntry>();
  const rest = tokens[Symbol.iterator]();
  const next = () => rest.next().value ?? '';
  for (let token = next(); token !== ''; token = next()) {
    if (token.startsWith(':')) {
      const entry = readRaw(token, next);
      entries.set(entry.path, entry);
    } else {
      const { path, ...lines } = readLines(token, next);
      const entry = entries.get(path);
      if (entry) Object.assign(entry, lines);
    }
  }
  return [...entries.values()];
}

function readRaw(token: string, next: () => string): DiffEntry {
  const [, mode = '', , blob = '', letter = ''] = token.split(' ');
  const first = next();
  const lines = { added: null, deleted: null };
  if (/^[RC]/.test(letter))
    return { path: next(), from: first, state: stateOf(letter), ...lines, mode, blob };
  return { path: first, state: stateOf(letter), ...lines, mode, blob };
}

function readLines(token: string, next: () => string): Pick<ChangedFile, 'path' | 'added' | 'deleted'> {
  const [, added = '', deleted = '', name = ''] = /^(\d+|-)\t(\d+|-)\t([^]*)$/.exec(token) ?? [];
  if (name === '') next();
  return { path: name === '' ? next() : name, added: numberOf(added), deleted: numberOf(deleted) };
}

/** Lines of a binary file are a dash. */
function numberOf(text: string): number | null {
  return text === '-' ? null : Number(text);
}

/** @param letter of a renamed file with how much of it is the same, in percent */
function stateOf(letter: string): FileState {
  switch (letter.charAt(0)) {
    case 'A':
    case 'C':
      return 'added';
    case 'D':
      return 'deleted';
    case 'R':
      return 'renamed';
    case 'T':
      return 'type changed';
    case 'U':
      return 'unmerged';
    default:
      return 'modified';
  }
}

/** Added and deleted lines together. */
export function lineCount(files: readonly Pick<ChangedFile, 'added' | 'deleted'>[]): number {
  return files.reduce((sum, { added, deleted }) => sum + (added ?? 0) + (deleted ?? 0), 0);
}
