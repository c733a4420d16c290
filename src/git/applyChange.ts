import { constants } from 'node:fs';
import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UserError, errorCode, messageOf } from '../base/errors.ts';
import { type KeptFile, asKept, checkedOut, keptFile } from './filesByGit.ts';
import type { GitOptions } from './git.ts';
import { withLineEndsOf } from './lineEnds.ts';
import { type TreeEntry, mergeFile } from './treeChange.ts';
import {
  type Obstacle,
  type WorkingFile,
  behindLink,
  isLink,
  isSameFile,
  leadsOut,
  obstacleTo,
  readWorkingFile,
} from './workingFile.ts';

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

/** What is wanted of a change. */
export interface ChosenFile {
  readonly entry: TreeEntry;
  /** What the file is to hold instead of the change's own where only a part is wanted. */
  readonly content?: Buffer;
}

export interface PlanOptions extends GitOptions {
  /** It is taken back: links that come back are the user's own, and may lead out of the repository. */
  readonly isUndo?: boolean;
}

/**
 * What would come of bringing a change into the working tree, file by file; nothing is written. Whatever can be known to
 * fail is found here.
 * @throws UserError where git fails, a file cannot be read, or something of the change can never be written
 */
export async function planChange(
  repository: string,
  chosen: readonly ChosenFile[],
  options: PlanOptions,
): Promise<PlannedFile[]> {
  const submodule = chosen.find(({ entry }) => entry.modes.includes('160000'));
  if (submodule)
    throw new UserError(`${submodule.entry.path} is a submodule, which is left as it is.`, adviceOf(options));
  const found = await filesOnDisk(repository, chosen);
  const now = await asKept(
    repository,
    [...found.files.keys()],
    chosen.flatMap(({ entry }) =>
      found.files.has(entry.path) ? (keptFile(entry, 0) ?? keptFile(entry, 1) ?? []) : [],
    ),
    options,
  );
  const isDone = ({ entry, content }: ChosenFile) =>
    content === undefined && isSame(now.get(entry.path) ?? null, keptFile(entry, 1));
  const open = chosen.filter((file) => !isDone(file));
  const before = await checkedOut(repository, sideOf(open, 0), options);
  const after = await checkedOut(repository, sideOf(open, 1), options);
  const planned: PlannedFile[] = [];
  for (const file of chosen) {
    const { entry, content } = file;
    const from = found.files.get(entry.path) ?? null;
    const result = after.get(entry.path) ?? null;
    const to = result && content !== undefined ? { ...result, content } : result;
    if (isDone(file)) planned.push({ path: entry.path, kind: 'done', from, to: from });
    else if (found.blocked.has(entry.path))
      planned.push({ path: entry.path, kind: 'conflict', from, to: null });
    else {
      const base = before.get(entry.path) ?? null;
      const isBase = isSame(now.get(entry.path) ?? null, keptFile(entry, 0));
      planned.push(await planFile(repository, entry, { from, base, to, isBase }, options));
    }
  }
  await refuse(repository, planned, options);
  return planned;
}

function adviceOf({ isUndo = false }: PlanOptions): string {
  return isUndo
    ? 'Take the changes back by hand, or remove the cause and try again.'
    : 'The other files can be applied without it (“Tandem: Apply Some Changes of a Task…”).';
}

interface FilesOnDisk {
  files: Map<string, WorkingFile>;
  /** Places at which something else is that does not go with the change. */
  blocked: Set<string>;
}

/** @throws UserError for a place behind a link, or outside of the repository */
async function filesOnDisk(repository: string, chosen: readonly ChosenFile[]): Promise<FilesOnDisk> {
  const leaving = new Set(chosen.flatMap(({ entry }) => (entry.modes[1] === null ? [entry.path] : [])));
  const found: FilesOnDisk = { files: new Map(), blocked: new Set() };
  for (const { entry } of chosen) {
    const obstacle = await obstacleTo(repository, entry.path);
    if (obstacle === null) {
      const file = await readable(repository, entry.path);
      if (file) found.files.set(entry.path, file);
    } else if (!(await goes(repository, obstacle, leaving))) {
      if (obstacle.kind === 'link') throw behindLink(entry.path);
      if (entry.modes[1] !== null) found.blocked.add(entry.path);
    }
  }
  return found;
}

