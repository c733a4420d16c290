import { UsageError } from '../base/errors.ts';
import { type CodeTarget, parseLines } from '../protocol/target.ts';
import { type ChosenFiles, chosenFiles, readCode } from './chosenFiles.ts';
import { chosenPath } from './chosenPath.ts';
import { type ExcludeOptions, namesText } from './excludes.ts';
import type { GitOptions } from './git.ts';
import type { LeftOut } from './untracked.ts';

/** More files are no review. */
export const maxFiles = 500;

/** Who asks for code to be reviewed: names are relative to the folder. */
interface Asked {
  repository: string;
  folder: string;
}

/**
 * Chosen files and folders, as they are now.
 * @throws UsageError for a name that is not there, is not of this repository, or where nothing is left to review.
 */
export async function filesTarget(
  { repository, folder }: Asked,
  names: readonly string[],
  options: GitOptions & ExcludeOptions,
): Promise<CodeTarget> {
  const found: string[] = [];
  for (const name of names) found.push(await chosenPath(repository, folder, name));
  const paths = [...new Set(found)];
  const chosen = await chosenFiles(repository, paths, options);
  if (chosen.files.length > maxFiles)
    throw new UsageError(
      `${chosen.files.length} files are too many for one review: at most ${maxFiles}.`,
      'Choose fewer files or smaller folders.',
    );
  const { lines, leftOut } = await readCode(repository, chosen);
  const refused = leftOut.filter(isRefused);
  const files = chosen.files.filter((file) => !refused.some((one) => one.file === file));
  if (files.length === 0) throw nothingLeft(paths, chosen, refused);
  return { kind: 'files', paths, files: files.length, lines };
}

/** A reviewer can read a large file in parts. */
function isRefused({ reason }: LeftOut): boolean {
  return reason !== 'too large';
}

function nothingLeft(paths: string[], { excluded }: ChosenFiles, refused: readonly LeftOut[]): UsageError {
  const [first, ...others] = refused;
  if (first) {
    const more = others.length === 0 ? '' : ` (and ${others.length} more left out)`;
    return new UsageError(`Nothing to review: ${leftOutText(first)}${more}.`);
  }
  if (excluded.length > 0)
    return new UsageError(
      `Nothing to review but files that \`tandem.review.exclude\` leaves out: ${namesText(excluded)}.`,
      'Name the files themselves, or change the setting.',
    );
  return new UsageError(`Nothing to review: git knows no file in ${namesText(paths)}.`);
}

/**
 * Some lines of one file, as it is now. Lines beyond its end are cut off.
 * @param range `A-B`, see `parseLines`
 * @throws UsageError as `filesTarget`, and for lines that are not there.
 */
export async function selectionTarget(
  { repository, folder }: Asked,
  name: string,
  range: string,
  options: GitOptions & ExcludeOptions,
): Promise<CodeTarget> {
  const { startLine, endLine } = parseLines(range);
  const file = await chosenPath(repository, folder, name);
  if (file.endsWith('/')) throw new UsageError(`${name} is a folder: lines are of a file.`);
  const { lines, leftOut } = await readCode(repository, await chosenFiles(repository, [file], options));
  const [refused] = leftOut;
  if (refused) throw new UsageError(`Nothing to review: ${leftOutText(refused)}.`);
  if (startLine > lines)
    throw new UsageError(
      `There is no line ${startLine}: ${file} has ${lines} ${lines === 1 ? 'line' : 'lines'}.`,
    );
  const last = Math.min(endLine, lines);
  return { kind: 'selection', file, startLine, endLine: last, lines: last - startLine + 1 };
}

function leftOutText({ file, reason }: LeftOut): string {
  const isSentence = reason === 'looks like a secret' || reason === 'cannot be read';
  return isSentence ? `${file} ${reason}` : `${file} is ${reason}`;
}
