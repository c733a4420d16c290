import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { importedStates, readImportLedger } from '../../../src/codex/importLedger.ts';
import { createTempFolder } from '../../support/temp.ts';
import { createRecordingLogger } from '../bridge/samples.ts';

const folder = createTempFolder('ledger').path;
const hash = (text: string) => createHash('sha256').update(text).digest('hex');

describe('Codex’s record of imports', () => {
  const write = (text: string) =>
    writeFileSync(path.join(folder, 'external_agent_session_imports.json'), text);

  test('no file is no imports; a damaged one is too, and is left as it is', async () => {
    const logger = createRecordingLogger();
    assert.deepEqual(await readImportLedger(path.join(folder, 'nowhere'), logger), []);
    assert.deepEqual(logger.at('warn'), []);
    for (const text of ['', '{"records":', '[]', '{"records":7}']) {
      write(text);
      assert.deepEqual(await readImportLedger(folder, logger), [], text);
    }
    assert.equal(logger.at('warn').length, 4);
  });

  test('records as 0.130 and 0.169 write them; one of another shape does not take the others with it', async () => {
    const record = {
      source_path: '/a.jsonl',
      content_sha256: 'f00',
      imported_thread_id: 't1',
      imported_at: 1,
    };
    const newer = { ...record, imported_thread_id: 't2', source_modified_at: 2, connector_names: [] };
    write(
      JSON.stringify({ records: [record, { source_path: 7 }, null, newer], detected_connector_records: [] }),
    );
    assert.deepEqual(await readImportLedger(folder, createRecordingLogger()), [
      { source: '/a.jsonl', sha256: 'f00', threadId: 't1' },
      { source: '/a.jsonl', sha256: 'f00', threadId: 't2' },
    ]);
  });
});

describe('states of a file that were imported', () => {
  const file = path.join(folder, 'session.jsonl');
  const record = (text: string, threadId: string) => ({ source: '/elsewhere', sha256: hash(text), threadId });

  test('are its beginnings, line by line, the longest first', async () => {
    const line = `${'ü'.repeat(40_000)}\n`;
    writeFileSync(file, line.repeat(5));
    const records = [record(line.repeat(2), 'two'), record('other', 'other'), record(line.repeat(4), 'four')];
    const size = Buffer.byteLength(line);
    assert.deepEqual(await importedStates(file, records), [
      { threadId: 'four', size: 4 * size },
      { threadId: 'two', size: 2 * size },
    ]);
  });

  test('of the same state the thread that was made last comes first', async () => {
    writeFileSync(file, 'a\n');
    const states = await importedStates(file, [record('a\n', 'first'), record('a\n', 'second')]);
    assert.deepEqual(
      states.map(({ threadId }) => threadId),
      ['second', 'first'],
    );
  });

  test('the whole file counts also if its last line has no end', async () => {
    writeFileSync(file, 'a\nb');
    assert.deepEqual(await importedStates(file, [record('a\nb', 'whole')]), [{ threadId: 'whole', size: 3 }]);
    assert.deepEqual(await importedStates(file, [record('a\nb\n', 'longer')]), []);
  });
});
