import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type RunState, foldMessage, initialRunState } from '../../../src/claude/streamFold.ts';
import { readStreamMessage } from '../../../src/claude/streamMessage.ts';

const folder = '/work/shop';

/** The state after these messages. */
function after(...messages: readonly unknown[]): RunState {
  return messages.reduce<RunState>((state, message) => {
    const read = readStreamMessage(message);
    return read === null ? state : foldMessage(state, read, folder);
  }, initialRunState);
}

const call = (id: string, name: string, input: Record<string, unknown>) => ({
  type: 'assistant',
  message: { content: [{ type: 'tool_use', id, name, input }] },
});
const result = (id: string, content: unknown, more: Record<string, unknown> = {}, isError = false) => ({
  type: 'user',
  message: { content: [{ type: 'tool_result', tool_use_id: id, content, is_error: isError }] },
  ...more,
});
const event = (event: Record<string, unknown>) => ({ type: 'stream_event', event });
const usage = (input: number, cached = 0) => ({
  type: 'message_start',
  message: { usage: { input_tokens: input, cache_read_input_tokens: cached, output_tokens: 1 } },
});

describe('what a run of Claude was seen looking at', () => {
  test('a file that was read: its text without numbers, by its absolute path', () => {
    const details = { type: 'text', file: { filePath: '/work/shop/a.ts', content: 'one();\n\ttwo();\n' } };
    const { looks, commands } = after(
      call('1', 'Read', { file_path: '/work/shop/a.ts' }),
      result('1', '1\tone();\n2\t\ttwo();\n', { tool_use_result: details }),
    );
    assert.deepEqual(looks.observations, [
      {
        command: 'Read a.ts',
        succeeded: true,
        folder,
        reads: ['/work/shop/a.ts'],
        output: 'one();\n\ttwo();\n',
      },
    ]);
    assert.deepEqual(commands, { succeeded: 1, failed: 0, lastFailure: null });
  });

  test('where the program does not give it by itself, the text is what the model was told', () => {
    for (const text of ['     1→one();\n    12→two();', '1\tone();\n12\ttwo();']) {
      const { looks } = after(
        call('1', 'Read', { file_path: 'a.ts' }),
        result('1', [{ type: 'text', text }]),
      );
      assert.equal(looks.observations[0]?.output, 'one();\ntwo();');
      assert.deepEqual(looks.observations[0].reads, ['/work/shop/a.ts']);
    }
  });

  test('lines that were found; but lists of files show nothing of them', () => {
    const content = 'a.ts:1:one();';
    const { looks, commands } = after(
      call('1', 'Grep', { pattern: 'one', path: '/work/shop/src' }),
      call('2', 'Grep', { pattern: 'one' }),
      call('3', 'Glob', { pattern: '**/a.ts' }),
      result('3', 'a.ts', { tool_use_result: { filenames: ['a.ts'] } }),
      result('2', 'Found 1 file\na.ts', {
        tool_use_result: { mode: 'files_with_matches', filenames: ['a.ts'] },
      }),
      result('1', content, { tool_use_result: { mode: 'content', content } }),
    );
    assert.deepEqual(
      looks.observations.map(({ command, output }) => [command, output]),
      [['Grep "one" in src', content]],
    );
    assert.equal(commands.succeeded, 1);
  });

  test('what failed, with why', () => {
    const { looks, commands } = after(
      call('1', 'Read', { file_path: '/etc/passwd' }),
      result('1', 'Claude requested permissions to read from /etc/passwd', {}, true),
    );
    assert.deepEqual(
      looks.observations.map(({ succeeded, reads }) => [succeeded, reads]),
      [[false, []]],
    );
    assert.deepEqual(commands, {
      succeeded: 0,
      failed: 1,
      lastFailure: 'Claude requested permissions to read from /etc/passwd',
    });
  });

  test('neither its answer nor a change of a file is a look', () => {
    const { looks, commands } = after(
      call('1', 'StructuredOutput', { findings: [] }),
      result('1', 'Structured output provided successfully'),
      call('2', 'Write', { file_path: '/work/shop/b.ts', content: 'x' }),
      result('2', 'File created'),
    );
    assert.deepEqual([looks.observations, commands.succeeded], [[], 0]);
  });
});

describe('how a run of Claude goes', () => {
  test('model, phase, activity and tokens', () => {
    const { progress } = after(
      { type: 'system', subtype: 'init', model: 'claude-x' },
      event(usage(100, 50)),
      event({ type: 'content_block_start', content_block: { type: 'tool_use', name: 'Read' } }),
      call('1', 'Read', { file_path: '/work/shop/src/a.ts' }),
      event({ type: 'message_delta', usage: { output_tokens: 20 } }),
      event(usage(200)),
      event({ type: 'message_delta', usage: { output_tokens: 5 } }),
    );
    assert.deepEqual(progress, {
      phase: 'reading',
      model: 'claude-x',
      activity: 'Read src/a.ts',
      tokens: 375,
    });
  });

  test('it waits for a limit or the network until something comes from the model again', () => {
    const retry = (error: string) => ({
      type: 'system',
      subtype: 'api_retry',
      attempt: 1,
      max_retries: 2,
      error,
    });
    assert.equal(after(retry('rate_limit')).progress.waitingFor, 'limit');
    assert.equal(after(retry('overloaded')).progress.waitingFor, 'network');
    assert.equal(after(retry('rate_limit'), event(usage(1))).progress.waitingFor, null);
  });

  test('a limit that was reached, with the time of its end; a warning is none', () => {
    const limit = (status: string, resetsAt: unknown) => ({
      type: 'rate_limit_event',
      rate_limit_info: { status, resetsAt, rateLimitType: 'five_hour' },
    });
    assert.deepEqual(after(limit('rejected', 1795896094)).limit, {
      kind: 'five_hour',
      resetsAt: '2026-11-28T20:01:34.000Z',
    });
    assert.deepEqual(after(limit('rejected', 1e300)).limit, { kind: 'five_hour', resetsAt: null });
    assert.equal(after(limit('allowed_warning', 1795896094)).limit, null);
  });

  test('the last result counts, with what it cost', () => {
    const end = (text: string) => ({
      type: 'result',
      subtype: 'success',
      is_error: false,
      result: text,
      total_cost_usd: 0.12,
      modelUsage: {
        m: { inputTokens: 1, outputTokens: 2, cacheReadInputTokens: 3, cacheCreationInputTokens: 4 },
      },
    });
    const { result: last, progress } = after(end('first'), end('second'));
    assert.equal(last?.result, 'second');
    assert.deepEqual([progress.tokens, progress.cost], [10, 0.12]);
  });

  test('what is no message, or of another form, changes nothing', () => {
    const odd = [
      null,
      'text',
      [],
      {},
      { type: 7 },
      { type: 'assistant' },
      { type: 'assistant', message: { content: 'text' } },
      { type: 'assistant', message: { content: [null, 7, { type: 'tool_use' }] } },
      { type: 'stream_event', event: 'x' },
      { type: 'unheard of', model: 'x' },
    ];
    const { progress, looks, result: last } = after(...odd);
    assert.deepEqual([progress.model, looks.observations, last], [undefined, [], null]);
  });

  test('a result that does not say that it is none is an error', () => {
    assert.equal(after({ type: 'result', subtype: 'success' }).result?.is_error, true);
  });
});
