import { existsSync } from 'node:fs';
import { Emitter, type Event } from 'vscode-jsonrpc/node';
import { UsageError } from '../base/errors.ts';
import { type PlannedFile, planChange } from '../git/applyChange.ts';
import type { GitOptions } from '../git/git.ts';
import { landedTrees } from '../git/landedTrees.ts';
import { type TreeEntry, treeChange } from '../git/treeChange.ts';
import { isSameFile, readWorkingFile } from '../git/workingFile.ts';
import { writeChange } from '../git/writeChange.ts';
import type { ChangeState, TaskChange } from '../protocol/taskChange.ts';
import type { ChangeProblems } from './changeProblems.ts';
import { type ChangeRecords, type ChangeRef, type SaveChange, undecided } from './changeRecords.ts';
import type { TaskWorktrees } from './taskWorktrees.ts';

export interface LandingParts {
  records: Pick<ChangeRecords, 'hold'>;
  worktrees: Pick<TaskWorktrees, 'release'>;
  problems: ChangeProblems;
  git(): GitOptions;
}

/** What is to be applied of a change. */
export interface Selection {
  /** Files with what they are to hold, where only some of their hunks are wanted; left out for all of all. */
  files?: ReadonlyMap<string, Buffer | null>;
  /** Where both changed the same: write both, with conflict markers. */
  markers?: boolean;
}

export type Applied =
  | { readonly kind: 'applied'; readonly files: readonly string[] }
  /** Nothing was written: these were changed meanwhile in the same places. `mergeable`: markers could be written. */
  | { readonly kind: 'conflict'; readonly files: readonly { path: string; mergeable: boolean }[] };

/** What has come into the working tree, or has gone from it. */
export interface Landed {
  /** As it is now. */
  readonly change: TaskChange;
  readonly how: 'applied' | 'taken back';
  /** What it was about, this time. */
  readonly files: readonly string[];
}

/** The way of a change into the working tree and back. What is about to be written is noted first. */
export class Landing {
  private readonly landEmitter = new Emitter<Landed>();

  /** Fires when this host has brought something into the working tree, or has taken it back. */
  readonly onDidLand: Event<Landed> = this.landEmitter.event;

  constructor(private readonly parts: LandingParts) {}

  /**
   * Brings a change, or a part of it, into the working tree, all or nothing: where the user has changed the same
   * meanwhile nothing is written, unless markers are wanted.
   * @throws UsageError if it is not to be decided about (any more), UserError if git cannot, or a file cannot be written
   */
  apply(ref: ChangeRef, { files, markers = false }: Selection = {}): Promise<Applied> {
    return this.parts.records.hold(ref, async (found, save) => {
      const change = undecided(found);
      const entries = await this.entriesOf(change);
      const contentOf = (file: string) => files?.get(file) ?? null;
      const chosen = entries.flatMap((entry) => {
        if (files !== undefined && !files.has(entry.path)) return [];
        const content = contentOf(entry.path);
        return [content === null ? { entry } : { entry, content }];
      });
      const planned = await planChange(change.repository, chosen, this.parts.git());
      const conflicts = planned.filter(({ kind }) => kind === 'conflict');
      if (conflicts.length > 0 && (!markers || conflicts.some(({ to }) => to === null)))
        return {
          kind: 'conflict',
          files: conflicts.map(({ path: file, to }) => ({ path: file, mergeable: to !== null })),
        };
      const landed = await this.land(change, { planned, entries, contentOf }, save);
      return { kind: 'applied', files: landed };
    });
  }

  /**
   * Takes back what was applied last. What was decided since about the rest stands.
   * @throws UsageError if nothing was, UserError if git has removed the checkpoint, or a file cannot be written
   */
  undo(ref: ChangeRef): Promise<Applied> {
    return this.parts.records.hold(ref, async (change, save) => {
      const last = change?.applied.at(-1);
      if (!change || !last) throw new UsageError('Nothing of this change was applied.');
      if (change.state === 'running') throw new UsageError('The task is at work on it.', 'Wait for its end.');
      const { repository } = change;
      const git = this.parts.git();
      const entries = (await treeChange(repository, last.after, last.before, git)).filter(({ path: file }) =>
        last.files.includes(file),
      );
      const chosen = entries.map((entry) => ({ entry }));
      const planned = await planChange(repository, chosen, { ...git, isUndo: true });
      const conflicts = planned.filter(({ kind }) => kind === 'conflict');
      if (conflicts.length > 0)
        return {
          kind: 'conflict',
          files: conflicts.map(({ path: file }) => ({ path: file, mergeable: false })),
        };
      // Should this fail, or be cut off, it can be done again: what is back already counts as done then.
      await writeChange(repository, planned);
      const applied = change.applied.slice(0, -1);
      const next: TaskChange = { ...change, applied, state: stateAfterUndo({ ...change, applied }) };
      delete next.problems;
      await save(next);
      const files = planned.map(({ path: file }) => file);
      this.landEmitter.fire({ change: next, how: 'taken back', files });
      return { kind: 'applied', files };
    });
  }

