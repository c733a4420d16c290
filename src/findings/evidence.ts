import { stat } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { errorCode } from '../base/errors.ts';
import { isInside, realPathOrNull } from '../base/paths.ts';
import type { Observation } from '../jobs/agent.ts';
import type { ChangedHunk, Evidence, Hunk } from '../protocol/evidence.ts';
import { type Shown, startCoverage } from './coverage.ts';

const maxLooks = 500;
const maxCommand = 300;
const maxFilesOfLook = 50;
const maxFiles = 2_000;
const maxNotLookedAt = 200;

/** What there was to see, and what was shown. */
export interface Sight {
  /** Absolute real path. */
  repository: string;
  /** Of the change; null where no change was reviewed, or it could not be read. */
  hunks: readonly ChangedHunk[] | null;
  observations: readonly Observation[];
  /** What the reviewer was handed; empty where it had to look for itself. */
  handed: string;
}

/** What a reviewer was seen looking at, and what of the change nothing showed to it. */
export async function evidenceOf({ repository, hunks, observations, handed }: Sight): Promise<Evidence> {
  const changed = new Set((hunks ?? []).map(({ file }) => file));
  const shown = [
    { text: handed, files: [], reads: [], resolve: resolver(repository, repository) },
    ...observations.map((observation) => shownBy(observation, repository, changed)),
  ];
  const coverage = startCoverage(hunks ?? []);
  const files: string[][] = [];
  for (const one of shown) {
    files.push(coverage.show(one));
    // Some MB take a second: the host does other things meanwhile.
    await setImmediate();
  }
  const notLookedAt = coverage.notLookedAt();
  const real = await existing(repository, new Set(files.flat()), changed);
  const [, ...ofLooks] = files.map((names) => names.filter((name) => real.has(name)));
  return {
    looks: observations.slice(0, maxLooks).map(({ command, succeeded }, index) => ({
      command: command.slice(0, maxCommand),
      succeeded,
      files: (ofLooks[index] ?? []).slice(0, maxFilesOfLook),
    })),
    files: [...real],
    hunks: hunks?.length ?? null,
    notLookedAt: notLookedAt.slice(0, maxNotLookedAt).map(placeOf),
    notLookedAtCount: notLookedAt.length,
  };
}

function placeOf({ file, startLine, endLine }: ChangedHunk): Hunk {
  return { file, startLine, endLine };
}

function shownBy(
  { command, succeeded, folder, reads, output }: Observation,
  repository: string,
  changed: ReadonlySet<string>,
): Shown {
  const resolve = resolver(repository, folder === '' ? repository : folder);
  const read = reads.map((name) => resolve(name, false)).filter((file) => file !== null);
  const named = wordsOf(command)
    .flatMap((word) => [resolve(word, false), resolve(word, true)])
    .filter((file) => file !== null);
  return {
    text: output,
    files: [...new Set([...read, ...named])].filter((file) => changed.has(file)).slice(0, maxFilesOfLook),
    reads: succeeded ? read : [],
    resolve,
  };
}

/** What may be a path in a command line; of `HEAD:a.ts` that is what comes after the colon. */
function wordsOf(command: string): string[] {
  return command.split(/[\s'"`;|&()<>=:]+/).filter((word) => word !== '');
}

/** From a name to the path in the repository, with `/`; null for what is not inside. */
function resolver(repository: string, folder: string): Shown['resolve'] {
  return (name, byGit) => {
    if (name.includes('\0')) return null;
    const absolute = path.resolve(byGit ? repository : folder, name);
    if (absolute === repository || !isInside(repository, absolute)) return null;
    return path.relative(repository, absolute).split(path.sep).join('/');
  };
}

/** Those that are of the change, or are files inside the repository: what an output says is no proof of either. */
async function existing(
  repository: string,
  names: ReadonlySet<string>,
  changed: ReadonlySet<string>,
): Promise<Set<string>> {
  const found = new Set<string>();
  for (const name of [...names].slice(0, maxFiles))
    if (changed.has(name) || (await isFileInside(repository, name))) found.add(name);
  return found;
}

async function isFileInside(repository: string, name: string): Promise<boolean> {
  try {
    const real = await realPathOrNull(path.join(repository, name));
    return real !== null && isInside(repository, real) && (await stat(real)).isFile();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}

/** Places that a note names. */
const maxNamed = 5;

/** `2 of 7 changed places were not looked at: a.ts:3-9, b.ts:1`; null where all were, or that is not known. */
export function coverageNote({ hunks, notLookedAt, notLookedAtCount: count }: Evidence): string | null {
  if (hunks === null || count === 0) return null;
  const places = notLookedAt.slice(0, maxNamed).map(({ file, startLine, endLine }) => {
    return `${file}:${startLine === endLine ? startLine : `${startLine}-${endLine}`}`;
  });
  const more = count > maxNamed ? [`… and ${count - maxNamed} more`] : [];
  const what = `${count} of ${hunks} changed ${hunks === 1 ? 'place' : 'places'}`;
  return `${what} ${count === 1 ? 'was' : 'were'} not looked at: ${[...places, ...more].join(', ')}`;
}
