import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createFileLogger, createStreamLogger } from '../../../src/base/fileLogger.ts';
import { createTempFolder } from '../../support/temp.ts';

test('the file is private and holds what matters', () => {
  const file = path.join(createTempFolder('logs').path, 'deep', 'tandem.log');
  const logger = createFileLogger(file);
  logger.debug('detail');
  logger.info('hello');
  logger.error('bad\nsecond line');
  assert.match(
    readFileSync(file, 'utf8'),
    /^\S+Z \[\d+\] info: hello\n\S+Z \[\d+\] error: bad\nsecond line\n$/,
  );
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('it never grows without bounds', () => {
  const file = path.join(createTempFolder('logs').path, 'tandem.log');
  const logger = createFileLogger(file);
  for (let line = 0; line < 30; line += 1) logger.info('x'.repeat(100_000));
  for (const name of [file, `${file}.old`])
    assert.ok(statSync(name).size < 1_300_000, `${statSync(name).size} bytes`);
});

test('a stream gets every level', () => {
  let text = '';
  const logger = createStreamLogger({ write: (line) => (text += line) });
  for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const) logger[level]('x');
  assert.equal(text.split('\n').length, 6);
});
