import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import {
  claudeFolder,
  findSessions,
  projectFolder,
  runningSessions,
  sessionOf,
} from '../../../src/claude/sessions.ts';
import { createTempFolder } from '../../support/temp.ts';

const prompt = (cwd: string, content: string) => ({
  ...{ type: 'user', isSidechain: false, cwd, message: { role: 'user', content } },
});

interface Sessions {
  readonly home: string;
  readonly work: string;
  readonly env: NodeJS.ProcessEnv;
  /** A transcript, newer than the one before. */
  readonly write: (name: string, lines: readonly (object | string)[]) => string;
}

function setUp(): Sessions {
  const home = createTempFolder('home').path;
  const work = path.join(home, 'work');
  mkdirSync(work);
  const env = { HOME: home, USERPROFILE: home };
  let seconds = 1_700_000_000;
  return {
    ...{ home, work, env },
    write: (name, lines) => {
      const folder = projectFolder(env, work);
      mkdirSync(folder, { recursive: true });
      const file = path.join(folder, `${name}.jsonl`);
      writeFileSync(
        file,
        lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
      );
      seconds += 60;
      utimesSync(file, seconds, seconds);
      return file;
    },
  };
}

const id = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`;

describe('where Claude Code keeps things', () => {
  test('in ~/.claude, or where CLAUDE_CONFIG_DIR says', () => {
    assert.equal(claudeFolder({ HOME: '/home/ada' }), '/home/ada/.claude');
    assert.equal(claudeFolder({ HOME: '/home/ada', CLAUDE_CONFIG_DIR: '/srv/claude' }), '/srv/claude');
    assert.equal(claudeFolder({ HOME: '/home/ada', CLAUDE_CONFIG_DIR: '' }), '/home/ada/.claude');
  });

  test('by the folder’s name, every odd character a dash; a long one is cut and hashed as the program does', () => {
    const name = (cwd: string) => path.basename(projectFolder({ HOME: '/h' }, cwd));
    assert.equal(name('/tmp/we ird_dir.v2/Ünï'), '-tmp-we-ird-dir-v2--n-');
    assert.equal(name(`/${'a'.repeat(199)}`), `-${'a'.repeat(199)}`);
    assert.equal(name(`/${'a'.repeat(250)}`), `-${'a'.repeat(199)}-feo44x`);
  });
});

describe('sessions of a folder', () => {
  test('newest first, with the first prompt as title', async () => {
    const { write, work, env } = setUp();
    const older = write(id(1), [
      { type: 'mode' },
      prompt(work, 'Fix\n the   add function'),
      prompt(work, 'More'),
    ]);
    const newer = write(id(2), [
      prompt(work, '<command-name>/codex:status</command-name>'),
      prompt(work, 'x'.repeat(500)),
    ]);
    const sessions = await findSessions(env, work);
    assert.deepEqual(sessions[1], {
      ...{ id: id(1), file: older, title: 'Fix the add function', cwd: work },
      updatedAt: new Date((1_700_000_000 + 60) * 1000).toISOString(),
    });
    assert.equal(sessions[0]?.file, newer);
    assert.equal(sessions[0].title, `${'x'.repeat(119)}…`);
    assert.equal((await findSessions(env, work, { limit: 1 })).length, 1);
    assert.deepEqual(await sessionOf(older), sessions[1]);
  });

  test('a title of the user beats one of Claude’s, and the last one counts', async () => {
    const { write, work, env } = setUp();
    const said = prompt(work, 'Fix it');
    write(id(1), [said, { type: 'summary', summary: 'Summed up' }]);
    write(id(2), [said, { type: 'summary', summary: 'Summed up' }, { type: 'ai-title', aiTitle: 'Adding' }]);
    const middle = JSON.stringify({ type: 'attachment', content: 'y'.repeat(700_000) });
    const custom = (customTitle: string) => ({ type: 'custom-title', customTitle });
    write(id(3), [
      said,
      custom('Old name'),
      middle,
      custom('New name'),
      { type: 'ai-title', aiTitle: 'Adding' },
    ]);
    const titles = (await findSessions(env, work)).map(({ title }) => title);
    assert.deepEqual(titles, ['New name', 'Adding', 'Summed up']);
  });

  test('subagents, copies, other folders of the same name and folders are left out', async () => {
    const { write, work, env, home } = setUp();
    write('agent-0123abcd', [prompt(work, 'A subagent')]);
    write(`${id(1)}.tandem-1`, [prompt(work, 'A copy')]);
    mkdirSync(path.join(projectFolder(env, work), `${id(2)}.jsonl`));
    write(id(3), [prompt(path.join(home, 'wor-k'), 'Elsewhere')]);
    write(id(4), ['garbage']);
    const sessions = await findSessions(env, work);
    assert.deepEqual(
      sessions.map(({ title, cwd, ...session }) => [session.id, title, cwd]),
      [[id(4), '', null]],
    );
  });

  test('a folder is meant, not the way to it; one without sessions has none', async () => {
    const { write, work, env, home } = setUp();
    write(id(1), [prompt(work, 'Hello')]);
    symlinkSync(work, path.join(home, 'link'));
    assert.equal((await findSessions(env, path.join(home, 'link'))).length, 1);
    assert.deepEqual(await findSessions(env, home), []);
    assert.deepEqual(await findSessions(env, path.join(home, 'gone')), []);
  });
});

describe('sessions that run', () => {
  test('are those of programs that are alive', async () => {
    const { home, env } = setUp();
    assert.deepEqual(await runningSessions(env), []);
    const folder = path.join(home, '.claude', 'sessions');
    mkdirSync(folder, { recursive: true });
    const session = { pid: process.pid, sessionId: id(1), cwd: '/work', version: '2.1.330' };
    const write = (name: string, content: unknown) =>
      writeFileSync(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
    const status = { status: 'idle', statusUpdatedAt: 1_795_892_717_392 };
    write(`${process.pid}.json`, { ...session, kind: 'interactive', ...status });
    // Above what Linux and macOS give out.
    write('99999999.json', { ...session, pid: 99_999_999 });
    write('1.json', '{"pid":');
    write('2.json', { pid: 'x' });
    write('notes.txt', session);
    assert.deepEqual(await runningSessions(env), [{ ...session, ...status }]);
  });
});
