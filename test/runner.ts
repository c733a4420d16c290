import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Level, type Step, levels } from './levels.ts';
import { newLeftovers, snapshotLeftovers } from './support/processes.ts';
import { createTempFolder } from './support/temp.ts';

interface Count {
  passed: number;
  failed: number;
}

/** A file in which a test failed may hold on to what it has started; the others get their turn all the same. Milliseconds. */
const fileTimeout = 15 * 60_000;

const root = path.resolve(import.meta.dirname, '..');
process.chdir(root);
const before = await snapshotLeftovers();
const socketsBefore = await bridgeSockets();
const chosen = chooseLevels(process.argv.slice(2));
const total: Count = { passed: 0, failed: 0 };
for (const level of chosen) {
  console.log(`\n=== ${level.name}: real are ${level.real}`);
  for (const step of level.steps) add(total, await runStep(step));
}
add(total, await checkLeftovers());
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;

function chooseLevels(names: readonly string[]): readonly Level[] {
  const unknown = names.filter((name) => !levels.some((level) => level.name === name));
  if (unknown.length > 0) {
    console.error(`No level ${unknown.join(', ')}. Levels: ${levels.map(({ name }) => name).join(', ')}`);
    process.exit(2);
  }
  return names.length === 0 ? levels : levels.filter(({ name }) => names.includes(name));
}

function add(sum: Count, count: Count): void {
  sum.passed += count.passed;
  sum.failed += count.failed;
}

async function runStep(step: Step): Promise<Count> {
  if ('tests' in step) return runTests(step.tests);
  const [file, ...args] = step.program;
  const started = Date.now();
  const ok = (await run(file === 'node' ? process.execPath : file, args)) === 0;
  console.log(`${ok ? '✔' : '✖'} ${step.name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Runs test files one after the other: the real programs that they start are what the two cores are for. */
async function runTests(folders: readonly string[]): Promise<Count> {
  const files = (await Promise.all(folders.map(testFiles))).flat();
  if (files.length === 0) {
    console.error(`No test files in ${folders.join(', ')}`);
    return { passed: 0, failed: 1 };
  }
  const report = path.join(createTempFolder('report').path, 'report.tap');
  const reporters = [
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...['--test-reporter=tap', `--test-reporter-destination=${report}`],
  ];
  const code = await run(process.execPath, [
    '--import',
    'tsx',
    '--test',
    '--test-concurrency=1',
    `--test-timeout=${fileTimeout}`,
    ...reporters,
    ...files,
  ]);
  const count = existsSync(report) ? countOf(readFileSync(report, 'utf8')) : { passed: 0, failed: 0 };
  // A runner that failed without a failed test (a crash, a file that does not load) is a failure all the same.
  return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
}

async function testFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries
    .filter((entry) => entry.endsWith('.test.ts'))
    .map((entry) => path.join(folder, entry))
    .sort();
}

function countOf(tap: string): Count {
  const number = (name: string) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(tap)?.[1] ?? 0);
  return { passed: number('pass'), failed: number('fail') + number('cancelled') };
}

function run(file: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** Nothing that the suite started may outlive it. */
async function checkLeftovers(): Promise<Count> {
  const { processes } = await newLeftovers(before);
  const sockets = (await bridgeSockets()).filter((socket) => !socketsBefore.includes(socket));
  console.log(`\n=== left behind: ${processes.length} processes, ${sockets.length} sockets`);
  for (const { pid, commandLine } of processes) console.log(`  ${pid} ${commandLine.slice(0, 200)}`);
  for (const socket of sockets) console.log(`  ${socket}`);
  return processes.length + sockets.length === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Sockets of hosts, which have their own folders in the system's temp folder. */
async function bridgeSockets(): Promise<string[]> {
  const folders = (await readdir(tmpdir())).filter((name) => name.startsWith('tandem-'));
  const contents = await Promise.all(
    folders.map((name) => readdir(path.join(tmpdir(), name), { withFileTypes: true }).catch(() => [])),
  );
  return contents
    .flat()
    .filter((entry) => entry.isSocket())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
