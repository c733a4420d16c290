import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import {
  LineMessageReader,
  type LineReaderOptions,
  LineMessageWriter,
} from '../../../src/base/lineTransport.ts';

function read(options: LineReaderOptions = {}) {
  const stream = new PassThrough();
  const messages: object[] = [];
  const bad: string[] = [];
  const errors: string[] = [];
  let closed = false;
  const reader = new LineMessageReader(stream, { onBadLine: (start) => void bad.push(start), ...options });
  reader.onError((error) => errors.push(error.message));
  reader.onClose(() => (closed = true));
  reader.listen((message) => void messages.push(message));
  return { stream, messages, bad, errors, isClosed: () => closed };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('reading lines', () => {
  test('messages cut anywhere, also inside a character, arrive whole', async () => {
    const bytes = Buffer.from('{"id":0,"text":"grüße 漢字"}\n\r\n{"id":1}\r\n');
    for (let size = 1; size < bytes.length; size += 1) {
      const { stream, messages } = read();
      for (let at = 0; at < bytes.length; at += size) stream.write(bytes.subarray(at, at + size));
      await settled();
      assert.deepEqual(messages, [
        { jsonrpc: '2.0', id: 0, text: 'grüße 漢字' },
        { jsonrpc: '2.0', id: 1 },
      ]);
    }
  });

  test('a bad line is told and skipped', async () => {
    const { stream, messages, bad } = read();
    stream.write('panic!\n[1]\nnull\n{"id":1}\n');
    await settled();
    assert.deepEqual(bad, ['panic!', '[1]', 'null']);
    assert.equal(messages.length, 1);
  });

  test('a message that the connection trips over is told and skipped', async () => {
    const stream = new PassThrough();
    const bad: string[] = [];
    const seen: object[] = [];
    const reader = new LineMessageReader(stream, {
      onBadLine: (start, reason) => void bad.push(`${start}: ${reason}`),
    });
    reader.listen((message) => {
      if (seen.push(message) === 1) throw new TypeError('no params');
    });
    stream.write('{"method":"$/cancelRequest"}\n{"id":1}\n');
    await settled();
    assert.deepEqual(bad, ['{"method":"$/cancelRequest"}: no params']);
    assert.equal(seen.length, 2);
  });

  test('a line over the limit closes the connection', async () => {
    const { stream, errors, isClosed } = read({ maxLineBytes: 10 });
    stream.write('{"id":12345678');
    await settled();
    assert.equal(errors.length, 1);
    assert.ok(isClosed());
  });

  test('the end of the stream is told', async () => {
    const { stream, isClosed } = read();
    stream.end('{"half');
    await settled();
    await settled();
    assert.ok(isClosed());
  });
});

test('writing: one line a message, without the jsonrpc field', async () => {
  const stream = new PassThrough();
  const writer = new LineMessageWriter(stream);
  await writer.write({ jsonrpc: '2.0', id: 0, method: 'a\nb' } as never);
  assert.equal(String(stream.read()), '{"id":0,"method":"a\\nb"}\n');
});

test('writing: an answer that nobody hears any more is told as an error, and rejects for nobody', async () => {
  const stream = new PassThrough();
  const writer = new LineMessageWriter(stream);
  const errors: string[] = [];
  writer.onError(([error]) => errors.push(error.message));
  stream.end();
  await assert.rejects(writer.write({ jsonrpc: '2.0', id: 1, method: 'ask' } as never), /write after end/);
  await writer.write({ jsonrpc: '2.0', id: 0, result: {} } as never);
  assert.ok(errors.includes('write after end'));
});
