import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UserError } from '../../../src/base/errors.ts';
import { loginHeaders, parseEndpoint } from '../../../src/codex/endpoint.ts';

const parse = (text: string) => parseEndpoint(text, 'linux') ?? assert.fail('no endpoint');

describe('the address of an App Server', () => {
  test('that is empty means a child of ours', () => {
    assert.equal(parseEndpoint('  '), null);
  });

  test('on a network is shown without its query', () => {
    assert.deepEqual(parse(' wss://codex.example.test/a?key=secret#x '), {
      kind: 'network',
      url: 'wss://codex.example.test/a?key=secret',
      isEncrypted: true,
      isLoopback: false,
      text: 'wss://codex.example.test/a',
    });
  });

  test('knows what stays on this machine', () => {
    const isLoopback = (text: string) => {
      const endpoint = parse(text);
      return endpoint.kind === 'network' && endpoint.isLoopback;
    };
    for (const host of ['127.0.0.1', '127.1.2.3', '[::1]', 'localhost', 'LOCALHOST'])
      assert.equal(isLoopback(`ws://${host}:4500`), true, host);
    for (const host of ['127.0.0.1.example.test', 'localhost.example.test', '10.0.0.1', '[::2]', '0.0.0.0'])
      assert.equal(isLoopback(`ws://${host}:4500`), false, host);
  });

  test('on a Unix socket is its absolute path, whatever is in it', () => {
    assert.deepEqual(parse('unix:///run/a b/c:1?#%20'), {
      kind: 'socket',
      file: '/run/a b/c:1?#%20',
      text: 'unix:///run/a b/c:1?#%20',
    });
    assert.throws(() => parse('unix://run/socket'), /absolute path/);
    assert.throws(() => parseEndpoint('unix:///run/socket', 'win32'), /Windows/);
  });

  test('that is none is refused, with what one looks like', () => {
    for (const text of ['4500', 'localhost:4500', 'http://localhost', 'ws://', 'wss:', 'stdio://'])
      assert.throws(
        () => parse(text),
        (error) => error instanceof UserError && (error.advice ?? '').includes('wss://HOST'),
        text,
      );
  });

  test('with a password in it is refused, and not repeated', () => {
    for (const text of ['wss://ada:s3cret@host/', 'https://ada:s3cret@host/?k=s3cret'])
      assert.throws(
        () => parse(text),
        (error) => error instanceof UserError && !error.message.includes('s3cret'),
        text,
      );
  });
});

describe('the token', () => {
  test('is sent encrypted, or on this machine', () => {
    const sent = { Authorization: 'Bearer t0ken' };
    for (const text of ['wss://host.example.test', 'ws://127.0.0.1:1', 'unix:///s'])
      assert.deepEqual(loginHeaders(parse(text), 't0ken'), sent, text);
  });

  test('is refused to go over a network in the clear', () => {
    const far = parse('ws://host.example.test:4500');
    assert.deepEqual(loginHeaders(far, ''), {});
    assert.throws(
      () => loginHeaders(far, 't0ken'),
      (error) =>
        error instanceof UserError &&
        !error.message.includes('t0ken') &&
        (error.advice ?? '').includes('wss'),
    );
  });

  test('that would end its header is refused', () => {
    for (const token of ['a b', 'a\r\nX: y', 'ä'])
      assert.throws(() => loginHeaders(parse('wss://h'), token), /cannot be sent/, token);
  });
});