/** @throws UserError where the user may not read it */
async function readable(repository: string, file: string): Promise<WorkingFile | null> {
  try {
    return await readWorkingFile(repository, file);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new UserError(`${file} cannot be read: ${messageOf(error)}.`);
  }
}

/** Whether what is in the way is deleted by the change itself. */
async function goes(
  repository: string,
  { path: place, kind }: Obstacle,
  leaving: ReadonlySet<string>,
): Promise<boolean> {
  if (kind !== 'folder') return leaving.has(place);
  for (const entry of await readdir(path.join(repository, place), { withFileTypes: true })) {
    const inner: Obstacle = { path: `${place}/${entry.name}`, kind: entry.isDirectory() ? 'folder' : 'file' };
    if (!(await goes(repository, inner, leaving))) return false;
  }
  return true;
}

function sideOf(chosen: readonly ChosenFile[], side: 0 | 1): KeptFile[] {
  return chosen.flatMap(({ entry }) => keptFile(entry, side) ?? []);
}

function isSame(a: KeptFile | null, b: KeptFile | null): boolean {
  return a === null || b === null ? a === b : a.id === b.id && a.mode === b.mode;
}

interface Sides {
  from: WorkingFile | null;
  base: WorkingFile | null;
  to: WorkingFile | null;
  /** To git, what is on disk is what the change started from. */
  isBase: boolean;
}

async function planFile(
  repository: string,
  { path: file, modes }: TreeEntry,
  { from, base, to: result, isBase }: Sides,
  options: GitOptions,
): Promise<PlannedFile> {
  const ends = (side: WorkingFile) =>
    from && base ? withLineEndsOf(from.content, base.content, side.content) : side.content;
  // A mode that the change leaves alone stays as it is on disk.
  const isModeKept = from !== null && !isLink(from) && modes[0] === modes[1];
  const to = result && { content: ends(result), mode: isModeKept ? from.mode : result.mode };
  if (isSameFile(from, to)) return { path: file, kind: 'done', from, to };
  if (isBase) return { path: file, kind: 'write', from, to };
  if (from === null || to === null || base === null || [from, to, base].some(isLink))
    return { path: file, kind: 'conflict', from, to: null };
  const merged = await merge(repository, { from: from.content, base: ends(base), to: to.content }, options);
  if (!merged) return { path: file, kind: 'conflict', from, to: null };
  const { text: content, conflicts } = merged;
  return { path: file, kind: conflicts ? 'conflict' : 'merge', from, to: { content, mode: to.mode } };
}

async function merge(
  repository: string,
  sides: { from: Buffer; base: Buffer; to: Buffer },
  options: GitOptions,
) {
  const folder = await mkdtemp(path.join(tmpdir(), 'tandem-merge-'));
  try {
    const place = (name: string) => path.join(folder, name);
    await writeFile(place('ours'), sides.from);
    await writeFile(place('base'), sides.base);
    await writeFile(place('theirs'), sides.to);
    const at = { ours: place('ours'), base: place('base'), theirs: place('theirs') };
    return await mergeFile(repository, at, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws UserError if something of it cannot be written */
async function refuse(
  repository: string,
  planned: readonly PlannedFile[],
  options: PlanOptions,
): Promise<void> {
  for (const { path: file, kind, to } of planned) {
    if (kind === 'done' || kind === 'conflict') continue;
    if (to && isLink(to) && options.isUndo !== true && leadsOut(repository, file, to))
      throw new UserError(`${file} would be a link that leads out of the repository.`, adviceOf(options));
    await requireWritable(repository, file, adviceOf(options));
  }
}

/** A file is replaced as a whole, so that its folder counts, or the first one above that is there. */
async function requireWritable(repository: string, file: string, advice: string): Promise<void> {
  let folder = path.posix.dirname(file);
  for (;;) {
    try {
      await access(path.join(repository, folder), constants.W_OK);
      return;
    } catch (error) {
      const code = errorCode(error);
      if (code !== 'ENOENT' && code !== 'ENOTDIR')
        throw new UserError(
          `${file} cannot be written: its folder is protected (${code ?? String(error)}).`,
          advice,
        );
    }
    if (folder === '.') return;
    folder = path.posix.dirname(folder);
  }
}
