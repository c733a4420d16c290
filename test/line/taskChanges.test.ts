import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import type { Settings } from '../../src/app/settings.ts';
import { deferred } from '../../src/base/async.ts';
import { repositoryFolder } from '../../src/base/paths.ts';
import { type Job, isTerminal } from '../../src/protocol/job.ts';
import type { TaskOrder } from '../../src/protocol/order.ts';
import { waitFor } from '../engine/wait.ts';
import { type ModelScript, startResponsesModel } from '../models/responses.ts';
import { answer, hang, patches, runs } from '../models/responsesReply.ts';
import { codexBinary, codexVersions } from '../support/binaries.ts';
import { createCodexHome } from '../support/codexHome.ts';
import { type RepositoryPlan, createRepository } from '../support/repository.ts';
import { createPlainHost, taskOrder } from './plainHost.ts';

/** Makes of what is kept of a job what a host leaves that is killed, or whose disk is full, before it can write the end. */
function leaveUnended(stateHome: string, { repository, id }: Job, hasResult: boolean): void {
  const folder = path.join(repositoryFolder(stateHome, repository), 'jobs');
  const file = path.join(folder, `${id}.json`);
  const record = JSON.parse(readFileSync(file, 'utf8')) as { owner: object; job: object };
  Object.assign(record.owner, { startTime: 'another process had this pid' });
  Object.assign(record.job, { state: 'running', endedAt: null, summary: null });
  writeFileSync(file, JSON.stringify(record));
  if (!hasResult) rmSync(path.join(folder, `${id}.result.json`));
}

/** What becomes of a task's change, on the real App Server with its real sandbox. */

const text = (...lines: string[]) => lines.map((line) => `${line}\n`).join('');
const before = text('one', 'two', 'three', 'four', 'five', 'six', 'seven');
const dirty: RepositoryPlan = {
  committed: { 'a.txt': before, '.gitignore': '.env\n' },
  uncommitted: { 'mine.txt': 'mine\n', '.env': 'SECRET=1\n' },
};
const clean: RepositoryPlan = { committed: { 'a.txt': before } };
const patch = (from: string, to: string) =>
  `*** Begin Patch\n*** Update File: a.txt\n@@\n-${from}\n+${to}\n*** End Patch\n`;
/** Changes one file with its own tool, and makes another one with a command. */
const changesTwo: ModelScript = ({ step }) =>
  [patches(patch('two', '2')), runs('echo made > made.txt; cat mine.txt; ls -a')][step] ?? answer('Done.');

