import path from 'node:path';
import { errorCode } from '../base/errors.ts';
import { readRegularFile } from '../base/regularFile.ts';
import type { CheckCommand } from '../protocol/fixCheck.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';

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

/**
 * The commands that a fix of a finding could be checked with: the user's own (empty for none) before those that are found.
 */
export async function checksFor(
  own: readonly string[],
  { repository, file }: Pick<KnownFinding, 'repository' | 'file'>,
): Promise<FoundCheck[]> {
  const found = await findChecks(repository, file);
  if (own.length === 0) return found;
  return [{ command: [...own], folder: '', source: 'the setting “tandem.fix.check”', means: '' }, ...found];
}

/** The same for a check that was run before: it comes first, as it is defined by now, and not at all where it is no more. */
export async function checksAgain(
  own: readonly string[],
  repository: string,
  former: CheckCommand,
): Promise<FoundCheck[]> {
  const all = await checksFor(own, { repository, file: path.posix.join(former.folder, 'any') });
  const key = ({ command, folder, definedIn }: CheckCommand) => JSON.stringify([command, folder, definedIn]);
  const [same, others] = [true, false].map((is) => all.filter((one) => (key(one) === key(former)) === is));
  // Of a setting that has changed since: its words are all that it is.
  const isOwn = former.definedIn === undefined && same?.length === 0;
  const before = isOwn ? [{ ...former, source: 'the race before', means: '' }] : (same ?? []);
  return [...before, ...(others ?? [])];
}

/**
 * The commands with which the project around a file checks itself: those of its own folder before those of the folders
 * above. Only files are read for that; nothing runs.
 * @param file relative to the repository's root, with `/`
 */
export async function findChecks(repository: string, file: string): Promise<FoundCheck[]> {
  const found: FoundCheck[] = [];
  for (const folder of foldersUp(file)) found.push(...(await checksIn(repository, folder)));
  return found.map((check) => ({ ...check, definedIn: path.posix.join(check.folder, check.source) }));
}

/** `a/b/c.ts` is in `a/b`, `a` and the root. */
function foldersUp(file: string): string[] {
  const parts = path.posix.normalize(file).split('/').slice(0, -1);
  // A finding may be about a file outside of the repository.
  if (path.posix.isAbsolute(file) || parts.includes('..')) return [''];
  return [...parts.map((_, index) => parts.slice(0, parts.length - index).join('/')), ''];
}

async function checksIn(repository: string, folder: string): Promise<FoundCheck[]> {
  const read = (name: string) => textOf(path.join(repository, folder, name));
  const has = async (name: string) => (await read(name)) !== null;
  const one = async (source: string, command: readonly string[]) =>
    (await has(source)) ? [{ command: [...command], folder, source, means: '' }] : [];
  return [
    ...(await packageScripts(folder, read)),
    ...(await one('deno.json', ['deno', 'test'])),
    ...(await one('Cargo.toml', ['cargo', 'test'])),
    ...(await one('go.mod', ['go', 'test', './...'])),
    ...(await pytest(folder, read)),
    ...(await one('pom.xml', ['mvn', '--batch-mode', 'test'])),
    ...(await gradle(folder, has)),
    ...(await one('mix.exs', ['mix', 'test'])),
    ...(await one('Package.swift', ['swift', 'test'])),
    ...(await makefile(folder, read)),
  ];
}

type Read = (name: string) => Promise<string | null>;

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

async function gradle(folder: string, has: (name: string) => Promise<boolean>): Promise<FoundCheck[]> {
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

/** Null where there is no such file, or it is a link or nothing that one can read. */
async function textOf(file: string): Promise<string | null> {
  try {
    return (await readRegularFile(file, maxBytes))?.toString('utf8') ?? null;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return null;
  }
}
