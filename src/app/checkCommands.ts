import path from 'node:path';
import type { CheckCommand } from '../protocol/fixCheck.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import { type FoundCheck, checksIn } from './projectChecks.ts';

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
