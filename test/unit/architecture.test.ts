import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

/** Who may import whom (ARCHITECTURE.md). Type imports count: knowing a shape is knowing the room. */
const root = path.resolve(import.meta.dirname, '../..');
const features = ['bridge', 'jobs', 'codex', 'claude', 'findings', 'git', 'gate'];
/** Data files and interfaces through which features know each other; none of them imports behaviour. */
const shared = [
  'src/findings/finding.ts',
  'src/jobs/job.ts',
  'src/jobs/agent.ts',
  'src/jobs/observations.ts',
];
const mayImport: Record<string, readonly string[]> = {
  base: [],
  protocol: ['base'],
  prompts: ['protocol'],
  ...Object.fromEntries(features.map((feature) => [feature, ['base', 'protocol', 'prompts']])),
  client: ['base', 'protocol'],
  companion: ['base', 'protocol', 'client', 'prompts'],
  app: ['base', 'protocol', 'prompts', ...features, 'client'],
  vscode: ['base', 'protocol', ...features, 'app'],
  extension: ['base', 'protocol', ...features, 'app', 'vscode'],
  headless: ['base', 'protocol', ...features, 'app'],
  webview: ['protocol'],
};

interface Import {
  file: string;
  specifier: string;
}

const imports = ['src', 'webview', 'prompts'].flatMap((folder) =>
  filesBelow(path.join(root, folder)).flatMap(importsOf),
);

test('every file lies in a room', () => {
  for (const { file } of imports) assert.ok(roomOf(file) in mayImport, `${file} lies in no known room`);
});

test('rooms import only the rooms below them', () => {
  const wrong = imports.filter(({ file, specifier }) => {
    if (!specifier.startsWith('.')) return false;
    const target = path.relative(root, path.resolve(root, path.dirname(file), specifier));
    const [from, to] = [roomOf(file), roomOf(target)];
    return (
      from !== to && !mayImport[from]?.includes(to) && !(features.includes(from) && shared.includes(target))
    );
  });
  assert.deepEqual(wrong, []);
});

test('only src/vscode and src/extension.ts import vscode; the webview imports nothing of Node', () => {
  const wrong = imports.filter(({ file, specifier }) => {
    if (specifier === 'vscode') return !['vscode', 'extension'].includes(roomOf(file));
    return specifier.startsWith('node:') && roomOf(file) === 'webview';
  });
  assert.deepEqual(wrong, []);
});

test('the toolkit is imported by one file, so that it can be replaced', () => {
  const files = imports
    .filter(({ specifier }) => specifier.startsWith('@vscode/webview-ui-toolkit'))
    .map(({ file }) => file);
  assert.deepEqual([...new Set(files)], ['webview/components.ts']);
});

function roomOf(file: string): string {
  const [top = '', room = ''] = file.split('/');
  return top === 'src' ? room.replace(/\.ts$/, '') : top;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => path.relative(root, path.join(folder, file)));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const specifiers = text.matchAll(
    /(?:^|\n)(?:import|export)\s[^;]*?from '([^']+)'|import\('([^']+)'\)|\nimport '([^']+)'/g,
  );
  return [...specifiers].map(([, from, dynamic, bare]) => ({
    file,
    specifier: from ?? dynamic ?? bare ?? '',
  }));
}
