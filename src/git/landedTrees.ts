import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PlannedFile } from './applyChange.ts';
import { type GitOptions, gitOrThrow } from './git.ts';
import { guardFilters } from './guardFilters.ts';
import { withOwnIndex } from './snapshot.ts';
import type { TreeEntry } from './treeChange.ts';
import type { WorkingFile } from './workingFile.ts';

/** A file of a plan with what is known of it as an object of the repository. */
export interface LandedFile {
  readonly planned: PlannedFile;
  readonly entry: TreeEntry;
  /** It is to have a content of its own, in place of the change's. */
  readonly isOwn: boolean;
}

/**
 * Trees of these files alone, as they are on disk and as they are going to be, so that what is written can be taken back
 * from the first byte on. They hold no other files.
 * @throws UserError if git cannot
 */
export async function landedTrees(
  repository: string,
  files: readonly LandedFile[],
  options: GitOptions,
): Promise<{ before: string; after: string }> {
  // As in a snapshot: through the user's filters, and none of the repository's.
  const own = withOwnIndex(await guardFilters(repository, options));
  const before: string[] = [];
  const after: string[] = [];
  for (const { planned, entry, isOwn } of files) {
    const { path: file, kind, from, to } = planned;
    const isBase = kind === 'write';
    const [base, result] = entry.ids;
    before.push(...(await rowOf(repository, file, { is: from, known: isBase ? base : null }, own)));
    const known = isBase && !isOwn ? result : null;
    after.push(...(await rowOf(repository, file, { is: to, known }, own)));
  }
  return { before: await treeOf(repository, before, own), after: await treeOf(repository, after, own) };
}

/** The row of an index; none for no file. `known`: the object that holds its text, where there is one. */
async function rowOf(
  repository: string,
  file: string,
  { is, known }: { is: WorkingFile | null; known: string | null },
  options: GitOptions,
): Promise<string[]> {
  if (is === null) return [];
  const filters = is.mode === '120000' ? ['--no-filters'] : [`--path=${file}`];
  const write = ['hash-object', '-w', '--stdin', ...filters];
  const id = known ?? (await gitOrThrow(repository, write, options, { input: is.content })).trim();
  return [`${is.mode} ${id}\t${file}\0`];
}

async function treeOf(repository: string, rows: readonly string[], options: GitOptions): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tandem-index-'));
  try {
    const call = { indexFile: path.join(folder, 'index') };
    const add = ['update-index', '-z', '--add', '--index-info'];
    await gitOrThrow(repository, add, options, { ...call, input: rows.join('') });
    return (await gitOrThrow(repository, ['write-tree'], options, call)).trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
