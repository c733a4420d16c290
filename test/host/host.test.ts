import assert from 'node:assert/strict';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { build } from 'esbuild';
import { runHostTests } from '../engine/hostTests.ts';
import { answer, findings, httpError } from '../models/responsesReply.ts';
import { type ResponsesModel, startResponsesModel } from '../models/responses.ts';
import { codexBinary } from '../support/binaries.ts';
import { type CodexHome, createCodexHome } from '../support/codexHome.ts';
import { listOurProcesses } from '../support/processes.ts';
import type { TestRepository } from '../support/repository.ts';
import { createTempFolder, type TempFolder } from '../support/temp.ts';
import { createShop, looksThen, reviewOutput, shopFindings } from './reviewFixture.ts';
import { unpackExtension } from './unpack.ts';
import { packagedExtension } from './vsix.ts';

/** The packaged extension in a real extension host, looked at through VS Code's own API. */
describe('in the extension host', () => {
  let folder: TempFolder;
  let shop: TestRepository;
  let model: ResponsesModel;
  let home: CodexHome;
  let suite: string;
  let modelFile: string;
  before(async () => {
    folder = createTempFolder('host');
    shop = await createShop();
    // As a folder in a home that is a link, or in macOS's /tmp: the window's paths are not the real ones.
    symlinkSync(shop.path, path.join(folder.path, 'shop'));
    modelFile = path.join(folder.path, 'model.txt');
    writeFileSync(modelFile, 'nothing yet');
    model = await startResponsesModel(looksThen(() => modelAnswer(modelFile, shop.path)));
    home = createCodexHome({ modelUrl: model.url });
    unpackExtension(packagedExtension(), path.join(folder.path, 'extension'));
    suite = await bundleSuite(folder.path);
  });
  after(async () => {
    await model.dispose();
    await home.dispose();
    await shop.dispose();
    await folder.dispose();
  });

  const runPart = (part: string) =>
    runHostTests({
      extensionPath: path.join(folder.path, 'extension'),
      suite,
      workspace: path.join(folder.path, 'shop'),
      env: {
        ...home.env,
        TANDEM_HOME: path.join(folder.path, 'state'),
        TANDEM_TEST_PART: part,
        TANDEM_TEST_CODEX: codexBinary().launcher,
        TANDEM_TEST_MODEL: modelFile,
      },
    });

  test('reviews', async () => {
    const { passed, failed, skipped } = await runPart('reviews');
    assert.deepEqual([failed, skipped], [0, 0]);
    assert.ok(passed >= 9);
  });

  test('findings that are worked on', async () => {
    const { passed, failed, skipped } = await runPart('findings');
    assert.deepEqual([failed, skipped], [0, 0]);
    assert.ok(passed >= 8);
  });

  test('a new window', async () => {
    const { passed, failed, skipped } = await runPart('restored');
    assert.deepEqual([failed, skipped], [0, 0]);
    assert.ok(passed >= 3);
  });

  test('no Codex is left', async () => {
    const left = (await listOurProcesses()).filter(({ commandLine }) => commandLine.includes('codex'));
    assert.deepEqual(left, []);
  });
});

function modelAnswer(file: string, repository: string) {
  const what = readFileSync(file, 'utf8');
  switch (what) {
    case 'findings':
      return findings(reviewOutput(shopFindings(repository)));
    case 'error':
      return httpError(400, { error: { message: 'the model is out of order' } });
    case 'prose':
      return answer('I like it, mostly.');
    default:
      throw new Error(`the suite said nothing about the answer: ${what}`);
  }
}

async function bundleSuite(folder: string): Promise<string> {
  const outfile = path.join(folder, 'suite.cjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'suite/index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode'],
    // Mocha's parallel mode, which is not used, would need files beside it.
    logOverride: { 'require-resolve-not-external': 'silent' },
    logLevel: 'warning',
  });
  return outfile;
}