for (const version of codexVersions) {
  describe(`changes of tasks on the real App Server ${version}`, () => {
    const ends: (() => Promise<unknown>)[] = [];
    after(async () => {
      for (const end of ends.reverse()) await end();
    });

    async function line(
      plan: RepositoryPlan,
      script: ModelScript,
      settings: Partial<Settings> = {},
      kind: 'window' | 'headless' = 'window',
    ) {
      const repository = await createRepository(plan);
      const model = await startResponsesModel(script);
      const home = createCodexHome({ modelUrl: model.url });
      const codex = codexBinary(version).native;
      const options = { codex, env: home.env, folders: [repository.path], settings, kind };
      const host = createPlainHost(options);
      for (const part of [repository, home, model, host]) ends.push(() => part.dispose());
      const { changes } = host.app;
      const folder = path.join(host.stateHome, 'worktrees');
      return {
        ...{ host, model, repository, home, options, changes },
        read: (name: string) => readFileSync(path.join(repository.path, name), 'utf8'),
        has: (name: string) => existsSync(path.join(repository.path, name)),
        worktrees: () => (existsSync(folder) ? readdirSync(folder) : []),
        run: async (order: Partial<TaskOrder> = {}) => {
          const report = await host.run(repository.path, taskOrder('Go', { write: true, ...order }));
          const change = await changes.read(report.job);
          return { ...report, change: change ?? assert.fail('No change is known.') };
        },
      };
    }

    test('with work in progress: seen before it lands; applied it is in the working tree, and can be taken back', async () => {
      const { run, changes, read, has, repository, worktrees, model } = await line(dirty, changesTwo);
      const { job, result, change } = await run();
      assert.equal(job.state, 'succeeded', job.failure?.message);
      assert.deepEqual(
        [change.state, read('a.txt') === before, has('made.txt'), worktrees()],
        ['pending', true, false, [job.id]],
      );
      // By whatever means they were changed.
      assert.deepEqual(result?.changes, [
        { file: 'a.txt', kind: 'update' },
        { file: 'made.txt', kind: 'add' },
      ]);
      const output = model.requests.at(-1)?.toolOutputs.at(-1) ?? '';
      assert.match(output, /mine/);
      assert.doesNotMatch(output, /\.env/);
      const applied = await changes.apply(change);
      assert.deepEqual(applied, { kind: 'applied', files: ['a.txt', 'made.txt'] });
      assert.deepEqual([read('a.txt'), read('made.txt')], [before.replace('two', '2'), 'made\n']);
      assert.deepEqual(worktrees(), []);
      assert.doesNotMatch(await repository.git('worktree', 'list'), /worktrees/);
      const now = (await changes.read(job)) ?? assert.fail();
      await changes.undo(now);
      assert.deepEqual([read('a.txt'), has('made.txt'), read('mine.txt')], [before, false, 'mine\n']);
      const undone = (await changes.read(job)) ?? assert.fail();
      assert.equal((await changes.apply(undone)).kind, 'applied');
    });

    if (version !== codexVersions[0]) return;

    test('without work in progress: in place, and can be taken back, what the user did since stays', async () => {
      const { run, changes, read, has, repository, worktrees } = await line(clean, changesTwo);
      const { change, job, markdown } = await run();
      assert.deepEqual([change.state, worktrees()], ['applied', []]);
      assert.match(
        markdown,
        /Files changed while Codex worked in your working tree, by it or by somebody else:/,
      );
      assert.equal(read('a.txt'), before.replace('two', '2'));
      repository.write({ 'a.txt': before.replace('two', '2').replace('seven', 'mine') });
      assert.equal((await changes.undo(change)).kind, 'applied');
      assert.deepEqual([read('a.txt'), has('made.txt')], [before.replace('seven', 'mine'), false]);
      await assert.rejects(changes.undo((await changes.read(job)) ?? assert.fail()), /Nothing .* applied/);
    });

    test('a read-only task that the user allows to change something: that can be taken back, nothing else', async () => {
      const { run, host, changes, read, repository } = await line(dirty, ({ step, userText }) => {
        if (step > 0 || userText === 'Only look') return answer('Done.');
        repository.write({ 'mine.txt': 'mine, while it read\n' });
        return patches(patch('two', '2'));
      });
      host.app.approvals.onDidAsk(({ id }) => {
        void host.app.approvals.decide(id, { kind: 'allow', session: false });
      });
      const { result, change } = await run({ write: false });
      assert.deepEqual([change.state, result?.changes], ['applied', [{ file: 'a.txt', kind: 'update' }]]);
      assert.equal(read('a.txt'), before.replace('two', '2'));
      await changes.undo(change);
      assert.deepEqual([read('a.txt'), read('mine.txt')], [before, 'mine, while it read\n']);
      assert.equal(await changes.read((await host.run(repository.path, taskOrder('Only look'))).job), null);
    });

    test('where the settings say so: always in a worktree, or never', async () => {
      const always = await line(clean, changesTwo, { taskPlace: 'worktree' });
      assert.equal((await always.run()).change.state, 'pending');
      const never = await line(dirty, changesTwo, { taskPlace: 'in-place' });
      assert.equal((await never.run()).change.state, 'applied');
      assert.equal(never.read('a.txt'), before.replace('two', '2'));
    });

    test('the report says that it waits; without a window, also how it gets into the working tree by hand', async () => {
      const { run, read, repository } = await line(dirty, changesTwo, {}, 'headless');
      const { markdown, change } = await run();
      assert.match(markdown, /not in the working tree yet\..*Apply Changes of a Task/);
      assert.ok(change.worktree !== null && markdown.includes(change.worktree));
      const [, command = assert.fail(markdown)] = /Without VS Code: `(.+?)`/.exec(markdown) ?? [];
      execFileSync('sh', ['-c', command], { cwd: repository.path });
      assert.deepEqual(
        [read('a.txt'), read('made.txt'), read('mine.txt')],
        [before.replace('two', '2'), 'made\n', 'mine\n'],
      );
    });

    test('the user changed the same meanwhile: nothing is overwritten; markers on request', async () => {
      const { run, changes, read, has, repository } = await line(dirty, changesTwo);
      const { change } = await run();
      const mine = before.replace('two', 'mine');
      repository.write({ 'a.txt': mine });
      assert.deepEqual(await changes.apply(change), {
        kind: 'conflict',
        files: [{ path: 'a.txt', mergeable: true }],
      });
      assert.deepEqual([read('a.txt'), has('made.txt')], [mine, false]);
      await changes.apply(change, { markers: true });
      assert.match(read('a.txt'), /<<<<<<< yours\nmine\n[^]*2\n>>>>>>> task/);
      await changes.undo(
        (await changes.read({ id: change.job, repository: repository.path })) ?? assert.fail(),
      );
      assert.equal(read('a.txt'), mine);
    });

    test('one file of it, then the rest', async () => {
      const { run, changes, read, has } = await line(dirty, changesTwo);
      const { job } = await run();
      const change = async () => (await changes.read(job)) ?? assert.fail();
      await changes.apply(await change(), { files: new Map([['made.txt', null]]) });
      assert.deepEqual(
        [(await change()).state, read('a.txt'), has('made.txt')],
        ['partly applied', before, true],
      );
      await changes.apply(await change());
      assert.equal(read('a.txt'), before.replace('two', '2'));
    });

    test('kept as a branch, or thrown away: the worktree goes', async () => {
      const { run, changes, repository, worktrees } = await line(dirty, changesTwo);
      const first = await run();
      await changes.keepAsBranch(first.change, 'codex/two');
      assert.match(await repository.git('diff', '--stat', 'main', 'codex/two'), /a\.txt[^]*made\.txt/);
      const second = await run();
      await assert.rejects(changes.keepAsBranch(second.change, 'codex/two'), /already exists/);
      await changes.discard(second.change);
      assert.deepEqual(worktrees(), []);
    });

    test('the next task on its thread goes on with what is not applied yet', async () => {
      const { run, changes, worktrees } = await line(dirty, ({ step, userText }) => {
        if (step > 0) return answer('Done.');
        if (userText.includes('a copy of our conversation')) return patches(patch('two', 'deux'));
        return userText === 'Go' ? patches(patch('two', '2')) : patches(patch('2', 'zwei'));
      });
      const first = await run();
      const second = await run({ prompt: 'And further', thread: 'resume' });
      assert.equal(second.job.threadId, first.job.threadId);
      assert.equal((await changes.read(first.job))?.state, 'continued');
      assert.deepEqual([second.change.state, worktrees()], ['pending', [first.job.id]]);
      const { after } = await changes.texts(second.change, 'a.txt');
      assert.equal(after?.toString(), before.replace('two', 'zwei'));
      // On a copy it begins anew, with the working tree; what the first thread is at stays as it is.
      const copy = await run({ prompt: 'Another way', thread: 'resume', fork: true });
      assert.notEqual(copy.job.threadId, first.job.threadId);
      assert.equal(
        (await changes.texts(copy.change, 'a.txt')).after?.toString(),
        before.replace('two', 'deux'),
      );
      assert.deepEqual(worktrees().sort(), [first.job.id, copy.job.id].sort());
      assert.equal((await changes.read(second.job))?.state, 'pending');
      assert.match(copy.job.notes.join(), /changes of earlier tasks that were not applied are not in it/);
    });

    test('cancelled half-way: what there was waits for a decision all the same', async () => {
      const { host, repository, changes, model } = await line(dirty, ({ step }) =>
        step === 0 ? patches(patch('two', '2')) : hang(),
      );
      const { id } = await host.place(repository.path, taskOrder('Go', { write: true }));
      await model.waitFor(({ step }) => step === 1);
      await host.app.jobs.cancel(id);
      const change = await changes.read({ id, repository: repository.path });
      assert.deepEqual([change?.state, change?.files], ['pending', [{ file: 'a.txt', kind: 'update' }]]);
    });

    test('a task that changed nothing leaves no worktree', async () => {
      const { run, worktrees } = await line(dirty, () => answer('Nothing to do.'));
      assert.deepEqual([(await run()).change.state, worktrees()], ['none', []]);
    });

    for (const [where, taskPlace, state, files] of [
      ['in its worktree: it waits', 'worktree', 'pending', 2],
      ['in place: nobody can tell it from the user’s', 'in-place', 'none', 0],
    ] as const)
      test(`its host was killed before it could note the change, ${where}`, async () => {
        const { run, host, options, changes, repository } = await line(dirty, changesTwo, { taskPlace });
        const { job, change } = await run();
        await changes.save({ ...change, result: null, files: [], applied: [], state: 'running' });
        await host.dispose();
        const next = createPlainHost({ ...options, stateHome: host.stateHome });
        ends.push(() => next.dispose());
        await next.app.start();
        const settled = () =>
          next.app.changes.seen(job.id)?.state !== 'running' && next.app.changes.seen(job.id);
        const known = await waitFor('the change', settled);
        assert.deepEqual([known.state, known.files.length], [state, files]);
        assert.equal(existsSync(path.join(repository.path, 'mine.txt')), true);
      });

    for (const [where, taskPlace, state] of [
      ['in its worktree', 'worktree', 'pending'],
      ['in place', 'in-place', 'applied'],
    ] as const)
      for (const [what, hasResult, end] of [
        ['its end: it ended as it did', true, 'succeeded'],
        ['what came of it: nobody does it again', false, 'interrupted'],
      ] as const)
        test(`its host was killed before it could write ${what}, ${where}`, async () => {
          const { run, host, options, model } = await line(dirty, changesTwo, { taskPlace });
          const { job, change } = await run();
          await host.dispose();
          leaveUnended(host.stateHome, job, hasResult);
          const asked = model.requests.length;
          const next = createPlainHost({ ...options, stateHome: host.stateHome });
          ends.push(() => next.dispose());
          await next.app.start();
          const known = await waitFor('the end of the job', async () => {
            const found = await next.app.jobs.find(job.id);
            return found !== null && isTerminal(found.state) && found;
          });
          assert.deepEqual([known.state, model.requests.length], [end, asked]);
          if (hasResult) assert.deepEqual(known, job);
          else assert.match(`${known.failure?.message} ${known.failure?.advice}`, /changed/);
          const kept = (await next.app.changes.read(job)) ?? assert.fail();
          assert.deepEqual(kept, change);
          assert.equal(kept.state, state);
          const { after } = await next.app.changes.texts(kept, 'a.txt');
          assert.equal(after?.toString(), before.replace('two', '2'));
          assert.equal(kept.worktree === null || existsSync(path.join(kept.worktree, 'made.txt')), true);
        });

    test('the disk does not take the end: it is shown as it ended, told once, and written later', async () => {
      let block = (): void => undefined;
      const { run, host, repository, options } = await line(dirty, (request) => {
        if (request.step === 2) block();
        return changesTwo(request);
      });
      const warnings: string[] = [];
      host.app.onDidWarn((warning) => warnings.push(warning));
      const folder = path.join(repositoryFolder(host.stateHome, repository.path), 'jobs');
      const fileOf = (id: string) => path.join(folder, `${id}.json`);
      // A folder where the file is to be: nothing can be written there.
      block = () => {
        const [{ id } = assert.fail('No job runs.')] = host.app.jobs.activeJobs();
        rmSync(fileOf(id));
        mkdirSync(fileOf(id));
      };
      const { job, change, markdown } = await run();
      assert.deepEqual([job.state, change.state], ['succeeded', 'pending']);
      const { id } = job;
      block = () => undefined;
      const [listed] = await host.app.jobs.list(repository.path);
      assert.deepEqual([listed?.id, listed?.state], [id, 'succeeded']);
      assert.equal((await host.app.cancelJob(id)).state, 'succeeded');
      assert.equal(warnings.length, 1);
      for (const text of [markdown, warnings.join()]) {
        assert.match(text, /How “Go” ended could not be written \(E.+\).*keeps it in memory.*make room/);
        assert.ok(text.includes(host.stateHome));
      }
      // Its thread is free.
      const next = await run({ prompt: 'And further', thread: 'resume' });
      assert.deepEqual([next.job.threadId, warnings.length], [job.threadId, 1]);
      rmdirSync(fileOf(id));
      await host.dispose();
      const later = createPlainHost({ ...options, stateHome: host.stateHome });
      ends.push(() => later.dispose());
      const known = (await later.app.jobs.find(id)) ?? assert.fail();
      assert.doesNotMatch(known.notes.join(), /could not be written/);
      assert.deepEqual({ ...known, notes: [] }, { ...job, notes: [] });
    });

    test('its host was killed between the decision and the end of the worktree: the next one removes it', async () => {
      const { run, host, options, changes, worktrees } = await line(dirty, changesTwo);
      const { change } = await run();
      await changes.save({ ...change, state: 'discarded' });
      await host.dispose();
      const next = createPlainHost({ ...options, stateHome: host.stateHome });
      ends.push(() => next.dispose());
      await next.app.start();
      await waitFor('the end of the worktree', () => worktrees().length === 0);
    });

    test('a window that was open before another host’s task ended sees its change, and keeps it', async () => {
      const goOn = deferred<undefined>();
      const { host, options, repository, worktrees } = await line(dirty, async (request) => {
        if (request.userText === 'Only look') return answer('Done.');
        if (request.step === 1) await goOn.promise;
        return changesTwo(request);
      });
      const { id } = await host.place(repository.path, taskOrder('Go', { write: true }));
      await waitFor('the worktree', () => host.app.changes.seen(id)?.state === 'running');
      const settings = { keepJobs: 1 };
      const window = createPlainHost({ ...options, stateHome: host.stateHome, settings });
      ends.push(() => window.dispose());
      await window.app.start();
      assert.equal(window.app.changes.seen(id)?.state, 'running');
      goOn.resolve(undefined);
      await host.app.jobs.wait(id);
      await host.run(repository.path, taskOrder('Only look'));
      await window.app.jobs.prune(repository.path);
      assert.deepEqual(worktrees(), [id]);
      await waitFor('the change', () => window.app.changes.seen(id)?.state === 'pending');
      await window.app.jobs.remove(id);
      assert.deepEqual(worktrees(), []);
    });

    test('deleting the job deletes its worktree', async () => {
      const { run, host, worktrees } = await line(dirty, changesTwo);
      const { job } = await run();
      await host.app.jobs.remove(job.id);
      assert.deepEqual(worktrees(), []);
    });
  });
}
