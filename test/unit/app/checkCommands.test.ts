import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { checksAgain, findChecks } from '../../../src/app/checkCommands.ts';
import type { CheckCommand } from '../../../src/protocol/fixCheck.ts';
import { createTempFolder } from '../../support/temp.ts';

function project(files: Readonly<Record<string, string>>): string {
  const { path: root } = createTempFolder('project');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

async function commands(files: Readonly<Record<string, string>>, file = 'src/a.ts'): Promise<string[]> {
  const found = await findChecks(project(files), file);
  return found.map(({ command, folder }) => [...(folder === '' ? [] : [`${folder}:`]), ...command].join(' '));
}

const scripts = (known: Readonly<Record<string, unknown>>) => JSON.stringify({ scripts: known });
const vitest = { test: 'vitest run' };

const table: readonly (readonly [what: string, files: Readonly<Record<string, string>>, wanted: string[]])[] =
  [
    ['nothing', {}, []],
    ['npm', { 'package.json': scripts(vitest) }, ['npm test']],
    ['pnpm', { 'package.json': scripts(vitest), 'pnpm-lock.yaml': '' }, ['pnpm test']],
    ['yarn', { 'package.json': scripts(vitest), 'yarn.lock': '' }, ['yarn test']],
    [
      'bun, whose own `test` is another program',
      { 'package.json': scripts(vitest), 'bun.lock': '' },
      ['bun run test'],
    ],
    [
      'several scripts, the most telling one first',
      { 'package.json': scripts({ lint: 'eslint .', start: 'node .', check: 'tsc', test: 'vitest' }) },
      ['npm test', 'npm run check', 'npm run lint'],
    ],
    [
      'the script that npm writes',
      { 'package.json': scripts({ test: 'echo "Error: no test specified" && exit 1' }) },
      [],
    ],
    ['scripts that are none', { 'package.json': scripts({ test: ['vitest'], check: 1 }) }, []],
    ['a manifest in the middle of an edit', { 'package.json': '{ "scripts": ' }, []],
    ['Rust', { 'Cargo.toml': '[package]\n' }, ['cargo test']],
    ['Go', { 'go.mod': 'module a\n' }, ['go test ./...']],
    ['pytest by its own file', { 'pytest.ini': '' }, ['pytest']],
    ['pytest in pyproject.toml', { 'pyproject.toml': '[project]\n[tool.pytest.ini_options]\n' }, ['pytest']],
    ['Python without pytest', { 'pyproject.toml': '[project]\nname = "a"\n' }, []],
    ['Maven', { 'pom.xml': '<project/>' }, ['mvn --batch-mode test']],
    ['Gradle with its wrapper', { 'build.gradle.kts': '', gradlew: '' }, ['./gradlew test']],
    ['Gradle without it', { 'build.gradle': '' }, ['gradle test']],
    ['Elixir', { 'mix.exs': '' }, ['mix test']],
    ['Swift', { 'Package.swift': '' }, ['swift test']],
    ['Deno', { 'deno.json': '{}' }, ['deno test']],
    ['Deno with comments', { 'deno.jsonc': '{} //' }, ['deno test']],
    ['Maven with its wrapper', { 'pom.xml': '<project/>', mvnw: '' }, ['./mvnw --batch-mode test']],
    ['Python tests without settings', { 'setup.py': '', 'tests/test_a.py': '' }, ['pytest']],
    ['.NET', { 'a.csproj': '' }, ['dotnet test']],
    [
      '.NET, the solution before its projects',
      { 'a.sln': '', 'b.sln': '', 'a.csproj': '' },
      ['dotnet test a.sln'],
    ],
    [
      'CMake with tests',
      { 'CMakeLists.txt': 'project(a)\nenable_testing()\n' },
      ['ctest --build-and-test . build/check --build-generator Unix Makefiles --test-command ctest'],
    ],
    [
      'CMake with a workflow',
      { 'CMakeLists.txt': '', 'CMakePresets.json': '{"workflowPresets": [{"name": "all", "steps": []}]}' },
      ['cmake --workflow --preset all'],
    ],
    ['CMake without tests', { 'CMakeLists.txt': 'project(a)\n' }, []],
    ['Composer', { 'composer.json': scripts({ test: ['phpunit'] }) }, ['composer run-script test']],
    ['Rake in a bundle', { Rakefile: '', Gemfile: '' }, ['bundle exec rake']],
    ['RSpec', { '.rspec': '' }, ['rspec']],
    ['make', { Makefile: 'all: a\n\ntest: all\n\t./test\n' }, ['make test']],
    ['make with `check`', { Makefile: 'test:\n\ncheck: test\n' }, ['make check']],
    ['a Makefile in which `test` is a variable', { Makefile: 'test := 1\nall:\n' }, []],
    [
      'the package of the file before the whole repository',
      { 'package.json': scripts(vitest), 'src/package.json': scripts({ test: 'jest' }) },
      ['src: npm test', 'npm test'],
    ],
  ];

describe('the check of a project is found', () => {
  for (const [what, files, wanted] of table)
    test(what, async () => {
      assert.deepEqual(await commands(files), wanted);
    });

  test('with what the script stands for', async () => {
    const [found] = await findChecks(project({ 'package.json': scripts(vitest) }), 'a.ts');
    assert.deepEqual([found?.source, found?.means], ['package.json', 'vitest run']);
  });

  test('in the root only for a file outside of the repository', async () => {
    const root = project({ 'inside/package.json': scripts(vitest), 'package.json': scripts(vitest) });
    for (const file of ['../package.json', '/etc/passwd', 'a/../../b', ''])
      assert.equal((await findChecks(path.join(root, 'inside'), file)).length, 1, file);
  });

  test('with the file that says what they do', async () => {
    const root = project({ 'deep/package.json': scripts(vitest), Makefile: 'test:\n\ttrue\n' });
    const found = await findChecks(root, 'deep/a.ts');
    assert.deepEqual(
      found.map(({ definedIn }) => definedIn),
      ['deep/package.json', 'Makefile'],
    );
  });

  test('again for another race, as it is defined by now', async () => {
    const { test: means } = { test: 'node evil.js' };
    const root = project({ 'package.json': scripts({ test: means, lint: 'eslint .' }) });
    const again = async (own: readonly string[], former: CheckCommand) =>
      (await checksAgain(own, root, former)).map((one) => [one.command.join(' '), one.means, one.source]);
    const lint = { command: ['npm', 'run', 'lint'], folder: '', definedIn: 'package.json' };
    const found = [
      ['npm run lint', 'eslint .', 'package.json'],
      ['npm test', means, 'package.json'],
    ];
    assert.deepEqual(await again([], lint), found);
    const setting = ['make it', '', 'the setting “tandem.fix.check”'];
    assert.deepEqual(await again(['make', 'it'], lint), [found[0], setting, found[1]]);
    assert.deepEqual(await again([], { command: ['make', 'it'], folder: '' }), [
      ['make it', '', 'the race before'],
      ...found.toReversed(),
    ]);
    const gone = { ...lint, command: ['npm', 'run', 'check'] };
    assert.deepEqual(await again([], gone), found.toReversed(), 'what no file defines is not offered');
  });

  test('behind no link', async () => {
    const root = project({ 'elsewhere.json': scripts(vitest) });
    symlinkSync(path.join(root, 'elsewhere.json'), path.join(root, 'package.json'));
    assert.deepEqual(await findChecks(root, 'a.ts'), []);
  });
});
