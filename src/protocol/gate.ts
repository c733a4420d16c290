import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { orEmpty } from '../base/orEmpty.ts';
import { isInside } from '../base/paths.ts';

/**
 * Where the stop-time review gate is on: a file for each such repository. Claude Code runs the gate's hooks at the end
 * of every turn, so that they look here before they look for a host.
 */
export const gateSchema = z.object({
  /** Absolute real path of the repository's root. */
  repository: z.string(),
  /** ISO 8601, UTC. */
  since: z.string(),
});

export function gatesFolder(stateHome: string): string {
  return path.join(stateHome, 'gates');
}

/** The repositories where the gate is on. */
export async function gatedRepositories(stateHome: string): Promise<string[]> {
  const folder = gatesFolder(stateHome);
  const names = (await orEmpty(readdir(folder), [])).filter((name) => name.endsWith('.json'));
  const texts = await Promise.all(
    names.map((name) => orEmpty(readFile(path.join(folder, name), 'utf8'), '')),
  );
  return texts.flatMap(repositoryIn);
}

/** True if the gate is on for a repository that holds the folder (a real path). */
export async function isGated(stateHome: string, folder: string): Promise<boolean> {
  const repositories = await gatedRepositories(stateHome);
  return repositories.some((repository) => isInside(repository, folder));
}

function repositoryIn(text: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not ours, or removed since the folder was read. (`z.core`, to tell its errors, would cost the companion 400 kB.)
    return [];
  }
  const gate = z.safeParse(gateSchema, value).data;
  return gate ? [gate.repository] : [];
}
