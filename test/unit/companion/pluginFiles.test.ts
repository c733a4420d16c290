import './version.ts';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { buildPlugin } from '../../../esbuild.mjs';
import { longestWait } from '../../../src/companion/mcpTools.ts';
import { usages } from '../../../src/protocol/commandLine.ts';
import { listOf, objectOf, objectsOf, textOf } from '../../support/json.ts';
import { createTempFolder } from '../../support/temp.ts';

/** What Claude Code reads of the plugin, against the program that serves it. */
const folder = path.resolve(import.meta.dirname, '../../../prompts/plugin');
const read = (...names: string[]) => readFileSync(path.join(folder, ...names), 'utf8');
const json = (...names: string[]) => objectOf(JSON.parse(read(...names)));

/** `key: value` lines between the dashes, and the text after them. */
function frontmatter(text: string): { fields: Record<string, string>; body: string } {
  const [, head = '', body = ''] = /^---\n(.*?)\n---\n(.*)$/s.exec(text) ?? [];
  const lines = head.split('\n').map((line) => /^([\w-]+): (.*)$/.exec(line) ?? assert.fail(line));
  return { fields: Object.fromEntries(lines.map(([, key = '', value = '']) => [key, value])), body };
}

describe('the commands', () => {
  const names = Object.keys(usages) as (keyof typeof usages)[];

  test('are those of the program, no more and no less', () => {
    assert.deepEqual(
      readdirSync(path.join(folder, 'commands')).sort(),
      names.map((name) => `${name}.md`).sort(),
    );
  });

  for (const name of names) {
    test(`/codex:${name} hints at its options, and is the user’s alone`, () => {
      const { fields, body } = frontmatter(read('commands', `${name}.md`));
      // Who wants JSON reads the manual.
      const hint = usages[name].slice(name.length + 1).replace(/ ?\[--json\]/, '');
      assert.equal(fields['argument-hint'] ?? '""', JSON.stringify(hint));
      assert.equal(fields['disable-model-invocation'], 'true');
      assert.notEqual(fields['description'], '');
      assert.match(body, /hook of the plugin did not run/);
      assert.match(body, /not\s+run anything/);
      // A command's text is expanded by a shell where it looks like this (facts: claude-code.md, 2.1).
      assert.doesNotMatch(body, /!`|```!|\$ARGUMENTS|\$\d/);
    });
  }

  test('only the one that hands over may use tools, and the subagent has a single one', () => {
    const allowed = names.filter(
      (name) => 'allowed-tools' in frontmatter(read('commands', `${name}.md`)).fields,
    );
    assert.deepEqual(allowed, ['rescue']);
    const { fields } = frontmatter(read('agents', 'codex-rescue.md'));
    assert.deepEqual([fields['name'], fields['tools']], ['codex-rescue', 'mcp__plugin_codex_tandem__task']);
  });
});

describe('the hooks', () => {
  const hooks = objectOf(json('hooks', 'hooks.json')['hooks']);
  const entries = Object.values(hooks).flatMap((entry) => objectsOf(entry));
  const commands = entries.flatMap((entry) => objectsOf(entry['hooks']));

  test('serve every command of the plugin exactly once, and nobody else’s', () => {
    const matchers = objectsOf(hooks['UserPromptExpansion']).map(
      (entry) => new RegExp(textOf(entry['matcher'])),
    );
    const served = (command: string) => matchers.filter((matcher) => matcher.test(command)).length;
    for (const name of Object.keys(usages)) assert.equal(served(`codex:${name}`), 1, name);
    for (const name of ['codex:reviewer', 'mycodex:review', 'review', 'codex:fly'])
      assert.equal(served(name), 0, name);
  });

  test('start the launcher, never a shell’s line', () => {
    for (const hook of commands) {
      assert.deepEqual([hook['type'], hook['command']], ['command', '${CLAUDE_PLUGIN_ROOT}/bin/tandem']);
      assert.equal(listOf(hook['args'])[0], 'hook');
    }
  });

  test('at the end of a turn: one that Claude waits for, one that may wake it, both longer than any gate', () => {
    const stops = objectsOf(objectsOf(hooks['Stop'])[0]?.['hooks']);
    assert.deepEqual(
      stops.map((hook) => [listOf(hook['args'])[1], hook['asyncRewake'] === true]),
      [
        ['stop', false],
        ['stop-waking', true],
      ],
    );
    for (const hook of stops) assert.ok(Number(hook['timeout']) >= 900);
  });
});

test('Claude Code waits for a tool longer than the tool does', () => {
  const { timeout, command, args } = objectOf(objectOf(json('.mcp.json')['mcpServers'])['tandem']);
  assert.ok(Number(timeout) > longestWait);
  assert.deepEqual([command, args], ['${CLAUDE_PLUGIN_ROOT}/bin/tandem', ['mcp']]);
});

test('skills have a name and say when they are of use', () => {
  for (const name of readdirSync(path.join(folder, 'skills'))) {
    const { fields } = frontmatter(read('skills', name, 'SKILL.md'));
    assert.equal(fields['name'], name);
    assert.match(fields['description'] ?? '', /Use /);
  }
});

describe('the built plugin', () => {
  test('keeps what each slash command starts small, and the library of the server out of it', async () => {
    const built = path.join(createTempFolder('built').path, 'plugin');
    await buildPlugin(built, { production: true });
    const size = (name: string) => statSync(path.join(built, name)).size;
    assert.ok(size('tandem.mjs') < 170_000, `tandem.mjs has ${size('tandem.mjs')} bytes`);
    assert.ok(size('mcp.mjs') < 520_000, `mcp.mjs has ${size('mcp.mjs')} bytes`);
    if (process.platform !== 'win32')
      assert.ok((statSync(path.join(built, 'bin', 'tandem')).mode & 0o111) !== 0);
  });
});
