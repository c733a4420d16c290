import type { FindingInFile } from '../../../findings/asPrompt.ts';
import type { CommandParts } from '../../commands.ts';
import { currentLines } from '../../currentLines.ts';
import { chosenFindings } from './chosenFindings.ts';

/** The chosen findings with their lines as they are now, each file read once. */
export async function findingsInFiles(
  parts: Pick<CommandParts, 'app' | 'places' | 'threads'>,
  from: unknown,
): Promise<FindingInFile[]> {
  // What was edited since the review has moved them, or is no longer what they are about.
  const findings = (await chosenFindings(parts, from)).map((finding) => parts.places.asItIsNow(finding));
  const files = new Map<string, Promise<string[] | null>>();
  return Promise.all(
    findings.map(async (finding) => {
      const key = [finding.repository, finding.file, finding.place].join('\0');
      const lines = files.get(key) ?? currentLines(finding);
      files.set(key, lines);
      return { finding, lines: await lines };
    }),
  );
}
