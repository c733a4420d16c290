import type { GitOptions } from './git.ts';
import { headOrEmptyTree, parentOrEmptyTree } from './revisions.ts';

export type { ChangeTarget } from '../protocol/target.ts';

/** Which of a target's properties decide what is compared. */
export type Compared =
  | { kind: 'working-tree' | 'staged' }
  | { kind: 'branch'; mergeBase: string }
  | { kind: 'commit'; sha: string }
  | { kind: 'range' | 'turn'; from: string; to: string };

/** What `git diff` is to compare; ids and options only, never text of a user. */
export async function comparison(
  repository: string,
  target: Compared,
  options: GitOptions,
): Promise<string[]> {
  switch (target.kind) {
    case 'working-tree':
      return [await headOrEmptyTree(repository, options)];
    case 'staged':
      return ['--cached'];
    case 'branch':
      // As Codex does: what the working tree has, committed or not, against the merge base.
      return [target.mergeBase];
    case 'commit':
      return [await parentOrEmptyTree(repository, target.sha, options), target.sha];
    case 'range':
    case 'turn':
      return [target.from, target.to];
  }
}
