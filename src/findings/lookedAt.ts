import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { realPathOrNull } from '../base/paths.ts';
import type { Observation } from '../jobs/agent.ts';
import type { ChangedHunk, Look } from '../protocol/evidence.ts';
import { evidenceOf } from './evidence.ts';
import { linesOfFile, readText, resolveInside } from './repositoryFile.ts';
import { shownLines } from './shownLines.ts';

/*
 * Whether a reviewer was seen looking at any of the files that it was to review, where no hunks say what there was to
 * see: of code as it is, of a change that is too large, or that has no lines (binary files, renames, modes).
 */

/** A line of so many letters and digits is of the file that has it. */
const minTelling = 10;

/** Longer lines are compared by their beginning. Characters. */
const maxKey = 200;

/** Of so many files the lines are compared, and of no more text. */
const maxFiles = 500;
const maxText = 20_000_000;

export interface ToLookAt {
  /** Absolute real path. */
  repository: string;
  hunks: readonly ChangedHunk[] | null;
  /** Relative to the repository, with `/`; null where it is about none. */
  files: readonly string[] | null;
  observations: readonly Observation[];
  /** The same, with the files that each of them showed. */
  looks: readonly Look[];
}

/**
 * True if a command printed something of one of the files (also one that failed in the end), or names it and succeeded. Where
 * the change has no lines, there is nothing to see but which files they are: then it is enough that an output names one.
 * Null where hunks tell, or it is about no files; `nothing` where there is none of those that it is about.
 */
export async function lookedAtSome(sight: ToLookAt): Promise<boolean | 'nothing' | null> {
  const { repository, hunks, files, observations, looks } = sight;
  if (files === null || (hunks !== null && hunks.length > 0)) return null;
  if (files.length === 0) return 'nothing';
  const wanted = new Set(files);
  if (looks.some((look) => look.files.some((file) => wanted.has(file)))) return true;
  const isNamed = namesOf(files);
  const names = ({ command, reads, output }: Observation) =>
    [command, ...reads, ...(hunks === null ? [] : [output])].some(isNamed);
  if (observations.some((observation) => observation.succeeded && names(observation))) return true;
  return showsLine(observations, await tellingLines(repository, files));
}

export interface FileToLookAt {
  /** Absolute real path. */
  repository: string;
  /** Relative to the repository, with `/`; empty where there is none. */
  file: string;
  observations: readonly Observation[];
}

/** The same of one file. Of one that is not there it is enough to have looked for it, with whatever result. Null for none. */
export async function lookedAtFile({
  repository,
  file,
  observations,
}: FileToLookAt): Promise<boolean | null> {
  if (file === '') return null;
  const hunks = null;
  const { looks } = await evidenceOf({ repository, hunks, observations, handed: '' });
  if (await lookedAtSome({ repository, hunks, files: [file], observations, looks })) return true;
  if ((await realPathOrNull(path.join(repository, file))) !== null) return false;
  const isNamed = namesOf([file]);
  return observations.some(({ command, reads }) => [command, ...reads].some(isNamed));
}

/** What may end a name in a command line or an output. */
const between = /[\s'"`;|&()<>=:,\\/]+/;

/** Whether a text has the name of one of the files, with or without its folder. */
function namesOf(files: readonly string[]): (text: string) => boolean {
  const names = new Set(files.map((file) => file.slice(file.lastIndexOf('/') + 1)));
  const odd = [...names].filter((name) => between.test(name));
  return (text) => {
    // A shell may have names with a backslash before what is odd in them.
    const plain = odd.length === 0 ? '' : text.replaceAll('\\', '');
    return text.split(between).some((word) => names.has(word)) || odd.some((name) => plain.includes(name));
  };
}

async function showsLine(observations: readonly Observation[], lines: ReadonlySet<string>): Promise<boolean> {
  if (lines.size === 0) return false;
  for (const { output } of observations) {
    for (const { texts } of shownLines(output))
      if (texts.some((text) => lines.has(text.slice(0, maxKey)))) return true;
    // Some MB take a second: the host does other things meanwhile.
    await setImmediate();
  }
  return false;
}

async function tellingLines(repository: string, files: readonly string[]): Promise<Set<string>> {
  const lines = new Set<string>();
  let size = 0;
  for (const file of files.slice(0, maxFiles)) {
    const absolute = await resolveInside(file, repository);
    const read = absolute === null ? null : await readText(absolute);
    if (read === null || read === 'too large') continue;
    size += read.text.length;
    if (size > maxText) break;
    for (const line of linesOfFile(read.text)) {
      const key = line.trim().slice(0, maxKey);
      if (isTelling(key)) lines.add(key);
    }
  }
  return lines;
}

function isTelling(line: string): boolean {
  return (line.match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= minTelling;
}
