import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { CodeProblems } from '../../../src/app/codeProblems.ts';
import { TaskChanges } from '../../../src/app/taskChanges.ts';
import { openWorkplace, worktreesFolder } from '../../../src/app/workplaces.ts';
import { thisOwner } from '../../../src/base/owner.ts';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import type { Job } from '../../../src/protocol/job.ts';
import { type Files, createRepository } from '../../support/repository.ts';
import { createTempFolder } from '../../support/temp.ts';
import { createRecordingLogger, sampleJob } from '../bridge/samples.ts';

/** What one host knows of tasks of a repository. */
export function createHost(repository: string, stateHome: string, problems?: CodeProblems) {
  const logger = createRecordingLogger();
  const git = () => ({ env: process.env });
  const store = new JobStore(stateHome, thisOwner(), logger);
  const folder = worktreesFolder(stateHome);
  const changes = new TaskChanges({ store, folder, logger, git, ...(problems && { problems }) });
  const known = async (id: string) =>
    (await changes.read({ id, repository })) ?? assert.fail('No change is known.');
  return { changes, store, git, known };
}

/** Tasks of one thread in a real repository, and what is decided about what they change. */
export async function createTasks(context: TestContext, committed: Files, problems?: CodeProblems) {
  const repository = await createRepository({ committed });
  const state = createTempFolder('state');
  const host = createHost(repository.path, state.path, problems);
  context.after(async () => {
    host.changes.dispose();
    await repository.dispose();
    await state.dispose();
  });
  const { changes, store, git } = host;
  const jobs = new Map<string, Job>();
  const open = async (id: string, place: 'worktree' | 'in-place' = 'worktree') => {
    const createdAt = new Date(jobs.size).toISOString();
    const job = sampleJob({
      id,
      kind: 'task',
      write: true,
      repository: repository.path,
      threadId: 'thread',
      createdAt,
    });
    jobs.set(id, job);
    await store.save(job);
    const parts = {
      stateHome: state.path,
      changes,
      place: () => place,
      git,
      elsewhere: () => Promise.resolve(null),
    };
    return openWorkplace(job, parts, { onProgress: () => undefined, signal: new AbortController().signal });
  };
  return {
    ...host,
    ...{ repository, stateHome: state.path, open },
    ref: (job: string) => ({ job, repository: repository.path }),
    jobOf: (id: string) => jobs.get(id) ?? assert.fail(),
    read: (name: string) => readFileSync(path.join(repository.path, name), 'utf8'),
    /** A task that changes these files, to its end. */
    work: async (id: string, files: Record<string, string>, place?: 'worktree' | 'in-place') => {
      const workplace = await open(id, place);
      for (const [name, text] of Object.entries(files))
        writeFileSync(path.join(workplace.folder, name), text);
      await workplace.close();
    },
  };
}
