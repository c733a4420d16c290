import type { ChangeTarget } from '../../src/protocol/target.ts';

export type { ChangeTarget } from '../../src/protocol/target.ts';

/** How a change is described to a model. Holds ids that git gave, never text of a user or a repository. */
export interface Scope {
  /** What it is, as a part of a sentence. */
  what: string;
  /** Read-only commands that show it. */
  commands: readonly string[];
  /** What else there is to know about reading it. */
  hints: readonly string[];
}

export function scopeOf(target: ChangeTarget): Scope {
  switch (target.kind) {
    case 'working-tree':
      return {
        what: 'the uncommitted changes of the working tree: staged, unstaged and untracked files',
        commands: ['git status --short --untracked-files=all', 'git diff --cached', 'git diff'],
        hints: ['No diff shows the untracked files. Read them.'],
      };
    case 'staged':
      return {
        what: 'the staged changes, which the next commit will hold',
        commands: ['git diff --cached'],
        hints: [
          'Unstaged changes and untracked files are not part of it.',
          'Files of the working tree may be newer. `git show :PATH` shows a file as it is staged.',
        ],
      };
    case 'branch':
      return {
        what: `what changed since the branch left its base, at the merge base ${target.mergeBase}`,
        commands: [`git diff ${target.mergeBase}`],
        hints: ['Changes that are not committed yet are part of it, untracked files are not.'],
      };
    case 'commit':
      return {
        what: `the changes of the commit ${target.sha}`,
        commands: [`git show -m --first-parent ${target.sha}`],
        hints: [later(target.sha)],
      };
    case 'range':
      return {
        what: `the changes from commit ${target.from} to commit ${target.to}`,
        commands: [`git diff ${target.from} ${target.to}`],
        hints: [later(target.to)],
      };
    case 'turn':
      return {
        what: 'what a coding assistant changed in its last turn',
        commands: [`git diff ${target.from} ${target.to}`],
        hints: [
          'The two ids are trees. They hold the working tree before and after the turn.',
          'Other changes of the working tree are older. They are not part of it.',
        ],
      };
  }
}

/** Whether the files of the working tree are what is reviewed, so that reading them shows it. */
export function isPresent({ kind }: ChangeTarget): boolean {
  return kind === 'working-tree' || kind === 'branch';
}

/** What somebody has to know of it who can read files, but run nothing. */
export function readingHint(target: ChangeTarget): string {
  if (isPresent(target)) return 'The files of the working tree are as they are after the change.';
  return 'The files of the working tree may be in a later state than the one that you review. The diff counts.';
}

function later(id: string): string {
  return `The working tree may hold a later state. \`git show ${id}:PATH\` shows a file as it is there.`;
}
