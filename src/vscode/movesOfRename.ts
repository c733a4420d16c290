import path from 'node:path';
import { isInside, realPathOrNull } from '../base/paths.ts';
import type { Move } from '../findings/findingStore.ts';
import { relativeFile } from '../findings/repositoryFile.ts';
import type { PlacedFinding } from './findingPlaces.ts';

/**
 * What is to be recorded when a file, or a folder, has got another name: the same findings, in the file as it is called
 * now. Those that left their repository are none of them.
 * @param findings in the file, or below the folder
 * @param from former path, as the window knows it, like `to`
 */
export async function movesOfRename(
  findings: readonly PlacedFinding[],
  from: string,
  to: string,
): Promise<Move[]> {
  const moves: Move[] = [];
  for (const { finding, path: former } of findings) {
    if (former === null) continue;
    const real = await realPathOrNull(path.join(to, path.relative(from, former)));
    const { id, repository, startLine, endLine, anchor } = finding;
    if (real === null || !isInside(repository, real)) continue;
    moves.push({ id, file: relativeFile(repository, real), startLine, endLine, anchor });
  }
  return moves;
}
