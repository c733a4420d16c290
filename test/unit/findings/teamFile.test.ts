import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { UserError } from '../../../src/base/errors.ts';
import { fingerprint } from '../../../src/findings/fingerprint.ts';
import { readTeamDismissals, shareDismissals, teamFileName } from '../../../src/findings/teamFile.ts';
import type { KnownFinding } from '../../../src/protocol/knownFinding.ts';
import { type TempFolder, createTempFolder } from '../../support/temp.ts';
import { type RecordingLogger, createRecordingLogger } from '../bridge/samples.ts';
import { hostileControls, steering } from './export/hostile.ts';
import { known } from './known.ts';

describe('the team’s file of dismissals', () => {
  let folder: TempFolder;
  let repository: string;
  let file: string;
  let logger: RecordingLogger;

  beforeEach(() => {
    folder = createTempFolder('team');
    repository = path.join(realpathSync(folder.path), 'shop');
    mkdirSync(repository);
    file = path.join(repository, teamFileName);
    logger = createRecordingLogger();
  });
  afterEach(() => folder.dispose());

  const at = '2026-02-03T04:05:06.000Z';
  const idOf = (title: string, name: string) => fingerprint(name, '', title);
  const dismissed = (id: string, more: Partial<KnownFinding> = {}) =>
    known(id, {
      state: 'dismissed',
      by: 'user',
      reason: 'As meant.',
      history: [{ at, what: 'dismissed', by: 'user', text: 'As meant.', job: null }],
      ...more,
    });
  const read = () => readTeamDismissals(repository, logger);
  const write = (text: string) => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  const warnings = () => logger.at('warn').join('\n');

  test('nothing is there before somebody shares, and sharing nothing writes nothing', async () => {
    assert.deepEqual(await read(), []);
    assert.deepEqual(await shareDismissals(repository, [known('open')]), { file, added: 0 });
    assert.ok(!existsSync(path.dirname(file)));
    assert.equal(warnings(), '');
  });

  test('what one shares the others read, once', async () => {
    const findings = [
      dismissed('b', { file: 'src/b.ts' }),
      known('open'),
      dismissed('a', { file: 'src/a.ts' }),
    ];
    assert.deepEqual(await shareDismissals(repository, findings), { file, added: 2 });
    assert.deepEqual(await shareDismissals(repository, findings), { file, added: 0 });
    assert.deepEqual(await read(), [
      { id: idOf('a', 'src/a.ts'), file: 'src/a.ts', title: 'a', reason: 'As meant.', text: '', at },
      { id: idOf('b', 'src/b.ts'), file: 'src/b.ts', title: 'b', reason: 'As meant.', text: '', at },
    ]);
    assert.equal(
      readFileSync(file, 'utf8'),
      `${JSON.stringify({ version: 1, dismissals: await read() }, null, 2)}\n`,
    );
  });

  test('the same entries make the same file, in whatever order they came', async () => {
    const findings = ['c', 'a', 'd', 'b'].map((id) => dismissed(id, { file: `${id}.ts` }));
    await shareDismissals(repository, findings);
    const once = readFileSync(file, 'utf8');
    rmSync(file);
    for (const finding of [...findings].reverse()) await shareDismissals(repository, [finding]);
    assert.equal(readFileSync(file, 'utf8'), once);
  });

  test('what others wrote stays: their reason, what is not understood, and what a later version adds', async () => {
    const theirs = {
      id: idOf('a', 'a.ts'),
      file: 'a.ts',
      title: 'a',
      reason: 'Theirs.',
      at,
      severity: 'low',
    };
    write(JSON.stringify({ version: 1, note: 'ours', dismissals: [7, { reason: 'no id' }, theirs] }));
    await shareDismissals(repository, [dismissed('a'), dismissed('b', { file: 'b.ts' })]);
    const { note, dismissals } = JSON.parse(readFileSync(file, 'utf8')) as {
      note: string;
      dismissals: unknown[];
    };
    assert.equal(note, 'ours');
    assert.deepEqual(dismissals[0], theirs);
    assert.deepEqual(dismissals.slice(2), [7, { reason: 'no id' }]);
    assert.deepEqual(
      (await read()).map(({ id, reason }) => [id, reason]),
      [
        [idOf('a', 'a.ts'), 'Theirs.'],
        [idOf('b', 'b.ts'), 'As meant.'],
      ],
    );
    assert.match(warnings(), /2 entries of .*findings\.json could not be read/);
  });

  for (const [what, text, problem] of [
    ['a conflict that git left', '<<<<<<< HEAD\n{}', /not JSON/],
    ['an unknown version', '{"version":2,"dismissals":[]}', /version 2, which this Tandem does not know/],
    ['another shape', '{"dismissals":{}}', /no `version` or no list `dismissals`/],
    ['nothing', '', /not JSON/],
    ['more than 1 MB', `{"version":1,"dismissals":[]}${' '.repeat(1024 * 1024)}`, /larger than 1 MB/],
  ] as const) {
    test(`${what}: nothing counts, which is said, and nothing is overwritten`, async () => {
      write(text);
      assert.deepEqual(await read(), []);
      assert.match(warnings(), problem);
      await assert.rejects(
        shareDismissals(repository, [dismissed('a')]),
        (error) => error instanceof UserError && problem.test(error.message),
      );
      assert.equal(readFileSync(file, 'utf8'), text);
    });
  }

  const elsewhere = () => path.join(path.dirname(repository), 'elsewhere');
  for (const [what, link] of [
    [
      'a link to a file elsewhere',
      () => {
        writeFileSync(elsewhere(), '{"version":1,"dismissals":[{"id":"x"}]}');
        mkdirSync(path.dirname(file));
        symlinkSync(elsewhere(), file);
      },
    ],
    [
      'a link to a folder elsewhere',
      () => {
        mkdirSync(elsewhere());
        writeFileSync(path.join(elsewhere(), 'findings.json'), '{"version":1,"dismissals":[{"id":"x"}]}');
        symlinkSync(elsewhere(), path.dirname(file));
      },
    ],
    [
      'a link to nothing',
      () => {
        mkdirSync(path.dirname(file));
        symlinkSync(elsewhere(), file);
      },
    ],
    ['a folder that is a link to nothing', () => symlinkSync(elsewhere(), path.dirname(file))],
    ['a folder', () => mkdirSync(file, { recursive: true })],
    ['a file in place of its folder', () => writeFileSync(path.dirname(file), '')],
  ] as const) {
    test(`${what} is neither read nor written`, { skip: process.platform === 'win32' }, async () => {
      link();
      assert.deepEqual(await read(), []);
      assert.match(warnings(), /is not used\./);
      await assert.rejects(shareDismissals(repository, [dismissed('a')]), UserError);
      if (what === 'a link to nothing') assert.ok(!existsSync(elsewhere()));
    });
  }

  test('hostile entries are cut and cleaned, and nothing of the machine is written', async () => {
    const long = 'x'.repeat(10_000);
    write(
      JSON.stringify({
        version: 1,
        dismissals: [
          { id: 'a', title: hostileControls + long, reason: hostileControls + long },
          { id: long },
          { id: '' },
        ],
      }),
    );
    const [only, ...more] = await read();
    assert.equal(more.length, 0);
    assert.ok(only && only.title.length <= 300 && only.reason.length <= 2_000);
    assert.doesNotMatch(only.title + only.reason, steering);

    rmSync(file);
    const reason = `See ${repository}/a.ts ${hostileControls}`;
    await shareDismissals(repository, [
      dismissed('b', { repository, reason, place: 'outside', file: path.join(folder.path, 'x.ts') }),
    ]);
    const text = readFileSync(file, 'utf8');
    assert.doesNotMatch(text, steering);
    assert.ok(!text.includes(folder.path));
  });
});
