import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import * as z from 'zod';
import {
  Context,
  commandIds,
  contextKeys,
  extensionId,
  findingsViewId,
  internalCommandIds,
  readSetting,
  settings,
  viewContainerId,
} from '../../../src/vscode/contributions.ts';

const menuItem = z.object({ command: z.string(), when: z.string().optional(), group: z.string().optional() });
const manifest = z
  .object({
    name: z.string(),
    publisher: z.string(),
    main: z.string(),
    extensionKind: z.array(z.string()),
    activationEvents: z.array(z.string()),
    capabilities: z.object({
      untrustedWorkspaces: z.object({
        supported: z.string(),
        restrictedConfigurations: z.array(z.string()),
      }),
    }),
    contributes: z.object({
      commands: z.array(
        z.object({
          command: z.string(),
          title: z.string(),
          category: z.string(),
          icon: z.string().optional(),
        }),
      ),
      configuration: z.object({
        properties: z.record(
          z.string(),
          z.object({
            type: z.string(),
            default: z.unknown(),
            scope: z.string(),
            markdownDescription: z.string(),
          }),
        ),
      }),
      viewsContainers: z.object({ activitybar: z.array(z.object({ id: z.string(), icon: z.string() })) }),
      views: z.record(z.string(), z.array(z.object({ id: z.string(), type: z.string() }))),
      menus: z.record(z.string(), z.array(menuItem)),
    }),
  })
  .parse(JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../../package.json'), 'utf8')));

const { contributes } = manifest;
const menuItems = Object.values(contributes.menus).flat();

test('the extension’s id, and how it starts', () => {
  assert.equal(`${manifest.publisher}.${manifest.name}`, extensionId);
  assert.equal(manifest.main, './dist/extension.cjs');
  assert.deepEqual(manifest.extensionKind, ['workspace']);
  // The socket has to be there before somebody types a slash command.
  assert.deepEqual(manifest.activationEvents, ['onStartupFinished']);
});

test('commands: the same in the code and in package.json', () => {
  assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), [...commandIds].sort());
  assert.deepEqual([...new Set(contributes.commands.map(({ category }) => category))], ['Tandem']);
  for (const { command } of contributes.commands)
    assert.ok(!internalCommandIds.some((internal) => internal === command), `${command} is internal`);
});

test('settings: the same in the code and in package.json, with defaults and scopes', () => {
  const declared = Object.entries(contributes.configuration.properties).map(
    ([id, { type, scope, default: value }]) => [id, { type, scope, default: value }],
  );
  const known = Object.entries(settings).map(([id, setting]) => [id, { type: 'string', ...setting }]);
  assert.deepEqual(Object.fromEntries(declared), Object.fromEntries(known));
});

test('a workspace has no say in which programs are run', () => {
  const paths = Object.entries(settings).filter(([id]) => id.endsWith('.path'));
  assert.equal(paths.length, 2);
  for (const [id, { scope }] of paths) assert.equal(scope, 'machine', id);
  const { untrustedWorkspaces } = manifest.capabilities;
  assert.equal(untrustedWorkspaces.supported, 'limited');
  assert.deepEqual(untrustedWorkspaces.restrictedConfigurations.sort(), paths.map(([id]) => id).sort());
});

test('views: the same in the code and in package.json', () => {
  assert.deepEqual(
    contributes.viewsContainers.activitybar.map(({ id }) => id),
    [viewContainerId],
  );
  assert.deepEqual(contributes.views, { [viewContainerId]: [{ id: findingsViewId, type: 'webview' }] });
});

test('menus name only existing commands, and those with a button have an icon', () => {
  for (const { command } of menuItems)
    assert.ok(
      commandIds.some((id) => id === command),
      command,
    );
  const buttons = Object.entries(contributes.menus).flatMap(([menu, items]) =>
    items.filter((item) => menu !== 'commandPalette' && JSON.stringify(item).includes('"navigation')),
  );
  assert.ok(buttons.length > 0);
  for (const { command } of buttons)
    assert.match(contributes.commands.find((one) => one.command === command)?.icon ?? '', /^\$\(/, command);
});

test('context keys: the same in the code and in when-clauses', () => {
  const clauses = menuItems.map(({ when }) => (when ?? '').replaceAll(/view == [\w.]+/g, ''));
  const used = clauses.flatMap((clause) => clause.match(/tandem\.\w+/g) ?? []);
  assert.deepEqual([...new Set(used)].sort(), [...contextKeys].sort());
});

test('a setting of another type in settings.json counts as not set', () => {
  const value: { current: unknown } = { current: undefined };
  const workspace = { getConfiguration: () => ({ get: () => value.current }) };
  const read = () =>
    readSetting(workspace as unknown as Parameters<typeof readSetting>[0], 'tandem.codex.path');
  assert.equal(read(), '');
  value.current = ['rm', '-rf'];
  assert.equal(read(), '');
  value.current = ' /opt/codex ';
  assert.equal(read(), '/opt/codex');
});

test('a context key is set when its value changes, and only then', () => {
  const sent: unknown[][] = [];
  const commands = {
    registerCommand: () => ({ dispose: () => undefined }),
    executeCommand: (...args: unknown[]) => Promise.resolve(void sent.push(args)),
  };
  const context = new Context(commands as unknown as ConstructorParameters<typeof Context>[0]);
  for (const value of [false, false, true, true, false]) context.set('tandem.reviewRunning', value);
  assert.deepEqual(
    sent,
    [false, true, false].map((value) => ['setContext', 'tandem.reviewRunning', value]),
  );
});
