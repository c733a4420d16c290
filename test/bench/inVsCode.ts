import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { runTests } from '@vscode/test-electron';
import { createTempFolder } from '../support/temp.ts';
import { resultFileVariable } from './resultFile.ts';

/**
 * Runs a suite (a file beside this one) in the extension host of a fresh VS Code, with the built extension (dist/) in an
 * empty folder.
 * @returns what it has written into its result file
 */
export async function runInVsCode(suite: string): Promise<string> {
  const root = path.resolve(import.meta.dirname, '../..');
  const folder = createTempFolder('bench').path;
  const workspace = path.join(folder, 'workspace');
  mkdirSync(workspace);
  const bundle = path.join(folder, 'suite.cjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, suite)],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
  });
  const file = path.join(folder, 'result.txt');
  await runTests({
    vscodeExecutablePath: process.env['VSCODE_BIN'] ?? path.join(root, 'test/engine/code.mjs'),
    extensionDevelopmentPath: root,
    extensionTestsPath: bundle,
    extensionTestsEnv: { [resultFileVariable]: file, TANDEM_HOME: path.join(folder, 'state') },
    launchArgs: [
      workspace,
      '--disable-extensions',
      `--user-data-dir=${path.join(folder, 'user')}`,
      `--extensions-dir=${path.join(folder, 'extensions')}`,
    ],
  });
  return readFileSync(file, 'utf8');
}
