import assert from 'node:assert/strict';
import path from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { prepareMore, prepareReview } from '../../../src/app/briefs.ts';
import { inPlace } from '../../../src/app/handedBriefs.ts';
import { anchorFindings } from '../../../src/findings/anchor.ts';
import { versionText } from '../../../src/git/versionText.ts';
import type { PreparedReview } from '../../../src/jobs/reviewRunner.ts';
import type { Target, TargetRequest } from '../../../src/protocol/target.ts';
import type { TestRepository } from '../../support/repository.ts';
import { options, repositories, resolved } from '../git/fixture.ts';

const code = 'one();\ntwo(value);\nthree();\n';

describe('the version of the files that is reviewed', () => {
  const repository = repositories();
  const warnings: string[] = [];
  const ignore = () => undefined;
  const logger = {
    trace: ignore,
    debug: ignore,
    info: ignore,
    warn: (message: string) => warnings.push(message),
    error: ignore,
  };
  const parts = { ...options, known: () => Promise.resolve([]), logger };
  const before = process.env['TMPDIR'];
  afterEach(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });

  const made = () =>
    repository({
      committed: { 'a.ts': 'old();\n', '.env': 'A=1\n' },
      uncommitted: { 'a.ts': code, 'new.ts': code },
    });
  const prepared = (made: TestRepository, target: Target) =>
    prepareReview({ kind: 'review', reviewer: 'codex' }, inPlace(made.path), { target, focus: '' }, parts);

  /** Where line 2 of a file is once the review has ended. */
  const placed = async ({ path: root }: TestRepository, { version }: PreparedReview, file: string) => {
    const reported = { title: 'T', body: '', recommendation: '', priority: 'P2', confidence: null } as const;
    const [found] = await anchorFindings([{ ...reported, path: file, startLine: 2, endLine: 2 }], {
      repository: root,
      job: 'j',
      reviewer: 'codex',
      ...(version && { reviewedText: versionText(root, version, options) }),
    });
    return [found?.place, found?.startLine, found?.anchor?.text[0]];
  };

  for (const file of ['a.ts', 'new.ts'])
    test(`is the working tree as it was: ${file}`, async () => {
      const repo = await made();
      const review = await prepared(repo, await resolved(repo.path, 'working-tree'));
      repo.write({ [file]: `zero();\nzero();\n${code}` });
      assert.deepEqual(await placed(repo, review, file), ['anchored', 4, 'two(value);']);
      repo.write({ [file]: 'other();\nmended();\nthree();\n' });
      assert.deepEqual(await placed(repo, review, file), ['stale', 2, 'two(value);']);
    });

  test('is the working tree also of a review that goes on, of a branch, and of files', async () => {
    const repo = await made();
    const goesOn = { reviewer: 'codex' } as const;
    const reviews = [
      await prepareMore(goesOn, inPlace(repo.path), await resolved(repo.path, 'working-tree'), parts),
    ];
    const files: TargetRequest = { scope: 'files', files: [path.join(repo.path, 'a.ts')] };
    reviews.push(await prepared(repo, await resolved(repo.path, 'files', files)));
    const branch = await resolved(repo.path, 'branch', { scope: 'branch', base: 'main' });
    reviews.push(await prepared(repo, branch));
    repo.write({ 'a.ts': `zero();\n${code}` });
    for (const review of reviews)
      assert.deepEqual(await placed(repo, review, 'a.ts'), ['anchored', 3, 'two(value);']);
  });

  test('is as it is now where a snapshot does not hold a file as it was on the disk', async () => {
    const repo = await made();
    repo.write({ '.env': 'A=1\nB=2\n' });
    const review = await prepared(repo, await resolved(repo.path, 'working-tree'));
    assert.deepEqual(await placed(repo, review, '.env'), ['anchored', 2, 'B=2']);
  });

  test('is that of a turn, of which there is a tree already', async () => {
    const repo = await made();
    const target = await resolved(repo.path, 'working-tree');
    const from = (await repo.git('rev-parse', 'HEAD^{tree}')).trim();
    const tree = (await prepared(repo, target)).version?.name ?? '';
    process.env['TMPDIR'] = path.join(repo.path, 'nowhere');
    const turn = await prepared(repo, { kind: 'turn', from, to: tree, files: 2, lines: 1 });
    assert.deepEqual(turn.version, { name: tree, isSnapshot: true });
  });

  test('is not known where there can be no snapshot, which is said in the log', async () => {
    const repo = await made();
    const target = await resolved(repo.path, 'working-tree');
    process.env['TMPDIR'] = path.join(repo.path, 'nowhere');
    assert.equal((await prepared(repo, target)).version, null);
    assert.match(warnings.join('\n'), /without a snapshot: .*ENOENT/);
  });
});