  /** Tells that a task has worked in place. */
  landedInPlace(change: TaskChange, files: readonly string[]): void {
    this.landEmitter.fire({ change, how: 'applied', files });
  }

  /** Writes what is planned. @returns the files that were not so already */
  private async land(change: TaskChange, plan: Plan, save: SaveChange): Promise<string[]> {
    const { repository, applied } = change;
    const { problems, worktrees } = this.parts;
    const toWrite = plan.planned.filter(({ kind }) => kind !== 'done');
    const files = toWrite.map(({ path: file }) => file);
    const watch = problems.watch(repository);
    let begun: TaskChange = { ...change, state: 'partly applied' };
    try {
      if (toWrite.length > 0) {
        begun = { ...begun, applied: [...applied, { ...(await this.treesOf(repository, plan)), files }] };
        delete begun.problems;
        // First what can be taken back: this host may be killed between any two files.
        await save(begun);
        await writeChange(repository, plan.planned).catch(async (error: unknown) => {
          await noteFailure({ change, begun, toWrite }, save);
          throw error;
        });
      }
    } catch (error) {
      problems.end(watch);
      throw error;
    }
    const isWhole = await this.isWhole(begun, plan);
    const next: TaskChange = { ...begun, state: isWhole ? 'applied' : 'partly applied' };
    await save(next);
    if (isWhole) await worktrees.release(next);
    const isNews = ({ kind, path: file }: PlannedFile) =>
      kind !== 'done' || !applied.some((one) => one.files.includes(file));
    const news = plan.planned.filter(isNews).map(({ path: file }) => file);
    this.landEmitter.fire({ change: next, how: 'applied', files: news });
    problems.compare(next, files, watch);
    return files;
  }

  /** @throws UsageError while the task runs */
  private entriesOf({ repository, base, result }: TaskChange): Promise<TreeEntry[]> {
    if (result === null) throw new UsageError('There is no change that waits.');
    return treeChange(repository, base, result, this.parts.git());
  }

  private treesOf(repository: string, { planned, entries, contentOf }: Plan) {
    const byPath = new Map(entries.map((entry) => [entry.path, entry]));
    const files = planned.flatMap((one) => {
      const entry = byPath.get(one.path);
      if (!entry || one.kind === 'done') return [];
      return [{ planned: one, entry, isOwn: contentOf(one.path) !== null }];
    });
    return landedTrees(repository, files, this.parts.git());
  }

  /** Whether all of a change is in the working tree, with what was applied of it before. */
  private async isWhole(change: TaskChange, { planned, entries, contentOf }: Plan): Promise<boolean> {
    const isOwn = ({ path: file }: PlannedFile) => contentOf(file) !== null;
    if (planned.length === entries.length && !planned.some(isOwn)) return true;
    const reached = new Set([
      ...planned.map(({ path: file }) => file),
      ...change.applied.flatMap(({ files }) => files),
    ]);
    if (entries.some(({ path: file }) => !reached.has(file))) return false;
    const chosen = entries.map((entry) => ({ entry }));
    const left = await planChange(change.repository, chosen, this.parts.git());
    return left.every(({ kind, from, to }) => kind === 'done' || (kind === 'merge' && isSameFile(from, to)));
  }
}

interface Plan {
  readonly planned: readonly PlannedFile[];
  /** All of the change. */
  readonly entries: readonly TreeEntry[];
  /** What is wanted in a file in place of the change's; null for that. */
  readonly contentOf: (file: string) => Buffer | null;
}

/** What was decided otherwise since stands, and nobody can apply what a later task goes on with. */
function stateAfterUndo({ state, applied, worktree }: TaskChange): ChangeState {
  if (state !== 'applied' && state !== 'partly applied') return state;
  if (applied.length > 0) return 'partly applied';
  return worktree !== null && existsSync(worktree) ? 'pending' : 'undone';
}

interface Failed {
  /** As it was. */
  change: TaskChange;
  /** With what was to be applied. */
  begun: TaskChange;
  toWrite: readonly PlannedFile[];
}

/** Notes what is in the working tree after all, if anything is: it can be taken back. */
async function noteFailure({ change, begun, toWrite }: Failed, save: SaveChange): Promise<void> {
  const files: string[] = [];
  for (const one of toWrite) if (await isWritten(change.repository, one)) files.push(one.path);
  const last = begun.applied.at(-1);
  if (files.length === 0 || !last) await save(change);
  else await save({ ...begun, applied: [...change.applied, { ...last, files }] });
}

/** Not what the user has made of it in the last moment. */
async function isWritten(repository: string, { path: file, from, to }: PlannedFile): Promise<boolean> {
  const now = await readWorkingFile(repository, file);
  if (isSameFile(now, from)) return false;
  return now === null || to === null ? now === to : now.content.equals(to.content);
}
