import assert from 'node:assert/strict';
import { after } from 'node:test';
import { UsageError } from '../../../src/base/errors.ts';
import { type TargetOptions, resolveTarget } from '../../../src/git/targets.ts';
import type { Target, TargetRequest } from '../../../src/protocol/target.ts';
import {
  type RepositoryPlan,
  type TestRepository,
  createRepository,
  gitEnvironment,
} from '../../support/repository.ts';

export const options: TargetOptions = { env: { ...gitEnvironment() }, baseBranch: '' };

/** Makes repositories that are removed after the suite that this is called in. */
export function repositories(): (plan?: RepositoryPlan) => Promise<TestRepository> {
  const made: TestRepository[] = [];
  after(async () => {
    for (const repository of made) await repository.dispose();
  });
  return async (plan = {}) => {
    const repository = await createRepository(plan);
    made.push(repository);
    return repository;
  };
}

/** The target of that kind. @throws AssertionError for another one */
export async function resolved<Kind extends Target['kind']>(
  folder: string,
  kind: Kind,
  request: TargetRequest = { scope: 'auto' },
): Promise<Extract<Target, { kind: Kind }>> {
  const { target } = await resolveTarget(folder, request, options);
  assert.ok(isKind(target, kind), `a ${target.kind} is no ${kind}`);
  return target;
}

function isKind<Kind extends Target['kind']>(
  target: Target,
  kind: Kind,
): target is Extract<Target, { kind: Kind }> {
  return target.kind === kind;
}

export async function refused(folder: string, request: TargetRequest, message: RegExp): Promise<void> {
  await assert.rejects(resolveTarget(folder, request, options), (error: unknown) => {
    assert.ok(error instanceof UsageError, String(error));
    assert.match(error.message, message);
    return true;
  });
}
