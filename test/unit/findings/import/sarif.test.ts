import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UserError } from '../../../../src/base/errors.ts';
import { toSarif } from '../../../../src/findings/export/sarif.ts';
import { fromSarif, maxResults } from '../../../../src/findings/import/sarif.ts';
import { hostileControls, hostileMarkdown, steering } from '../export/hostile.ts';
import { known } from '../known.ts';

const repository = '/work/shop';

function read(log: unknown) {
  return fromSarif(typeof log === 'string' ? log : JSON.stringify(log), { repository });
}

function log(results: unknown, more: object = {}, driver: object = {}) {
  return { version: '2.1.0', runs: [{ tool: { driver: { name: 'ESLint', ...driver } }, results, ...more }] };
}

function only(result: object, more: object = {}, driver: object = {}) {
  const { findings, skipped } = read(log([{ message: { text: 'Text' }, ...result }], more, driver));
  assert.deepEqual(skipped, []);
  const [finding] = findings;
  assert.ok(finding);
  return finding;
}

const at = (uri: string, more: object = {}) => ({
  locations: [{ physicalLocation: { artifactLocation: { uri, ...more } } }],
});

test('a log as linters write it', () => {
  const text = JSON.stringify(
    log(
      [
        {
          ruleId: 'no-unused-vars',
          ruleIndex: 0,
          level: 'error',
          message: { text: "'a' is defined but never used." },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: 'file:///work/shop/src/a%20b.ts', index: 0 },
                region: { startLine: 3, startColumn: 7, endLine: 4, endColumn: 8 },
              },
            },
          ],
        },
      ],
      {},
      {
        rules: [
          {
            id: 'no-unused-vars',
            shortDescription: { text: 'Disallow unused variables' },
            helpUri: 'https://example.invalid/no-unused-vars',
          },
        ],
      },
    ),
  );
  assert.deepEqual(read(`\uFEFF${text}`), {
    findings: [
      {
        title: "'a' is defined but never used.",
        body: 'Rule `no-unused-vars`: Disallow unused variables (<https://example.invalid/no-unused-vars>)',
        recommendation: '',
        priority: 'P1',
        confidence: null,
        path: '/work/shop/src/a b.ts',
        startLine: 3,
        endLine: 4,
        tool: 'ESLint',
      },
    ],
    skipped: [],
  });
});

describe('priorities', () => {
  const rule = (properties: object, level?: string) => ({
    rules: [{ id: 'r', properties, ...(level !== undefined && { defaultConfiguration: { level } }) }],
  });
  for (const [what, result, driver, priority] of [
    ['an error', { level: 'error' }, {}, 'P1'],
    ['an error that is ranked high', { level: 'error', rank: 95 }, {}, 'P0'],
    ['a warning, however it is ranked', { level: 'warning', rank: 100 }, {}, 'P2'],
    ['a note', { level: 'note' }, {}, 'P3'],
    ['none', { level: 'none' }, {}, 'P3'],
    ['nothing said', {}, {}, 'P2'],
    ['the level of its rule', { ruleId: 'r' }, rule({}, 'note'), 'P3'],
    ['a critical security rule', { ruleId: 'r', level: 'note' }, rule({ 'security-severity': '9.1' }), 'P0'],
    ['a high one', { ruleId: 'r' }, rule({ 'security-severity': '7.0' }), 'P1'],
    ['a medium one', { ruleId: 'r' }, rule({ 'security-severity': 4 }), 'P2'],
    ['a low one', { ruleId: 'r', level: 'error' }, rule({ 'security-severity': '0.1' }), 'P3'],
    ['a score that is none', { ruleId: 'r', level: 'error' }, rule({ 'security-severity': 'high' }), 'P1'],
    ['to be looked at', { kind: 'review', level: 'none' }, {}, 'P2'],
    ['a level that is none', { level: 'fatal' }, {}, 'P2'],
  ] as const)
    test(what, () => assert.equal(only(result, {}, driver).priority, priority));
});

