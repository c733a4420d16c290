import path from 'node:path';
import { UsageError } from '../base/errors.ts';
import type { Job } from '../protocol/job.ts';

/** A repository in which there was nothing to start, and why. */
export interface Refused {
  repository: string;
  error: UsageError;
}

/**
 * Places one order in each of several repositories.
 * @returns the repositories that have nothing for it
 * @throws the error itself where there is one repository, UsageError where none of several has anything; what is wrong
 * otherwise ends it, and what has been placed until then stays.
 */
export async function placeEverywhere(
  repositories: readonly string[],
  place: (repository: string) => Promise<Job>,
): Promise<Refused[]> {
  const refused: Refused[] = [];
  for (const repository of repositories) {
    try {
      await place(repository);
    } catch (error) {
      if (!(error instanceof UsageError) || repositories.length === 1) throw error;
      refused.push({ repository, error });
    }
  }
  if (repositories.length > 0 && refused.length === repositories.length)
    throw new UsageError(refusedText(refused));
  return refused;
}

/** `Not reviewed: shop (nothing to review: the working tree has no changes) and web (…).` */
export function refusedText(refused: readonly Refused[]): string {
  const each = refused.map(
    ({ repository, error }) => `${path.basename(repository)} (${reasonText(error.message)})`,
  );
  const last = each.at(-1) ?? '';
  return `Not reviewed: ${each.length > 1 ? `${each.slice(0, -1).join(', ')} and ${last}` : last}.`;
}

function reasonText(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, '');
}
