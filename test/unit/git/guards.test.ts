import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { UserError } from '../../../src/base/errors.ts';
import { listBranches } from '../../../src/git/baseBranch.ts';
import { describeChange } from '../../../src/git/change.ts';
import { describeCode } from '../../../src/git/chosenFiles.ts';
import { reviewedFiles } from '../../../src/git/reviewedFiles.ts';
import { changedBetween, snapshotTree } from '../../../src/git/snapshot.ts';
import { resolveTarget } from '../../../src/git/targets.ts';
import type { TargetRequest } from '../../../src/protocol/target.ts';
import { type TestRepository, gitEnvironment } from '../../support/repository.ts';
import { createTempFolder } from '../../support/temp.ts';
import { options, repositories } from './fixture.ts';

/** A program that leaves a trace, and does nothing else. */
function createTrap() {
  const { path: folder } = createTempFolder('trap');
  const [trace, program] = [path.join(folder, 'trace'), path.join(folder, 'program')];
  writeFileSync(program, `#!/bin/sh\necho "$@" >> '${trace}'\n`);
  chmodSync(program, 0o755);
  return {
    program,
    /** True if it was run since this was last asked. */
    wasRun: () => {
      const run = existsSync(trace);
      rmSync(trace, { force: true });
      return run;
    },
  };
}

const requests: TargetRequest[] = [
  { scope: 'auto' },
  { scope: 'working-tree' },
  { scope: 'staged' },
  { scope: 'branch', base: 'main' },
  { scope: 'commit', commit: 'HEAD' },
  { scope: 'range', range: 'main..HEAD' },
  { scope: 'files', files: ['.'] },
  { scope: 'auto', files: ['a.ts'], lines: '1' },
];

/** Everything that we ever ask git. */
async function askEverything({ path: folder }: TestRepository, env = options.env): Promise<void> {
  const own = { ...options, env };
  const before = await snapshotTree(folder, own);
  for (const request of requests) {
    const { target } = await resolveTarget(folder, request, own);
    if (target.kind === 'files' || target.kind === 'selection') await describeCode(folder, target, own);
    else if (target.kind !== 'plan') await describeChange(folder, target, own);
    await reviewedFiles(folder, target, { ...own, exclude: ['*.min.js'] });
  }
  writeFileSync(path.join(folder, 'a.ts'), `${Math.random()}\n`);
  const turn = await changedBetween(folder, before, await snapshotTree(folder, own), own);
  assert.ok(turn);
  await describeChange(folder, turn, own);
  await listBranches(folder, own);
}

