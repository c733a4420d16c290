import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../base/errors.ts';
import { readRegularFile } from '../base/regularFile.ts';
import type { CheckCommand } from '../protocol/fixCheck.ts';

/*
 * What the build files of common tools say about how a project is checked, in one folder. Only files are read; nothing runs.
 */

/** A command that a project checks itself with, and why we think so. */
export interface FoundCheck extends CheckCommand {
  /** `package.json`, `the setting tandem.fix.check`. */
  readonly source: string;
  /** What it stands for, where a file says so: text of the repository, for display only. Empty otherwise. */
  readonly means: string;
}

/** Only the beginning of larger files is looked at. Bytes. */
const maxBytes = 1024 * 1024;

/** Scripts of package.json that check something, the most telling one first. */
const scripts = ['test', 'check', 'typecheck', 'types', 'lint', 'build'] as const;

/** npm writes this into a new package.json. */
const noTest = 'no test specified';

/** @param folder relative to the repository's root, with `/` */
export async function checksIn(repository: string, folder: string): Promise<FoundCheck[]> {
  const read = (name: string) => textOf(path.join(repository, folder, name));
  const has = async (name: string) => (await read(name)) !== null;
  const names = (below = '') => namesIn(path.join(repository, folder, below));
  const one = async (source: string, command: readonly string[]) =>
    (await has(source)) ? [{ command: [...command], folder, source, means: '' }] : [];
  return [
    ...(await packageScripts(folder, read)),
    ...(await firstOf(['deno.json', 'deno.jsonc'].map((name) => one(name, ['deno', 'test'])))),
    ...(await one('Cargo.toml', ['cargo', 'test'])),
    ...(await one('go.mod', ['go', 'test', './...'])),
    ...(await firstOf([pytest(folder, read), pythonTests(folder, { has, names })])),
    ...(await one('pom.xml', [(await has('mvnw')) ? './mvnw' : 'mvn', '--batch-mode', 'test'])),
    ...(await gradle(folder, has)),
    ...(await dotnet(folder, names)),
    ...(await cmake(folder, read)),
    ...(await composer(folder, read)),
    ...(await ruby(folder, has)),
    ...(await one('mix.exs', ['mix', 'test'])),
    ...(await one('Package.swift', ['swift', 'test'])),
    ...(await makefile(folder, read)),
  ];
}

type Read = (name: string) => Promise<string | null>;
type Has = (name: string) => Promise<boolean>;
/** @param below a folder of it; the folder itself where that is left out */
type Names = (below?: string) => Promise<readonly string[]>;

/** Those of the first that finds any. */
async function firstOf(found: readonly Promise<FoundCheck[]>[]): Promise<FoundCheck[]> {
  return (await Promise.all(found)).find((checks) => checks.length > 0) ?? [];
}

async function packageScripts(folder: string, read: Read): Promise<FoundCheck[]> {
  const text = await read('package.json');
  if (text === null) return [];
  const known = scriptsOf(text);
  const program = await packageManager(read);
  return scripts.flatMap((name) => {
    const means = known[name];
    if (typeof means !== 'string' || (name === 'test' && means.includes(noTest))) return [];
    const command = name === 'test' && program !== 'bun' ? [program, 'test'] : [program, 'run', name];
    return [{ command, folder, source: 'package.json', means }];
  });
}

function scriptsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null || !('scripts' in parsed)) return {};
    const { scripts: known } = parsed;
    return typeof known === 'object' && known !== null ? { ...known } : {};
  } catch (error) {
    // The user may just be editing it.
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

async function packageManager(read: Read): Promise<string> {
  if ((await read('pnpm-lock.yaml')) !== null) return 'pnpm';
  if ((await read('yarn.lock')) !== null) return 'yarn';
  if ((await read('bun.lock')) !== null || (await read('bun.lockb')) !== null) return 'bun';
  return 'npm';
}

/** Where pytest keeps its settings, and how one sees that they are there (https://docs.pytest.org/en/stable/reference/customize.html). */
const pytestFiles: readonly (readonly [file: string, sign: RegExp])[] = [
  ['pytest.ini', /^/],
  ['pyproject.toml', /^\[tool\.pytest\b/m],
  ['tox.ini', /^\[pytest\]/m],
  ['setup.cfg', /^\[tool:pytest\]/m],
  ['conftest.py', /^/],
];

async function pytest(folder: string, read: Read): Promise<FoundCheck[]> {
  for (const [source, sign] of pytestFiles) {
    const text = await read(source);
    if (text !== null && sign.test(text)) return [{ command: ['pytest'], folder, source, means: '' }];
  }
  return [];
}

const pythonProject = ['pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt'];

/** Tests that pytest finds without settings. */
async function pythonTests(
  folder: string,
  { has, names }: { has: Has; names: Names },
): Promise<FoundCheck[]> {
  if (!(await someOf(pythonProject, has))) return [];
  for (const below of ['tests', 'test', '']) {
    const test = (await names(below)).find((name) => /^(test_.*|.*_test)\.py$/.test(name));
    if (test === undefined) continue;
    return [{ command: ['pytest'], folder, source: path.posix.join(below, test), means: '' }];
  }
  return [];
}

async function someOf(names: readonly string[], has: Has): Promise<boolean> {
  for (const name of names) if (await has(name)) return true;
  return false;
}

/** A solution stands for its projects; `dotnet` itself takes no more than one of either in a folder. */
async function dotnet(folder: string, names: Names): Promise<FoundCheck[]> {
  const all = await names();
  for (const ends of [/\.slnx?$/, /\.(cs|fs|vb)proj$/]) {
    const [source, ...others] = all.filter((name) => ends.test(name));
    if (source === undefined) continue;
    const which = others.length === 0 ? [] : [source];
    return [{ command: ['dotnet', 'test', ...which], folder, source, means: '' }];
  }
  return [];
}

/** Where a build of ours goes: a worktree has none yet. */
const cmakeBuild = ['.', 'build/check', '--build-generator', 'Unix Makefiles'];

/** A workflow of the project's own, or all in one by CTest (measured, CMake 3.25). */
async function cmake(folder: string, read: Read): Promise<FoundCheck[]> {
  const lists = await read('CMakeLists.txt');
  if (lists === null) return [];
  const workflow = /"workflowPresets"\s*:\s*\[\s*\{[^}]*?"name"\s*:\s*"([\w.-]+)"/.exec(
    (await read('CMakePresets.json')) ?? '',
  )?.[1];
  if (workflow !== undefined)
    return [
      {
        command: ['cmake', '--workflow', '--preset', workflow],
        folder,
        source: 'CMakePresets.json',
        means: '',
      },
    ];
  if (process.platform === 'win32' || !/^\s*(enable_testing\s*\(|include\s*\(\s*CTest\b)/im.test(lists))
    return [];
  const command = ['ctest', '--build-and-test', ...cmakeBuild, '--test-command', 'ctest'];
  return [{ command, folder, source: 'CMakeLists.txt', means: '' }];
}

async function composer(folder: string, read: Read): Promise<FoundCheck[]> {
  const means = scriptsOf((await read('composer.json')) ?? '{}')['test'];
  if (means === undefined) return [];
  const text = typeof means === 'string' ? means : JSON.stringify(means);
  return [{ command: ['composer', 'run-script', 'test'], folder, source: 'composer.json', means: text }];
}

/** What `rake` does without a word is what the project runs first. */
async function ruby(folder: string, has: Has): Promise<FoundCheck[]> {
  const bundle = (await has('Gemfile')) ? ['bundle', 'exec'] : [];
  if (await has('Rakefile')) return [{ command: [...bundle, 'rake'], folder, source: 'Rakefile', means: '' }];
  return (await has('.rspec'))
    ? [{ command: [...bundle, 'rspec'], folder, source: '.rspec', means: '' }]
    : [];
}

async function gradle(folder: string, has: Has): Promise<FoundCheck[]> {
  for (const source of ['build.gradle', 'build.gradle.kts'])
    if (await has(source)) {
      const program = (await has('gradlew')) ? './gradlew' : 'gradle';
      return [{ command: [program, 'test'], folder, source, means: '' }];
    }
  return [];
}

async function makefile(folder: string, read: Read): Promise<FoundCheck[]> {
  for (const source of ['GNUmakefile', 'makefile', 'Makefile']) {
    const text = await read(source);
    if (text === null) continue;
    const target = ['check', 'test'].find((name) => new RegExp(`^${name}\\s*:(?!=)`, 'm').test(text));
    return target === undefined ? [] : [{ command: ['make', target], folder, source, means: '' }];
  }
  return [];
}

/** Empty where there is no such folder, or one that cannot be read. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return [];
  }
}

/** Null where there is no such file, or it is a link or nothing that one can read. */
async function textOf(file: string): Promise<string | null> {
  try {
    return (await readRegularFile(file, maxBytes))?.toString('utf8') ?? null;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return null;
  }
}
