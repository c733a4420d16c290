import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { runHostTests } from './hostTests.ts';
import { reportVariable } from './report.ts';

/** Whether a suite in the host is believed: that its failures are counted, and that a host's death is not taken for success. */

const suite = `
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { runMocha } from './mochaRun.ts';

function define() {
  it('sees the extension, the folder, the settings and the environment', () => {
    assert.ok(vscode.extensions.getExtension('test.probe'));
    assert.equal(vscode.workspace.workspaceFolders?.[0]?.uri.scheme, 'file');
    assert.equal(vscode.workspace.getConfiguration('editor').get('fontSize'), 17);
    assert.equal(process.env['PROBE_GIVEN'], 'given');
  });
  it('is red', () => assert.fail('on purpose'));
  it.skip('is left out', () => assert.fail('must not run'));
  it('is the end of the host if so wished', () => {
    if (process.env['PROBE_DIE'] === 'yes') process.kill(process.pid, 'SIGKILL');
  });
}
export const run = () => runMocha([define]);
`;

let root: string;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'tandem-hosttests-'));
  for (const folder of ['extension', 'workspace']) await mkdir(join(root, folder));
  const manifest = { name: 'probe', publisher: 'test', version: '1.0.0', engines: { vscode: '^1.100.0' } };
  await writeFile(join(root, 'extension/package.json'), JSON.stringify(manifest));
  await build({
    stdin: { contents: suite, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    logLevel: 'error',
    outfile: join(root, 'suite.cjs'),
  });
});

after(() => rm(root, { recursive: true, force: true }));

function runSuite(die: 'yes' | 'no'): ReturnType<typeof runHostTests> {
  return runHostTests({
    extensionPath: join(root, 'extension'),
    suite: join(root, 'suite.cjs'),
    workspace: join(root, 'workspace'),
    // A report of its own: a red one in our output would be taken for ours.
    env: { PROBE_GIVEN: 'given', PROBE_DIE: die, [reportVariable]: join(root, 'report.txt') },
    settings: { 'editor.fontSize': 17 },
  });
}

test('passed, failed and skipped tests are counted', async () => {
  assert.deepEqual(await runSuite('no'), { passed: 2, failed: 1, skipped: 1 });
  assert.match(
    await readFile(join(root, 'report.txt'), 'utf8'),
    /✔ sees the extension[^]*1\) is red[^]*on purpose/,
  );
});

test('a host that dies is an error, not a result', async () => {
  await assert.rejects(runSuite('yes'), /did not come to its end/);
});