describe('a repository cannot run programs through us', () => {
  const create = repositories();
  const createWork = () =>
    create({
      committed: { 'a.ts': '1\n', 'other.ts': '1\n' },
      branch: { name: 'feature', committed: { 'a.ts': '2\n' } },
      staged: { 'staged.ts': '1\n' },
      uncommitted: { 'a.ts': '3\n', 'new.ts': '1\n' },
    });
  const configure = async (repository: TestRepository, values: Record<string, string>) => {
    for (const [name, value] of Object.entries(values)) await repository.git('config', name, value);
  };

  /** @param proof what the user's own git does, by which the trap is seen to work */
  const trap = (
    name: string,
    values: (program: string) => Record<string, string>,
    proof: string[],
    attributes = '',
  ) => {
    test(name, async () => {
      const { program, wasRun } = createTrap();
      const repository = await createWork();
      if (attributes !== '') writeFileSync(path.join(repository.path, '.git/info/attributes'), attributes);
      await configure(repository, values(program));
      await repository.git(...proof).catch(() => undefined);
      assert.ok(wasRun(), 'the trap works');
      await askEverything(repository);
      assert.ok(!wasRun());
    });
  };

  trap('file system monitor', (program) => ({ 'core.fsmonitor': program }), ['status']);
  trap('external diff', (program) => ({ 'diff.external': program }), ['diff']);
  trap('diff driver', (program) => ({ 'diff.x.command': program }), ['diff'], '*.ts diff=x\n');
  trap('text conversion', (program) => ({ 'diff.x.textconv': program }), ['diff'], '*.ts diff=x\n');
  const attributes = '*.ts filter=x.y\n';
  trap(
    'clean filter',
    (program) => ({ 'filter.x.y.clean': program, 'filter.x.y.required': 'true' }),
    ['add', 'a.ts'],
    attributes,
  );
  trap(
    'filter process',
    (program) => ({ 'filter.x.y.process': program, 'filter.x.y.required': 'true' }),
    ['add', 'a.ts'],
    attributes,
  );
  trap(
    'a filter with the name of Git LFS',
    (program) => ({ 'filter.lfs.clean': program }),
    ['add', 'a.ts'],
    '*.ts filter=lfs\n',
  );

  test('hooks', async () => {
    const { program, wasRun } = createTrap();
    const repository = await createWork();
    const hooks = path.join(repository.path, '.git/hooks');
    mkdirSync(hooks, { recursive: true });
    for (const name of ['post-index-change', 'fsmonitor-watchman', 'reference-transaction'])
      symlinkSync(program, path.join(hooks, name));
    await repository.git('update-index', '--force-write-index');
    assert.ok(wasRun(), 'the trap works');
    await askEverything(repository);
    assert.ok(!wasRun());
  });

  test('verifier of signatures', async () => {
    const { program, wasRun } = createTrap();
    const repository = await createWork();
    await configure(repository, { 'gpg.program': program, 'log.showSignature': 'true' });
    await repository.git('commit', '--quiet', '--message=Signed', '--gpg-sign').catch(() => undefined);
    wasRun();
    await commitSigned(repository);
    await repository.git('show');
    assert.ok(wasRun(), 'the trap works');
    await askEverything(repository);
    assert.ok(!wasRun());
  });

  test('filters and monitor of a submodule', async () => {
    const { program, wasRun } = createTrap();
    const repository = await createWork();
    const inner = await create({ committed: { 'a.ts': '1\n' } });
    await repository.git(
      '-c',
      'protocol.file.allow=always',
      'submodule',
      '--quiet',
      'add',
      inner.path,
      'sub',
    );
    const sub = path.join(repository.path, 'sub');
    for (const [name, value] of [
      ['core.fsmonitor', program],
      ['filter.x.clean', program],
    ] as const)
      await repository.git('-C', sub, 'config', name, value);
    writeFileSync(path.join(repository.path, '.git/modules/sub/info/attributes'), '*.ts filter=x\n');
    writeFileSync(path.join(sub, 'a.ts'), '2\n');
    await configure(repository, { 'diff.submodule': 'diff', 'status.submoduleSummary': 'true' });
    await repository.git('status');
    assert.ok(wasRun(), 'the trap works');
    await askEverything(repository);
    assert.ok(!wasRun());
  });

  test('where missing objects would be fetched from', async () => {
    const { program, wasRun } = createTrap();
    const origin = await createWork();
    await configure(origin, { 'uploadpack.allowFilter': 'true', 'uploadpack.allowAnySHA1InWant': 'true' });
    const { path: folder } = createTempFolder('partial');
    const flags = ['--quiet', '--filter=blob:none', '--no-checkout', '--branch=feature'];
    await origin.git('clone', ...flags, `file://${origin.path}`, folder);
    await origin.git('-C', folder, 'config', 'remote.origin.uploadpack', program);
    await origin.git('-C', folder, 'show', 'HEAD').catch(() => undefined);
    assert.ok(wasRun(), 'the trap works');
    await assert.rejects(
      resolveTarget(folder, { scope: 'commit', commit: 'HEAD' }, options),
      (error) => error instanceof UserError && error.message.startsWith('git diff failed:'),
    );
    await assert.rejects(
      resolveTarget(folder, { scope: 'commit', commit: 'HEAD' }, { ...options, env: gitWithoutLazyFetch() }),
    );
    assert.ok(!wasRun());
  });

  test('a filter that cannot be switched off is refused', async () => {
    const { program, wasRun } = createTrap();
    const repository = await createWork();
    await configure(repository, { 'filter.a=b.clean': program });
    await assert.rejects(askEverything(repository), /configures a filter with an odd name, “a=b”/);
    assert.ok(!wasRun());
  });
});

