import { realpath } from 'node:fs/promises';
import { type Candidate } from './executables.ts';

const sources: Readonly<Record<Candidate['source'], string>> = {
  setting: 'from the settings',
  PATH: 'on PATH',
  'login shell': 'on the PATH of the login shell',
  'known place': 'in a usual place',
};

/** `/usr/bin/codex (on PATH)` */
export function candidateText({ file, source }: Candidate): string {
  return `${file} (${sources[source]})`;
}

/** Those that are another program than the chosen one, each once: links to the same file are one program. */
export async function otherCandidates(
  chosen: Candidate | undefined,
  all: readonly Candidate[],
): Promise<Candidate[]> {
  const programs = new Map<string, Candidate>();
  for (const candidate of chosen ? [chosen, ...all] : all) {
    const program = await realpath(candidate.file);
    if (!programs.has(program)) programs.set(program, candidate);
  }
  return [...programs.values()].filter((candidate) => candidate !== chosen);
}
