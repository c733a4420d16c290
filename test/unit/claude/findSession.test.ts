import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { UsageError } from '../../../src/base/errors.ts';
import { type SessionRequest, findSession } from '../../../src/claude/findSession.ts';
import { projectFolder } from '../../../src/claude/sessions.ts';
import { createTempFolder } from '../../support/temp.ts';

const id = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`;

function setUp() {
  const home = createTempFolder('home').path;
  const repository = path.join(home, 'work');
  const below = path.join(repository, 'src');
  mkdirSync(below, { recursive: true });
  const env = { HOME: home, USERPROFILE: home };
  let seconds = 1_700_000_000;
  /** A transcript, newer than the one before. */
  const write = (session: string, folder: string, prompt: string | null) => {
    const file = path.join(projectFolder(env, folder), `${session}.jsonl`);
    mkdirSync(path.dirname(file), { recursive: true });
    const entry = { type: 'user', cwd: folder, message: { role: 'user', content: prompt } };
    writeFileSync(file, `${JSON.stringify(prompt === null ? { type: 'mode', cwd: folder } : entry)}\n`);
    seconds += 60;
    utimesSync(file, seconds, seconds);
    return file;
  };
  const find = (request: Partial<SessionRequest>) =>
    findSession(env, { cwd: repository, repository, session: null, source: undefined, ...request });
  return { home, repository, below, env, write, find };
}

const isUsage = (message: RegExp) => (error: unknown) =>
  error instanceof UsageError && message.test(error.message);

describe('the session that is to be transferred', () => {
  test('is the one that asks, wherever it was started, and no other one', async () => {
    const { write, find, repository, home } = setUp();
    const own = write(id(1), path.join(home, 'elsewhere'), 'Mine');
    write(id(2), repository, 'Newer, of somebody else');
    assert.deepEqual(await find({ session: id(1) }), { file: own, title: 'Mine' });
    await assert.rejects(
      find({ session: id(3) }),
      isUsage(/no transcript of .*\(0{8}-.*3\) below .*projects: nothing was said/),
    );
    const crooked = `../${path.basename(path.dirname(own))}/${id(1)}`;
    await assert.rejects(find({ session: crooked }), isUsage(/no transcript of/));
  });

  test('is the newest of the folder or its repository where none asks', async () => {
    const { write, find, repository, below } = setUp();
    write(id(1), repository, 'Old');
    const inRepository = write(id(2), repository, 'Of the repository');
    assert.equal((await find({ cwd: below })).file, inRepository);
    const inFolder = write(id(3), below, 'Of the folder');
    assert.equal((await find({ cwd: below })).file, inFolder);
    assert.equal((await find({})).file, inRepository);
    // Nothing was said in it.
    write(id(4), repository, null);
    assert.equal((await find({})).file, inRepository);
  });

  test('where there is none, it says where it looked', async () => {
    const { find, below, repository, env } = setUp();
    const folders = [projectFolder(env, below), projectFolder(env, repository)];
    await assert.rejects(find({ cwd: below }), (error) => {
      assert.ok(error instanceof UsageError);
      for (const folder of [below, repository, ...folders]) assert.ok(error.message.includes(folder), folder);
      assert.match(error.advice ?? '', /--source FILE/);
      return true;
    });
  });

  test('is the one whose transcript is named, before all others', async () => {
    const { write, find, repository, home } = setUp();
    const file = write(id(1), path.join(home, 'elsewhere'), 'Named');
    const named = { file, title: 'Named' };
    write(id(2), repository, 'The one that asks');
    for (const source of [file, path.relative(repository, file), file.replace(home, '~')])
      assert.deepEqual(await find({ session: id(2), source }), named, source);
    symlinkSync(file, path.join(repository, 'link.jsonl'));
    assert.deepEqual(await find({ source: 'link.jsonl' }), named);
  });

  test('a named file that can’t be one is refused in words', async () => {
    const { find, repository } = setUp();
    await assert.rejects(
      find({ source: 'gone.jsonl' }),
      isUsage(/There is no session file .*work.gone\.jsonl\./),
    );
    await assert.rejects(find({ source: 'src' }), isUsage(/src is not a file/));
    const own = path.join(repository, `${id(1)}.jsonl`);
    await assert.rejects(find({ source: own, session: id(1) }), isUsage(/nothing to transfer yet/));
  });

  test('has a title also if nobody has given it one', async () => {
    const { write, find, repository } = setUp();
    write(id(1), repository, null);
    assert.equal((await find({})).title, 'Claude session 00000000');
  });
});
