import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, it } from 'node:test';
import { claudeBinary, claudeVersions, codexBinary, codexVersions } from './binaries.ts';
import { endsWithThisProcess } from './cleanup.ts';
import { createCodexHome } from './codexHome.ts';
import { cleanEnvironment } from './environment.ts';
import { newLeftovers, nothingLeft, snapshotLeftovers } from './processes.ts';
import { createRepository, oddFileNames } from './repository.ts';
import { createTempFolder } from './temp.ts';

describe('binaries', () => {
  it('are the versions that they are called', () => {
    const run = (file: string, ...args: string[]) =>
      execFileSync(file, args, {
        encoding: 'utf8',
        env: cleanEnvironment(),
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    for (const version of codexVersions) {
      const { native, launcher } = codexBinary(version);
      assert.equal(run(native, '--version'), `codex-cli ${version}`);
      assert.equal(run(process.execPath, launcher, '--version'), `codex-cli ${version}`);
    }
    for (const version of claudeVersions) {
      assert.equal(run(claudeBinary(version).native, '--version'), `${version} (Claude Code)`);
    }
  });
});

describe('createRepository', () => {
  it('makes commits, a branch, staged and uncommitted changes, whatever the user has configured', async () => {
    const repository = await createRepository({
      committed: { 'a.ts': 'one\n', 'gone.ts': 'x\n' },
      branch: { name: 'feature/x', committed: { 'deep/er/b.ts': 'b\n' } },
      staged: { 'a.ts': 'two\n' },
      uncommitted: { 'gone.ts': null, 'new.ts': 'n\n' },
    });
    assert.equal(await repository.git('status', '--porcelain'), 'M  a.ts\n D gone.ts\n?? new.ts\n');
    assert.equal(await repository.git('log', '--format=%s %an', 'main..'), 'Work on feature/x Test Author\n');
    assert.match(await repository.commit('Second', { 'a.ts': 'three\n' }), /^[0-9a-f]{40}$/);
    await repository.dispose();
    assert.equal(existsSync(repository.path), false);
  });

  it('copes with file names that break quoting', async () => {
    const files = Object.fromEntries(oddFileNames.map((name) => [name, `export const name = 1;\n`]));
    const repository = await createRepository({
      committed: files,
      uncommitted: { [oddFileNames[0]]: 'changed\n' },
    });
    const tracked = (await repository.git('ls-files', '-z')).split('\0').filter((name) => name !== '');
    assert.deepEqual(new Set(tracked), new Set(oddFileNames));
    assert.equal(await repository.git('status', '--porcelain', '-z'), ` M ${oddFileNames[0]}\0`);
    await repository.dispose();
  });

  it('gives the same plan the same hashes', async () => {
    const [one, two] = await Promise.all([
      createRepository({ committed: { a: '1' } }),
      createRepository({ committed: { a: '1' } }),
    ]);
    assert.equal(await one.git('rev-parse', 'HEAD'), await two.git('rev-parse', 'HEAD'));
    await Promise.all([one.dispose(), two.dispose()]);
  });
});

describe('cleanEnvironment', () => {
  it('keeps PATH and drops what leads to real accounts and endpoints', () => {
    process.env['ANTHROPIC_API_KEY'] = 'real';
    process.env['https_proxy'] = 'http://proxy.invalid';
    try {
      const environment = cleanEnvironment({ EXTRA: 'yes' });
      assert.doesNotMatch(environment['PATH'] ?? '', /node_modules/);
      const folders = (process.env['PATH'] ?? '').split(path.delimiter);
      for (const folder of (environment['PATH'] ?? '?').split(path.delimiter))
        assert.ok(folders.includes(folder), folder);
      assert.equal(environment['EXTRA'], 'yes');
      assert.deepEqual(
        [environment['ANTHROPIC_API_KEY'], environment['https_proxy']],
        [undefined, undefined],
      );
    } finally {
      delete process.env['ANTHROPIC_API_KEY'];
      delete process.env['https_proxy'];
    }
  });
});

describe('createCodexHome', () => {
  it('can share a home, which it then leaves alone', async () => {
    const folder = createTempFolder('shared');
    const home = createCodexHome({
      modelUrl: 'http://127.0.0.1:9/v1',
      home: folder.path,
      account: { apiKey: 'sk-test' },
    });
    assert.equal(home.env['HOME'], folder.path);
    assert.match(readFileSync(path.join(home.codexHome, 'auth.json'), 'utf8'), /sk-test/);
    await home.dispose();
    assert.ok(existsSync(folder.path));
    await folder.dispose();
  });
});

describe('nothingLeft', () => {
  it('sees a running child, and is content once it has ended', async () => {
    const before = await snapshotLeftovers();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { env: cleanEnvironment() });
    await once(child, 'spawn');
    await assert.rejects(
      nothingLeft(before, 100),
      new RegExp(`left behind:\\n {2}${child.pid ?? 0} \\(descendant\\)`),
    );
    child.kill();
    await nothingLeft(before);
  });

  it('sees an orphan by its environment', { skip: process.platform !== 'linux' }, async () => {
    const before = await snapshotLeftovers();
    const sleeper = 'setInterval(() => {}, 1000)';
    const parent = `const c = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(sleeper)}], { detached: true, stdio: 'ignore' }); c.unref(); console.log(c.pid);`;
    const orphan = Number(
      execFileSync(process.execPath, ['-e', parent], { env: cleanEnvironment(), encoding: 'utf8' }),
    );
    try {
      const left = (await newLeftovers(before)).processes;
      assert.deepEqual(
        left.map((entry) => [entry.pid, entry.evidence]),
        [[orphan, 'environment']],
      );
    } finally {
      process.kill(orphan, 'SIGKILL');
    }
    await nothingLeft(before);
  });

  it('sees a socket file', async () => {
    const before = await snapshotLeftovers();
    const folder = createTempFolder('socket');
    const server = createServer().listen(path.join(folder.path, 's'));
    await once(server, 'listening');
    await assert.rejects(nothingLeft(before, 100), /socket .*\/s$/);
    server.close();
    await nothingLeft(before);
    await folder.dispose();
  });
});

describe('temp folders', () => {
  const module = path.join(import.meta.dirname, 'temp.ts');

  /** Makes a temp folder in a process of its own, which gets SIGTERM then. */
  async function endedBySignal(program: string): Promise<{ folder: string; output: string; exit: unknown }> {
    const start = `import(${JSON.stringify(module)}).then(({ createTempFolder }) => { const folder = createTempFolder().path; setInterval(() => {}, 1000); ${program}; console.log(folder); });`;
    const child = spawn(process.execPath, ['--import', 'tsx', '-e', start], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    endsWithThisProcess(child);
    const exited = once(child, 'exit');
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await once(child.stdout, 'data');
    const folder = output.trim();
    assert.ok(existsSync(folder));
    child.kill('SIGTERM');
    return { exit: await exited, folder, output };
  }

  it('go away when a process is ended by a signal', async () => {
    const { exit, folder } = await endedBySignal('');
    assert.deepEqual(exit, [null, 'SIGTERM']);
    assert.equal(existsSync(folder), false);
  });

  it('stay until the end of a process that handles the signal itself, and go then', async () => {
    const handler = `process.on('SIGTERM', () => { console.log(require('node:fs').existsSync(folder) ? 'still there' : 'gone'); process.exit(0); })`;
    const { exit, folder, output } = await endedBySignal(handler);
    assert.deepEqual(exit, [0, null]);
    assert.match(output, /still there/);
    assert.equal(existsSync(folder), false);
  });
});
