import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { attempt } from '../../../src/app/attempt.ts';
import { gateNews } from '../../../src/app/hostChecks.ts';
import { setupMarkdown } from '../../../src/app/setupMarkdown.ts';
import { UserError } from '../../../src/base/errors.ts';
import { setupCheck } from '../../../src/protocol/setupCheck.ts';
import { createRecordingLogger } from '../bridge/samples.ts';

describe('a check that can’t be made', () => {
  test('is a warning with its error, and what to do about it', async () => {
    const logger = createRecordingLogger();
    const failing = () => Promise.reject(new UserError('It is broken.', 'Mend it.'));
    assert.deepEqual(await attempt(logger, 'plugin', failing), [
      {
        id: 'plugin',
        title: 'Claude Code plugin',
        state: 'warning',
        detail: 'It is broken.',
        advice: 'Mend it.',
      },
    ]);
    assert.deepEqual(logger.entries, []);
  });

  test('is a warning also for a mistake of ours, which is logged', async () => {
    const logger = createRecordingLogger();
    const [check] = await attempt(logger, 'gate', () => Promise.reject(new TypeError('no such thing')));
    assert.deepEqual([check?.state, check?.detail], ['warning', 'no such thing']);
    assert.match(logger.at('error').join(), /TypeError: no such thing\n\s+at /);
  });

  test('is a warning where nothing answers', async () => {
    const never = () => new Promise<never>(() => undefined);
    const [check] = await attempt(createRecordingLogger(), 'codex', never, 20);
    assert.deepEqual([check?.state, check?.detail], ['warning', 'Codex did not answer within 0.02 s.']);
  });
});

describe('the report', () => {
  const ok = setupCheck('codex', 'ok', '0.169.0 at /usr/bin/codex (on PATH)');
  const info = setupCheck('gate', 'info', 'off for shop');
  const warning = setupCheck('plugin', 'warning', 'not installed', 'Install it.');
  const missing = setupCheck('codex-login', 'missing', 'not logged in');
  const lines = (...args: Parameters<typeof setupMarkdown>) => setupMarkdown(...args).split('\n');

  test('reads well as plain text and as Markdown, and its last line says what it comes to', () => {
    assert.deepEqual(lines([ok, info, warning], ''), [
      'Tandem set-up',
      '',
      '- ✓ Codex: 0.169.0 at /usr/bin/codex (on PATH)',
      '- · Stop-time review gate: off for shop',
      '- ! Claude Code plugin: not installed',
      '  → Install it.',
      '',
      'Tandem can review; look at what is marked !.',
    ]);
    assert.equal(lines([ok, info], '').at(-1), 'Tandem is ready.');
    assert.equal(lines([ok, warning, missing], '').at(-1), 'Tandem cannot review yet: see what is marked ✗.');
  });

  test('an error of several lines stays with its check', () => {
    const check = setupCheck('codex', 'missing', 'It exited with code 1.\nerror on line 7\n');
    assert.deepEqual(lines([check], '').slice(2, 4), [
      '- ✗ Codex: It exited with code 1.',
      '  error on line 7',
    ]);
  });

  test('what has been switched comes first, with the way back', () => {
    const [, , news = ''] = lines([ok], gateNews('/work/shop', true));
    assert.match(news, /now on for shop: .*`\/codex:setup --disable-review-gate`/);
    assert.match(gateNews('/work/shop', false), /now off for shop\. `\/codex:setup --enable-review-gate`/);
  });
});
