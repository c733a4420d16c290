import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { CancelledError, LimitReached, UserError } from '../../../src/base/errors.ts';
import { Headless } from '../../../src/claude/headless.ts';
import type { AgentProgress } from '../../../src/jobs/agent.ts';
import { waitFor } from '../../engine/wait.ts';
import { cleanEnvironment } from '../../support/environment.ts';
import { createTempFolder } from '../../support/temp.ts';
import { createRecordingLogger } from '../bridge/samples.ts';

/** Faults that no real Claude Code shows on demand; the program is a script. */

const message = (value: unknown) => `process.stdout.write(${JSON.stringify(`${JSON.stringify(value)}\n`)});`;
const success = { type: 'result', subtype: 'success', is_error: false, result: 'Fine.' };
const failed = { type: 'result', subtype: 'success', is_error: true, result: 'No.', api_error_status: 500 };
const stays = 'setInterval(() => undefined, 1000);';

function create(script: string, quietAfter = 60_000) {
  const folder = createTempFolder('headless').path;
  const file = path.join(folder, 'claude');
  const source = [
    `#!${process.execPath}`,
    `if (process.argv.includes('--version')) { console.log('2.9.9 (Claude Code)'); process.exit(0); }`,
    `require('node:fs').writeFileSync(${JSON.stringify(path.join(folder, 'input'))}, require('node:fs').readFileSync(0));`,
    script,
  ];
  writeFileSync(file, source.join('\n'));
  chmodSync(file, 0o700);
  const logger = createRecordingLogger();
  const headless = new Headless({
    executable: () => file,
    budget: () => 0,
    env: cleanEnvironment(),
    stateHome: folder,
    logger,
    quietAfter,
  });
  const progress: AgentProgress[] = [];
  const abort = new AbortController();
  const context = { onProgress: (one: AgentProgress) => void progress.push(one), signal: abort.signal };
  const request = {
    folder,
    repository: folder,
    prompt: 'Grüße — “hi”',
    rights: 'read',
    model: '',
    effort: '',
  } as const;
  const journal = path.join(folder, 'processes');
  return {
    ...{ folder, logger, progress, abort },
    run: (more: { schema?: unknown } = {}) => headless.run({ ...request, ...more }, context),
    started: () => waitFor('the start', () => existsSync(path.join(folder, 'input'))),
    left: () => (existsSync(journal) ? readdirSync(journal) : []),
    input: () => readFileSync(path.join(folder, 'input'), 'utf8'),
  };
}

const refusal = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => assert.fail('It succeeded.'),
    (thrown: unknown) => thrown,
  );
  return error instanceof UserError ? error : assert.fail(String(error));
};

describe('a run of Claude Code', () => {
  test('gets its prompt as it is, and leaves nothing in the journal', async () => {
    const { run, input, left } = create(message(success));
    assert.equal((await run()).text, 'Fine.');
    assert.equal(input(), 'Grüße — “hi”');
    assert.deepEqual(left(), []);
  });

  test('the last of several results counts', async () => {
    const good = create(message(failed) + message(success));
    assert.equal((await good.run()).text, 'Fine.');
    const bad = create(message(success) + message(failed));
    assert.match((await refusal(bad.run())).message, /Claude could not finish: No\./);
  });

  test('exit code 0 without a result is no success', async () => {
    const error = await refusal(
      create('process.stderr.write("error: unknown option \'--safe-mode\'\\n");').run(),
    );
    assert.match(error.message, /exited with code 0 before it had an answer: error: unknown option/);
    assert.match(error.advice ?? '', /Update Claude Code/);
  });

  test('a schema without an answer of its form is told as such', async () => {
    const { isStructured, text } = await create(message(success)).run({ schema: {} });
    assert.deepEqual([isStructured, text], [false, 'Fine.']);
    const answer = { ...success, structured_output: { ok: true } };
    const structured = await create(message(answer)).run({ schema: {} });
    assert.deepEqual([structured.isStructured, structured.text], [true, '{"ok":true}']);
  });

  test('lines that are no messages are passed over, and logged', async () => {
    const { run, logger } = create(
      `console.log('Update available!'); console.log('[1]');${message(success)}`,
    );
    assert.equal((await run()).text, 'Fine.');
    assert.match(logger.at('warn').join('\n'), /a line that is no message .*Update available!/);
  });

  test('a limit ends it as one', async () => {
    const event = {
      type: 'rate_limit_event',
      rate_limit_info: { status: 'rejected', rateLimitType: 'seven_day' },
    };
    const error = await refusal(create(message(event) + message(failed)).run());
    assert.ok(error instanceof LimitReached);
    assert.equal(error.message, 'Claude’s weekly limit is reached.');
  });

  test('cancelled: an interrupt is enough for one that follows it, though it exits with 0', async () => {
    const { run, abort, started, left } = create(`process.on('SIGINT', () => process.exit(0));${stays}`);
    const running = run();
    await started();
    abort.abort();
    await assert.rejects(running, CancelledError);
    assert.deepEqual(left(), []);
  });

  test('cancelled: one that follows no signal is killed', async () => {
    const deaf = `process.on('SIGINT', () => undefined); process.on('SIGTERM', () => undefined);`;
    const { run, abort, started, left } = create(
      `${deaf}${message({ type: 'system', subtype: 'init', model: 'm' })}${stays}`,
    );
    const running = run();
    await started();
    abort.abort();
    await assert.rejects(running, CancelledError);
    assert.deepEqual(left(), []);
  });

  test('one that says nothing is told as quiet, and ended in the end', async () => {
    const { run, progress } = create(stays, 40);
    const error = await refusal(run());
    assert.match(error.message, /has said nothing for .* and was ended/);
    assert.ok(progress.some(({ lastHeardAt }) => lastHeardAt !== undefined));
  });

  test('a program that is not there is said so', async () => {
    const headless = new Headless({
      executable: () => '/nowhere/claude',
      budget: () => 0,
      env: cleanEnvironment(),
      stateHome: createTempFolder('headless').path,
      logger: createRecordingLogger(),
      quietAfter: 1_000,
    });
    const context = { onProgress: () => undefined, signal: new AbortController().signal };
    const request = {
      folder: '/',
      repository: '/',
      prompt: '',
      rights: 'read',
      model: '',
      effort: '',
    } as const;
    const error = await refusal(headless.run(request, context));
    assert.match(error.message, /no executable file at \/nowhere\/claude/);
  });
});
