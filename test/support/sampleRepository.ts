import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createRepository, type Files, type TestRepository } from './repository.ts';

const sample = path.resolve(import.meta.dirname, '..', 'demo', 'sample');

/**
 * The demo's cash book: one commit, and an uncommitted change (a filter by date and category) with flaws that a reviewer should find.
 * @param folder an existing empty folder; default a new temp folder.
 */
export async function createSampleRepository(folder?: string): Promise<TestRepository> {
  const repository = await createRepository(folder === undefined ? {} : { folder });
  await repository.commit('Keep income and expenses', filesBelow(path.join(sample, 'committed')));
  repository.write(filesBelow(path.join(sample, 'uncommitted')));
  return repository;
}

function filesBelow(folder: string): Files {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const files = entries.map((entry) => path.join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files.map((file) => [path.relative(folder, file).split(path.sep).join('/'), readFileSync(file, 'utf8')]),
  );
}
