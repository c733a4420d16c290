import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type GitOptions } from './git.ts';
import { type TreeEntry, fileOfTree, mergeFile } from './treeChange.ts';
import { type WorkingFile, isSameFile, readWorkingFile } from './workingFile.ts';

/** What becomes of one file if a change is brought into the working tree. */
export interface PlannedFile {
  readonly path: string;
  /**
   * `write`: as the change has it. `merge`: both changed it, in different places. `conflict`: both changed the same; `to`
   * has markers then, and is null where there can be none. `done`: it is so already.
   */
  readonly kind: 'write' | 'merge' | 'conflict' | 'done';
  /** The file as it is on disk. */
  readonly from: WorkingFile | null;
  readonly to: WorkingFile | null;
}

export interface SideOfChange {
  /** A commit or tree. */
  readonly base: string;
  readonly result: string;
}

/**
 * What would come of bringing a change into the working tree, file by file; nothing is written.
 * @param chosen the files that are meant; a text that is to be instead of the change's own where only a part is wanted
 * @throws UserError where git fails, or a file cannot be read
 */
export async function planChange(
  repository: string,
  sides: SideOfChange,
  chosen: readonly { entry: TreeEntry; text?: string }[],
  options: GitOptions,
): Promise<PlannedFile[]> {
  const planned: PlannedFile[] = [];
  for (const { entry, text } of chosen)
    planned.push(await planFile(repository, sides, { entry, text }, options));
  return planned;
}

async function planFile(
  repository: string,
  { base: baseTree, result }: SideOfChange,
  { entry, text }: { entry: TreeEntry; text: string | undefined },
  options: GitOptions,
): Promise<PlannedFile> {
  const { path: file, modes } = entry;
  const [before, after] = modes;
  const from = await readWorkingFile(repository, file);
  const base = before === null ? null : await sideOf(repository, baseTree, file, before, options);
  const to =
    after === null
      ? null
      : text === undefined
        ? await sideOf(repository, result, file, after, options)
        : { content: Buffer.from(text), mode: after };
  if (isSameFile(from, to)) return { path: file, kind: 'done', from, to };
  if (isSameFile(from, base)) return { path: file, kind: 'write', from, to };
  if (from === null || to === null || base === null || [from, to, base].some(isLink))
    return { path: file, kind: 'conflict', from, to: null };
  const merged = await merge(repository, { from, base, to }, options);
  if (!merged) return { path: file, kind: 'conflict', from, to: null };
  const { text: content, conflicts } = merged;
  return { path: file, kind: conflicts ? 'conflict' : 'merge', from, to: { content, mode: to.mode } };
}

function isLink({ mode }: WorkingFile): boolean {
  return mode === '120000';
}

async function sideOf(
  repository: string,
  tree: string,
  file: string,
  mode: string,
  options: GitOptions,
): Promise<WorkingFile | null> {
  const content = await fileOfTree(repository, tree, file, options);
  return content && { content, mode };
}

async function merge(
  repository: string,
  { from, base, to }: { from: WorkingFile; base: WorkingFile; to: WorkingFile },
  options: GitOptions,
) {
  const folder = await mkdtemp(path.join(tmpdir(), 'tandem-merge-'));
  try {
    const files = { ours: 'ours', base: 'base', theirs: 'theirs' };
    const place = (name: string) => path.join(folder, name);
    await writeFile(place(files.ours), from.content);
    await writeFile(place(files.base), base.content);
    await writeFile(place(files.theirs), to.content);
    const at = { ours: place('ours'), base: place('base'), theirs: place('theirs') };
    return await mergeFile(repository, at, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
