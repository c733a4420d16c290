import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import * as z from 'zod';
import { defaultSettings } from '../../../src/app/settings.ts';
import { type SettingId, readSetting, readSettings, settings } from '../../../src/vscode/settings.ts';

const manifest = z
  .object({
    capabilities: z.object({
      untrustedWorkspaces: z.object({ supported: z.string(), restrictedConfigurations: z.array(z.string()) }),
    }),
    contributes: z.object({
      configuration: z.object({
        properties: z.record(
          z.string(),
          z.object({
            type: z.string(),
            default: z.unknown(),
            scope: z.string(),
            items: z.object({ type: z.string() }).optional(),
            enum: z.array(z.string()).optional(),
            enumDescriptions: z.array(z.string()).optional(),
            minimum: z.number().optional(),
            maximum: z.number().optional(),
            markdownDescription: z.string(),
          }),
        ),
      }),
    }),
  })
  .parse(JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../../package.json'), 'utf8')));
const declared = manifest.contributes.configuration.properties;

/** Settings as settings.json would give them. */
function workspace(values: Readonly<Record<string, unknown>>) {
  const configuration = { get: (id: string) => values[id] };
  return { getConfiguration: () => configuration } as unknown as Parameters<typeof readSetting>[0];
}

function read(id: SettingId, value: unknown): unknown {
  return readSetting(workspace({ [id]: value }), id);
}

test('the same in the code and in package.json', () => {
  const known = Object.entries(settings).map(([id, setting]) => [id, setting.declared]);
  const inPackage = Object.entries(declared).map(([id, setting]) => {
    const texts = ['markdownDescription', 'enumDescriptions'];
    return [id, Object.fromEntries(Object.entries(setting).filter(([name]) => !texts.includes(name)))];
  });
  assert.deepEqual(Object.fromEntries(inPackage), Object.fromEntries(known));
});

test('each says what it does, and what each of its words means', () => {
  for (const [id, { markdownDescription, enum: words, enumDescriptions }] of Object.entries(declared)) {
    assert.match(markdownDescription, /^.{20,}[.)]$/, id);
    assert.equal(enumDescriptions?.length, words?.length, id);
  }
});

test('where the user has chosen nothing, the core’s own defaults hold', () => {
  assert.deepEqual(readSettings(workspace({})), defaultSettings);
});

describe('a repository', () => {
  const ofWorkspace = Object.entries(settings).filter(([, setting]) => setting.declared.scope === 'window');

  test('chooses models, effort, reviewer, base, what is left out and how findings are shown, and nothing else', () => {
    assert.deepEqual(ofWorkspace.map(([id]) => id).sort(), [
      'tandem.claude.effort',
      'tandem.claude.model',
      'tandem.editor.commentThreads',
      'tandem.review.baseBranch',
      'tandem.review.effort',
      'tandem.review.exclude',
      'tandem.review.model',
      'tandem.review.reviewers',
      'tandem.task.effort',
      'tandem.task.model',
    ]);
  });

  test('has no say in which programs are run, also before it is trusted', () => {
    const paths = Object.entries(settings).filter(([id]) => id.endsWith('.path'));
    assert.equal(paths.length, 2);
    for (const [id, setting] of paths) assert.equal(setting.declared.scope, 'machine', id);
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    assert.deepEqual(restrictedConfigurations.sort(), paths.map(([id]) => id).sort());
  });
});

describe('whatever settings.json holds', () => {
  test('another type counts as not set', () => {
    for (const [id, setting] of Object.entries(settings))
      for (const value of [undefined, null, ['rm', '-rf'], { a: 1 }, Number.NaN])
        if (!(setting.declared.type === 'array' && Array.isArray(value)))
          assert.equal(setting.parse(value), setting.declared.default, `${id}: ${JSON.stringify(value)}`);
    assert.equal(read('tandem.jobs.maxConcurrent', '7'), 3);
    assert.equal(read('tandem.gate.afterEdits', 'true'), false);
    assert.equal(read('tandem.codex.path', 7), '');
  });

  test('text is trimmed, and ~ is the home folder', () => {
    assert.equal(read('tandem.codex.path', ' /opt/codex '), '/opt/codex');
    const { codexPath } = readSettings(workspace({ 'tandem.codex.path': '~/bin/codex' }));
    assert.match(codexPath, /^\/.+\/bin\/codex$/);
  });

  test('of a list, what is text counts; an empty one is a choice too', () => {
    assert.deepEqual(read('tandem.review.exclude', ['*.lock', 7, ' ', null]), ['*.lock']);
    assert.deepEqual(read('tandem.review.exclude', []), []);
    assert.equal(read('tandem.review.exclude', '*.lock'), settings['tandem.review.exclude'].declared.default);
  });

  test('an unknown word counts as not set', () => {
    assert.equal(read('tandem.modelMayReview', 'yes'), 'yes');
    assert.equal(read('tandem.modelMayReview', 'Yes'), 'ask');
    assert.equal(read('tandem.gate.mode', 'waking'), 'waking');
  });

  test('a number out of bounds is the nearest one inside', () => {
    assert.equal(read('tandem.jobs.maxConcurrent', 0), 1);
    assert.equal(read('tandem.jobs.maxConcurrent', -Infinity), 1);
    assert.equal(read('tandem.jobs.maxConcurrent', 1e9), 16);
    assert.equal(read('tandem.jobs.maxConcurrent', 2.9), 2);
    assert.equal(read('tandem.appServer.idleMinutes', 0), 0);
    assert.equal(read('tandem.appServer.idleMinutes', -1), 0);
  });
});