describe('messages', () => {
  test('from the rule, with arguments', () => {
    const rules = [
      { id: 'r', messageStrings: { m: { text: "Use '{0}' {{not}} '{1}'.", markdown: 'Use `{0}`.' } } },
    ];
    const { title, body } = only(
      { ruleId: 'r', message: { id: 'm', arguments: ['let', 'var'] } },
      {},
      { rules },
    );
    assert.deepEqual([title, body], ["Use 'let' {not} 'var'.", 'Use `let`.\n\nRule `r`']);
  });

  test('braces are text where there are no arguments, and links to places of the log are their text', () => {
    const { title, body } = only({
      message: { text: 'From [here](1) to {0} {{x}}, see [docs](https://example.invalid).\n\nMore.' },
    });
    assert.equal(title, 'From here to {0} {{x}}, see [docs](https://example.invalid).');
    assert.match(body, /\n\nMore\.$/);
  });

  test('a rule says what its result does not', () => {
    const rules = [{ id: 'r', name: 'NoVar', shortDescription: { text: 'Do not use var' } }];
    assert.equal(only({ ruleIndex: 0, message: {} }, {}, { rules }).title, 'Do not use var');
    assert.equal(only({ ruleId: 'lonely', message: {} }).title, 'lonely');
  });

  test('the rule of an extension', () => {
    const extensions = [{ name: 'x', rules: [{ id: 'r', shortDescription: { text: 'Of the extension' } }] }];
    const tool = { driver: { name: 'CodeQL' }, extensions };
    const result = { message: { text: 'T' }, rule: { id: 'r', index: 0, toolComponent: { index: 0 } } };
    assert.match(only(result, { tool }).body, /Of the extension/);
  });

  test('long and hostile ones are cut and cleaned', () => {
    const text = `${hostileControls} ${hostileMarkdown} ${'x'.repeat(1_000_000)}`;
    const finding = only(
      { ruleId: text, message: { text, markdown: text } },
      {},
      { name: text, rules: [{ id: text, helpUri: 'javascript:alert(1)' }] },
    );
    for (const part of [finding.title, finding.body, finding.tool]) assert.doesNotMatch(part, steering);
    assert.ok(finding.title.length <= 200 && finding.tool.length <= 100 && finding.body.length < 51_000);
    assert.doesNotMatch(finding.body, /\(<javascript/);
  });
});

describe('places', () => {
  const bases = (uri: string) => ({ originalUriBaseIds: { ROOT: { uri } } });
  const based = (uri: string) => at(uri, { uriBaseId: 'ROOT' });
  for (const [what, result, more, path] of [
    ['relative', at('src/a%20b%23.ts'), {}, 'src/a b#.ts'],
    ['as tools on Windows write it', at('src\\a.ts'), {}, 'src/a.ts'],
    ['a base without an address', based('src/a.ts'), { originalUriBaseIds: { ROOT: {} } }, 'src/a.ts'],
    ['a base that is not there', based('src/a.ts'), {}, 'src/a.ts'],
    ['a base of this machine', based('a.ts'), bases('file:///work/shop/src/'), '/work/shop/src/a.ts'],
    ['a base of another machine', based('src/a.ts'), bases('file:///home/runner/shop/'), 'src/a.ts'],
    ['a base on the web', based('src/a.ts'), bases('https://example.invalid/'), 'src/a.ts'],
    ['a base by the name of a method', at('a.ts', { uriBaseId: 'constructor' }), bases('file:///x/'), 'a.ts'],
    [
      'a base of a base',
      at('a.ts', { uriBaseId: 'SRC' }),
      {
        originalUriBaseIds: {
          SRC: { uri: 'src/', uriBaseId: 'ROOT' },
          ROOT: { uri: 'file:///work/shop/' },
        },
      },
      '/work/shop/src/a.ts',
    ],
    [
      'bases in a circle',
      at('a.ts', { uriBaseId: 'A' }),
      { originalUriBaseIds: { A: { uri: 'x/', uriBaseId: 'B' }, B: { uri: 'y/', uriBaseId: 'A' } } },
      'a.ts',
    ],
    [
      'an artifact of the run',
      { locations: [{ physicalLocation: { artifactLocation: { index: 1 } } }] },
      { artifacts: ['broken', { location: { uri: 'src/a.ts' } }] },
      'src/a.ts',
    ],
    ['no place at all', {}, {}, ''],
    ['another machine', at('file://server/share/a.ts'), {}, ''],
    ['an encoded separator', at('file:///work/shop%2Fa.ts'), {}, ''],
    ['the web', at('https://example.invalid/a.ts'), {}, ''],
    ['a command', at('command:workbench.action.quit'), {}, ''],
    ['a script', at('JavaScript:alert(1)'), {}, ''],
    ['a drive', at('C:\\Windows\\a.ts'), {}, ''],
    ['a share', at('\\\\server\\share\\a.ts'), {}, ''],
    ['a share with slashes', at('//server/share/a.ts'), {}, ''],
    ['a device', at('\\\\.\\PhysicalDrive0'), {}, ''],
    ['what cannot be decoded', at('src/%E0%A4%A.ts'), {}, ''],
    // Whether it leads out is for the anchoring to say, which follows links.
    ['up and away', at('../../etc/passwd'), {}, '../../etc/passwd'],
    ['up and away, encoded', at('src/%2e%2e/%2E%2E/etc/passwd'), {}, 'src/../../etc/passwd'],
    ['absolute', at('FILE:///etc/passwd'), {}, '/etc/passwd'],
    ['an absolute path', at('/etc/passwd'), {}, '/etc/passwd'],
  ] as const)
    test(what, { skip: process.platform === 'win32' }, () => assert.equal(only(result, more).path, path));

  test('a place that is no file is told', () => {
    assert.equal(only(at('command:x`y')).body, 'Place: ``command:x`y``');
  });
});

describe('what is left out is named, and the rest is kept', () => {
  test('what is no problem, is suppressed, or is no longer there', () => {
    const message = { text: 'T' };
    const { findings, skipped } = read(
      log([
        { message, kind: 'pass' },
        { message, kind: 'informational' },
        { message, kind: 'notApplicable' },
        { message, suppressions: [{ kind: 'external', status: 'accepted' }] },
        { message, suppressions: [{ kind: 'inSource' }] },
        { message, suppressions: [{ kind: 'external', status: 'rejected' }] },
        { message, suppressions: [] },
        { message, baselineState: 'absent' },
      ]),
    );
    assert.equal(findings.length, 2);
    assert.deepEqual(skipped, [
      '3 results: no problem is reported by them.',
      '2 results: they are suppressed in the log.',
      '1 result: it is no longer there.',
    ]);
  });

  test('broken runs and results', () => {
    const good = {
      message: { text: 'Good' },
      locations: 'none',
      rank: 'high',
      suppressions: 7,
      properties: null,
    };
    const { findings, skipped } = read({
      version: '2.1.0',
      runs: [
        'no run',
        { tool: {}, results: [good] },
        {
          tool: { driver: { name: 7, rules: 'none' } },
          results: [good, null, 'x', {}, { message: 'x' }, good],
        },
        { tool: { driver: { name: 'x' } }, results: null },
        { tool: { driver: { name: 'x' } }, externalPropertyFileReferences: { results: [{}] } },
      ],
    });
    assert.deepEqual(
      findings.map(({ title, tool }) => [title, tool]),
      [
        ['Good', 'SARIF'],
        ['Good', 'SARIF'],
      ],
    );
    assert.deepEqual(skipped, [
      'Run 1 names no tool.',
      'Run 2 names no tool.',
      'Run 3, result 2: not a result.',
      'Run 3, result 3: not a result.',
      'Run 3, result 4: no message.',
      'Run 3, result 5: no message.',
      'Run 5 keeps results in other files, which are not read.',
    ]);
  });

  test('too many: results, and sentences about them', () => {
    const many = read(log(Array.from({ length: maxResults + 5 }, () => ({ message: { text: 'T' } }))));
    assert.equal(many.findings.length, maxResults);
    assert.deepEqual(many.skipped, [`5 results: more than ${maxResults} cannot be imported.`]);
    const broken = read(log(Array.from({ length: 500 }, () => 1))).skipped;
    assert.equal(broken.length, 21);
    assert.equal(broken.at(-1), '… and 480 more that could not be read.');
  });

  for (const [what, text, problem] of [
    ['nothing', '', /not JSON/],
    ['a torn file', '{"version":"2.1.0","runs":[{"tool"', /not JSON \(.*position 34/],
    ['another file', '{"name":"tandem"}', /no `version` or no list `runs`/],
    ['a list', '[]', /no `version`/],
    ['an older version', '{"version":"1.0.0","runs":[]}', /SARIF 1\.0\.0; only version 2\.1\.0/],
    ['a hostile version', JSON.stringify({ version: hostileControls, runs: [] }), /only version 2\.1\.0/],
    ['deep nesting', '['.repeat(100_000), /not JSON/],
  ] as const)
    test(what, () => {
      assert.throws(
        () => read(text),
        (error) => error instanceof UserError && problem.test(error.message) && !steering.test(error.message),
      );
    });

  test('a log without runs has no findings', () => {
    assert.deepEqual(read('{"version":"2.1.0","runs":null}'), { findings: [], skipped: [] });
  });
});

test('what was exported comes back', () => {
  const findings = [
    known('a', {
      title: 'Check [it](x) {0}',
      body: 'One *two* `three_four`.\n\n- five\n\nRecommendation: none of mine',
      recommendation: 'Do this.\n\nAnd that.',
      priority: 'P0',
      confidence: 0.87,
      file: 'src/ä #1.ts',
      startLine: 3,
      endLine: 7,
    }),
    known('b', { title: 'Only a title', reviewers: ['sarif'], tool: 'ESLint' }),
    known('c', { state: 'dismissed', reason: 'No.' }),
    known('d', { state: 'fixed', proof: 'claimed' }),
  ];
  const { findings: back, skipped } = read(toSarif(findings, { version: '1' }));
  const [b, a] = back.map(
    ({ title, body, recommendation, priority, confidence, path, startLine, endLine, tool }) => ({
      ...{ title, body, recommendation, priority, confidence },
      ...{ path, startLine, endLine, tool },
    }),
  );
  assert.deepEqual(skipped.sort(), [
    '1 result: it is no longer there.',
    '1 result: it is suppressed in the log.',
  ]);
  assert.equal(back.length, 2);
  const expected = (index: number) => {
    const { title, body, recommendation, priority, confidence, file, startLine, endLine } =
      findings[index] ?? known('');
    return { title, body, recommendation, priority, confidence, path: file, startLine, endLine };
  };
  assert.deepEqual(
    { b, a },
    {
      a: { ...expected(0), title: 'Check [it] (x) {0}', tool: 'Codex' },
      b: { ...expected(1), tool: 'ESLint' },
    },
  );
});
