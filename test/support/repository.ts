import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { cleanEnvironment, type Environment } from './environment.ts';
import { createTempFolder } from './temp.ts';

const run = promisify(execFile);

/** Path (with `/`) to content; `null` removes the file. */
export type Files = Readonly<Record<string, string | Uint8Array | null>>;

export interface RepositoryPlan {
  /** First commit on `main`. Without it the repository has no commit. */
  readonly committed?: Files;
  /** A branch that is left after the first commit, with this as its one commit on top. */
  readonly branch?: { readonly name: string; readonly committed: Files };
  /** Added to the index, not committed. */
  readonly staged?: Files;
  /** Written to the working tree only: changed or untracked files. */
  readonly uncommitted?: Files;
  /** An existing empty folder to use; default a new temp folder. */
  readonly folder?: string;
}

export interface TestRepository {
  readonly path: string;
  /** Runs git with these arguments; gives stdout as it is. @throws Error with git's stderr. */
  git(...args: string[]): Promise<string>;
  write(files: Files): void;
  stage(files: Files): Promise<void>;
  /** Commits these files (or, without them, what is in the index) and gives the new commit's full hash. */
  commit(message: string, files?: Files): Promise<string>;
  /** Makes a branch at the current commit and changes to it. */
  branch(name: string): Promise<void>;
  /** Removes the folder, unless it was given by the caller. */
  dispose(): Promise<void>;
}

/** File names that break naive quoting and parsing; all legal on Linux and macOS. */
export const oddFileNames = [
  'with space.ts',
  'it\'s "quoted".ts',
  'grüße 漢字.ts',
  'dash — and -> arrow.ts',
  '-leading-dash.ts',
  'back\\slash.ts',
  'brackets[1]*.ts',
  'tab\there.ts',
] as const;

/** A git that knows nothing of the user: no config files, no prompts, own name, and fixed times (so that hashes repeat). */
export function gitEnvironment(commits = 0): Environment {
  const date = new Date(Date.UTC(2026, 0, 5, 9, commits)).toISOString();
  return cleanEnvironment({
    GIT_CONFIG_GLOBAL: devNull,
    GIT_CONFIG_SYSTEM: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Test Author',
    GIT_AUTHOR_EMAIL: 'author@example.invalid',
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: 'Test Author',
    GIT_COMMITTER_EMAIL: 'author@example.invalid',
    GIT_COMMITTER_DATE: date,
  });
}

export async function createRepository(plan: RepositoryPlan = {}): Promise<TestRepository> {
  const made = plan.folder === undefined ? createTempFolder('repository') : undefined;
  const repository = openRepository(made?.path ?? plan.folder ?? '', async () => made?.dispose());
  await repository.git('init', '--quiet', '--initial-branch=main');
  if (plan.committed !== undefined) await repository.commit('First commit', plan.committed);
  if (plan.branch !== undefined) {
    await repository.branch(plan.branch.name);
    await repository.commit(`Work on ${plan.branch.name}`, plan.branch.committed);
  }
  if (plan.staged !== undefined) await repository.stage(plan.staged);
  if (plan.uncommitted !== undefined) repository.write(plan.uncommitted);
  return repository;
}

function openRepository(folder: string, dispose: () => Promise<void>): TestRepository {
  let commits = 0;
  const git = async (...args: string[]) => {
    const options = { cwd: folder, env: gitEnvironment(commits), maxBuffer: 256 * 1024 * 1024 };
    return (await run('git', args, options)).stdout;
  };
  const stage = async (files: Files) => {
    writeFiles(folder, files);
    await git('add', '--all', '--', ...Object.keys(files).map((name) => `:(literal)${name}`));
  };
  return {
    path: folder,
    git,
    stage,
    write: (files) => writeFiles(folder, files),
    commit: async (message, files) => {
      if (files !== undefined) await stage(files);
      commits += 1;
      await git('commit', '--quiet', '--allow-empty', `--message=${message}`);
      return (await git('rev-parse', 'HEAD')).trim();
    },
    branch: async (name) => {
      await git('switch', '--quiet', '--create', name);
    },
    dispose,
  };
}

function writeFiles(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, ...name.split('/'));
    if (content === null) {
      rmSync(file);
    } else {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }
}
