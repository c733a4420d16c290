import type { App } from '../../app.ts';
import { UsageError } from '../../base/errors.ts';
import { type Option, pickOrType } from './pickOrType.ts';

/**
 * Asks which branch to compare with: the detected base first, then the others; a tag or a commit will do as well.
 * @throws CancelledError if none is picked
 */
export function chooseBase(app: App, repository: string): Promise<string> {
  const question = { title: 'Review Branch', placeholder: 'Compare with which branch, tag or commit?' };
  return pickOrType(question, async () => {
    const [branches, detected] = await Promise.all([
      app.previews.branches(repository),
      detectedBase(app, repository),
    ]);
    const others = branches.filter((branch) => branch !== detected?.value);
    return [...(detected ? [detected] : []), ...others.map((label) => ({ label, value: label }))];
  });
}

/** Null where none is found, or where the branch has no change against it: then it is no choice to begin with. */
async function detectedBase(app: App, repository: string): Promise<Option | null> {
  try {
    const target = await app.previews.target(repository, { scope: 'branch' });
    if (target.kind !== 'branch') return null;
    const files = `${target.files} ${target.files === 1 ? 'file' : 'files'}`;
    return { label: target.base, description: `detected base, ${files} changed`, value: target.base };
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}