describe('what is the user’s own is used', () => {
  const create = repositories();
  const createFiltered = () =>
    create({ committed: { 'a.ts': '1\n' }, branch: { name: 'feature', committed: { 'a.ts': '2\n' } } });

  test('a filter of the user’s own configuration', async () => {
    const { program, wasRun } = createTrap();
    const repository = await createFiltered();
    const global = path.join(createTempFolder('config').path, 'gitconfig');
    writeFileSync(global, `[filter "x"]\n\tclean = ${program}\n`);
    writeFileSync(path.join(repository.path, '.git/info/attributes'), '*.ts filter=x\n');
    repository.write({ 'a.ts': '3\n' });
    await resolveTarget(
      repository.path,
      { scope: 'working-tree' },
      {
        ...options,
        env: { ...options.env, GIT_CONFIG_GLOBAL: global },
      },
    );
    assert.ok(wasRun());
  });

  test('Git LFS as it installs itself, unless the repository gives it programs', async () => {
    const { program, wasRun } = createTrap();
    const repository = await createFiltered();
    const bin = createTempFolder('bin').path;
    symlinkSync(program, path.join(bin, 'git-lfs'));
    const env = { ...options.env, PATH: `${bin}${path.delimiter}${options.env['PATH'] ?? ''}` };
    await repository.git('config', 'filter.lfs.clean', 'git-lfs clean -- %f');
    writeFileSync(path.join(repository.path, '.git/info/attributes'), '*.ts filter=lfs\n');
    repository.write({ 'a.ts': '3\n' });
    const resolve = () => resolveTarget(repository.path, { scope: 'working-tree' }, { ...options, env });
    await resolve();
    assert.ok(wasRun());
    await repository.git('config', 'lfs.extension.x.clean', program);
    await resolve();
    assert.ok(!wasRun());
  });

  test('another git’s environment does not lead elsewhere', async () => {
    const repository = await create({ committed: { 'a.ts': '1\n' }, uncommitted: { 'a.ts': '2\n' } });
    const other = await create({ committed: { 'b.ts': '1\n' } });
    const env = {
      ...options.env,
      GIT_DIR: path.join(other.path, '.git'),
      GIT_WORK_TREE: other.path,
      GIT_INDEX_FILE: path.join(other.path, '.git/index'),
      GIT_LITERAL_PATHSPECS: '1',
    };
    const resolved = await resolveTarget(repository.path, { scope: 'working-tree' }, { ...options, env });
    assert.deepEqual(resolved, {
      repository: repository.path,
      target: { kind: 'working-tree', files: 1, lines: 2 },
    });
  });
});

/** HEAD again, with a signature that only a program can judge. */
async function commitSigned(repository: TestRepository): Promise<void> {
  const [headers = '', message = ''] = (await repository.git('cat-file', 'commit', 'HEAD')).split(
    /\n\n([^]*)/,
  );
  const signature = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n AAAA\n -----END PGP SIGNATURE-----';
  const file = path.join(createTempFolder('commit').path, 'commit');
  writeFileSync(file, `${headers}\n${signature}\n\n${message}`);
  const sha = (await repository.git('hash-object', '-t', 'commit', '-w', file)).trim();
  await repository.git('update-ref', 'HEAD', sha);
}

function gitWithoutLazyFetch(): NodeJS.ProcessEnv {
  return { ...gitEnvironment(), GIT_NO_LAZY_FETCH: '0' };
}
