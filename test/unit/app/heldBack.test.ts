import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { prepareReview } from '../../../src/app/briefs.ts';
import { checkOutFrozen, freeze } from '../../../src/git/frozen.ts';
import { heldBackOf } from '../../../src/git/heldBack.ts';
import type { JobKind } from '../../../src/protocol/job.ts';
import type { ReviewerId } from '../../../src/protocol/finding.ts';
import type { Target } from '../../../src/protocol/target.ts';
import type { RepositoryPlan, TestRepository } from '../../support/repository.ts';
import { createTempFolder } from '../../support/temp.ts';
import { options, repositories, resolved } from '../git/fixture.ts';

/** What a review by both says of what is in no snapshot: the same as a review of the repository itself. */

const token = `export const token = 'ghp_${'a1'.repeat(18)}';\n`;
const large = '// x\n'.repeat(1_000_000);

describe('what a review by both cannot show its reviewers', () => {
  const create = repositories();
  const ignore = () => undefined;
  const logger = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };

  const changed: RepositoryPlan = {
    committed: { 'a.ts': 'one();\n', '.env.production': 'KEY=old\n' },
    uncommitted: { 'a.ts': 'two();\n' },
  };

  /** Asks both at this moment; `prepare` tells one of them in its worktree. */
  async function asked(repository: TestRepository, target: Target, exclude: readonly string[] = []) {
    const { leftOut, ...frozen } = await freeze(repository.path, options);
    const heldBack = await heldBackOf(repository.path, target, leftOut, { ...options, exclude });
    const folder = path.join(createTempFolder('frozen').path, 'here');
    await checkOutFrozen(repository.path, folder, frozen, options, { staged: target.kind === 'staged' });
    return {
      heldBack,
      prepare: (reviewer: ReviewerId, kind: JobKind = 'review') =>
        prepareReview(
          { kind, reviewer },
          { folder, repository: repository.path, heldBack },
          { target, focus: '' },
          { ...options, exclude, known: () => Promise.resolve([]), logger },
        ),
    };
  }

  test('is named to both, and keeps what is handed over from being all of it', async () => {
    const repository = await create(changed);
    repository.write({
      'config.ts': token,
      '.env.production': 'KEY=new\n',
      'big.ts': large,
      'closed.ts': 'closed();\n',
    });
    chmodSync(path.join(repository.path, 'closed.ts'), 0o000);
    const { prepare } = await asked(repository, await resolved(repository.path, 'working-tree'));
    // Whoever runs the tests as root can read it.
    const closed = process.getuid?.() === 0 ? [] : ['closed.ts (cannot be read)'];
    const reasons = [
      '.env.production (looks like a secret)',
      'big.ts (too large)',
      ...closed,
      'config.ts (looks like a secret)',
    ];
    for (const [reviewer, kind] of [
      ['claude', 'review'],
      ['codex', 'review'],
      ['codex', 'adversarial-review'],
    ] as const) {
      const { brief, notes, files } = await prepare(reviewer, kind);
      assert.deepEqual(
        notes,
        reasons.map((reason) => `Not handed to the reviewer: ${reason}.`),
      );
      assert.equal(files, null, 'hunks tell what there is to see');
      const told = brief.form === 'structured' ? brief.prompt : brief.context;
      assert.match(told, /"config\.ts": looks like a secret/);
      if (brief.form === 'structured') assert.equal(brief.complete, false);
    }
  });

  test('is all there is: then there is nothing to see', async () => {
    const repository = await create({ ...changed, uncommitted: { 'config.ts': token } });
    const { prepare } = await asked(repository, await resolved(repository.path, 'working-tree'));
    for (const reviewer of ['claude', 'codex'] as const) {
      const { hunks, files, notes } = await prepare(reviewer);
      assert.deepEqual([hunks, files], [[], []]);
      assert.deepEqual(notes, ['Not handed to the reviewer: config.ts (looks like a secret).']);
    }
  });

  test('is only what is reviewed', async () => {
    const repository = await create(changed);
    repository.write({ 'config.ts': token, 'dist/big.ts': large });
    await repository.git('add', 'a.ts');
    const of = async (target: Target, exclude: string[] = []) =>
      (await asked(repository, target, exclude)).heldBack.files.map(({ file }) => file);
    const workingTree = await resolved(repository.path, 'working-tree');
    assert.deepEqual(await of(workingTree), ['config.ts', 'dist/big.ts']);
    assert.deepEqual(await of(workingTree, ['dist/**']), ['config.ts']);
    assert.deepEqual(await of(await resolved(repository.path, 'staged', { scope: 'staged' })), []);
    const commit = await resolved(repository.path, 'commit', { scope: 'commit', commit: 'HEAD' });
    assert.deepEqual(await of(commit), []);
    const chosen = { scope: 'files' as const, files: [path.join(repository.path, 'dist')] };
    assert.deepEqual(await of(await resolved(repository.path, 'files', chosen)), ['dist/big.ts']);
  });

  test('of chosen files is not said to be ignored, and nothing older is reviewed in its place', async () => {
    const repository = await create(changed);
    repository.write({ 'config.ts': token, '.env.production': 'KEY=new\n' });
    const names = ['a.ts', 'config.ts', '.env.production'].map((name) => path.join(repository.path, name));
    const target = await resolved(repository.path, 'files', { scope: 'files', files: names });
    const { prepare } = await asked(repository, target);
    for (const reviewer of ['claude', 'codex'] as const) {
      const { brief, notes, files } = await prepare(reviewer);
      assert.deepEqual([...notes].sort(), [
        'Not handed to the reviewer: .env.production (looks like a secret).',
        'Not handed to the reviewer: config.ts (looks like a secret).',
      ]);
      assert.deepEqual(files, ['a.ts']);
      assert.ok(brief.form !== 'structured' || !brief.prompt.includes('KEY=old'));
    }
  });

  test('of submodules and repositories of their own is what a review of the repository says', async () => {
    const library = await create({ committed: { 'core.ts': '1\n' } });
    const repository = await create(changed);
    const add = ['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.path];
    await repository.git(...add, 'bumped');
    await repository.git(...add, 'edited');
    await repository.commit('Add the library');
    await repository.git('-C', 'bumped', 'commit', '--quiet', '--allow-empty', '--message', 'Later');
    repository.write({ 'edited/core.ts': '2\n', 'nested/n.ts': '1\n', 'a.ts': 'three();\n' });
    await repository.git('init', '--quiet', 'nested');
    const bumped = (await repository.git('-C', 'bumped', 'rev-parse', 'HEAD')).trim();
    const { prepare } = await asked(repository, await resolved(repository.path, 'working-tree'));
    const { brief, notes } = await prepare('claude');
    assert.ok(brief.form === 'structured');
    assert.ok(brief.prompt.includes(`+Subproject commit ${bumped}`), brief.prompt);
    assert.equal(brief.complete, false);
    const said = [
      'The submodule bumped has changes of its own: review it separately.',
      'The submodule edited has changes of its own: review it separately.',
      'nested is a repository of its own: review it separately.',
    ];
    assert.deepEqual(notes, said);
    assert.deepEqual((await prepare('codex')).notes, said);
    // What is staged has no such change.
    await repository.git('add', 'a.ts');
    const staged = await asked(repository, await resolved(repository.path, 'staged', { scope: 'staged' }));
    const { hunks } = await staged.prepare('codex');
    assert.deepEqual(
      hunks?.map(({ file }) => file),
      ['a.ts'],
    );
  });
});
