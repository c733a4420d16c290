import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import * as z from 'zod';
import {
  Context,
  approvalCommandIds,
  approvalsViewId,
  commandIds,
  commentControllerId,
  contextKeys,
  extensionId,
  findingCommandIds,
  findingsViewId,
  internalCommandIds,
  jobCommandIds,
  jobsViewId,
  threadCommandIds,
  viewContainerId,
} from '../../../src/vscode/contributions.ts';
import { approvalFlags } from '../../../src/protocol/approvalText.ts';
import { jobFlags } from '../../../src/vscode/jobsTree.ts';

const menuItem = z.object({ command: z.string(), when: z.string().optional(), group: z.string().optional() });
const manifest = z
  .object({
    name: z.string(),
    publisher: z.string(),
    main: z.string(),
    extensionKind: z.array(z.string()),
    activationEvents: z.array(z.string()),
    contributes: z.object({
      commands: z.array(
        z.object({
          command: z.string(),
          title: z.string(),
          category: z.string(),
          icon: z.string().optional(),
        }),
      ),
      viewsContainers: z.object({ activitybar: z.array(z.object({ id: z.string(), icon: z.string() })) }),
      views: z.record(z.string(), z.array(z.object({ id: z.string(), type: z.string().optional() }))),
      viewsWelcome: z.array(z.object({ view: z.string(), contents: z.string(), when: z.string() })),
      menus: z.record(z.string(), z.array(menuItem)),
    }),
  })
  .parse(JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../../package.json'), 'utf8')));

const { contributes } = manifest;
const declaredIds = [
  ...commandIds,
  ...jobCommandIds,
  ...approvalCommandIds,
  ...findingCommandIds,
  ...threadCommandIds,
];
const menuItems = Object.values(contributes.menus).flat();

test('the extension’s id, and how it starts', () => {
  assert.equal(`${manifest.publisher}.${manifest.name}`, extensionId);
  assert.equal(manifest.main, './dist/extension.cjs');
  assert.deepEqual(manifest.extensionKind, ['workspace']);
  // The socket has to be there before somebody types a slash command.
  assert.deepEqual(manifest.activationEvents, ['onStartupFinished']);
});

test('commands: the same in the code and in package.json', () => {
  assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), [...declaredIds].sort());
  assert.deepEqual([...new Set(contributes.commands.map(({ category }) => category))], ['Tandem']);
  for (const { command } of contributes.commands)
    assert.ok(!internalCommandIds.some((internal) => internal === command), `${command} is internal`);
});

test('commands of one job are in its menu, and not in the palette', () => {
  const { 'view/item/context': ofJobs = [], commandPalette = [] } = contributes.menus;
  for (const id of jobCommandIds) {
    assert.ok(
      ofJobs.some(({ command }) => command === id),
      id,
    );
    assert.equal(commandPalette.find(({ command }) => command === id)?.when, 'false', id);
  }
});

test('commands of findings are in the palette where there are findings; a reply only in its thread', () => {
  const { commandPalette = [], 'comments/commentThread/context': ofReplies = [] } = contributes.menus;
  const whenOf = (id: string) => commandPalette.find(({ command }) => command === id)?.when;
  for (const id of findingCommandIds) assert.match(whenOf(id) ?? '', /tandem\.hasFindings/, id);
  for (const id of threadCommandIds) {
    assert.equal(whenOf(id), 'false', id);
    assert.ok(ofReplies.some(({ command }) => command === id));
  }
});

test('menus of comment threads are those of our controller', () => {
  const menus = Object.entries(contributes.menus).filter(([menu]) => menu.startsWith('comments/'));
  for (const { when } of menus.flatMap(([, items]) => items))
    assert.ok(when?.startsWith(`commentController == ${commentControllerId}`), when);
});

for (const [what, view, flags] of [
  ['job', jobsViewId, jobFlags],
  ['approval', approvalsViewId, approvalFlags],
] as const) {
  test(`menus of the ${what}s ask for what the tree says of a ${what}, and for nothing else`, () => {
    const { 'view/item/context': items = [] } = contributes.menus;
    const ofView = items.filter(({ when }) => when?.startsWith(`view == ${view} `));
    const words = ofView.map(
      ({ when }) => /viewItem =~ \/\\b(\w+)\\b\//.exec(when ?? '')?.[1] ?? `? ${when ?? ''}`,
    );
    assert.deepEqual([...new Set(words)].sort(), [what, ...flags].sort());
  });
}

test('views: the same in the code and in package.json', () => {
  assert.deepEqual(
    contributes.viewsContainers.activitybar.map(({ id }) => id),
    [viewContainerId],
  );
  assert.deepEqual(contributes.views, {
    [viewContainerId]: [{ id: findingsViewId, type: 'webview' }, { id: jobsViewId }, { id: approvalsViewId }],
  });
  for (const { view, contents } of contributes.viewsWelcome) {
    assert.ok(view === jobsViewId || view === approvalsViewId);
    for (const [, id] of contents.matchAll(/\(command:([^)]+)\)/g))
      assert.ok(commandIds.some((known) => known === id) || id === 'workbench.trust.manage', id);
  }
});

test('menus name only existing commands, and those with a button have an icon', () => {
  for (const { command } of menuItems)
    assert.ok(
      declaredIds.some((id) => id === command),
      command,
    );
  const buttons = Object.entries(contributes.menus).flatMap(([menu, items]) =>
    // The button below a reply has a word.
    menu === 'commandPalette' || menu === 'comments/commentThread/context'
      ? []
      : items.filter((item) => /^(navigation|inline)/.test(item.group ?? '')),
  );
  assert.ok(buttons.length > 0);
  for (const { command } of buttons)
    assert.match(contributes.commands.find((one) => one.command === command)?.icon ?? '', /^\$\(/, command);
});

test('context keys: the same in the code and in when-clauses', () => {
  const clauses = [...menuItems, ...contributes.viewsWelcome].map(({ when }) =>
    (when ?? '').replaceAll(/view == [\w.]+|commentController == \w+/g, ''),
  );
  const used = clauses.flatMap((clause) => clause.match(/tandem\.\w+/g) ?? []);
  assert.deepEqual([...new Set(used)].sort(), [...contextKeys].sort());
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
