import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { runTests } from '@vscode/test-electron';
import { createTempFolder } from '../support/temp.ts';
import { activationFileVariable } from './activationFile.ts';

export interface Activation {
  /** Loading the bundle, ms, as VS Code measured it. */
  readonly load: number;
  /** `activate`, ms. */
  readonly call: number;
}

/** One activation of the built extension (dist/) in a fresh VS Code. */
export async function measureActivation(): Promise<Activation> {
  const root = path.resolve(import.meta.dirname, '../..');
  const folder = createTempFolder('activation').path;
  const workspace = path.join(folder, 'workspace');
  mkdirSync(workspace);
  const suite = path.join(folder, 'suite.cjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'activationSuite.ts')],
    outfile: suite,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
  });
  const file = path.join(folder, 'row.txt');
  await runTests({
    vscodeExecutablePath: process.env['VSCODE_BIN'] ?? path.join(root, 'test/engine/code.mjs'),
    extensionDevelopmentPath: root,
    extensionTestsPath: suite,
    extensionTestsEnv: { [activationFileVariable]: file, TANDEM_HOME: path.join(folder, 'state') },
    launchArgs: [
      workspace,
      '--disable-extensions',
      `--user-data-dir=${path.join(folder, 'user')}`,
      `--extensions-dir=${path.join(folder, 'extensions')}`,
    ],
  });
  return parseRow(readFileSync(file, 'utf8'));
}

/** `| tandem.tandem | eager/late | load code | call activate | finish activate | …` of “Developer: Startup Performance”. */
function parseRow(row: string): Activation {
  const numbers = row
    .split('|')
    .map((cell) => Number.parseInt(cell.trim(), 10))
    .filter((value) => !Number.isNaN(value));
  const [load, call] = numbers;
  if (load === undefined || call === undefined)
    throw new Error(`VS Code's report has an unknown form: ${row}`);
  return { load, call };
}
