import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import MarkdownIt from 'markdown-it';
import { exportFindings } from '../../../../src/findings/export/exportFindings.ts';
import { toSarif } from '../../../../src/findings/export/sarif.ts';
import { fingerprintOf } from '../../../../src/findings/fingerprint.ts';
import type { KnownFinding } from '../../../../src/protocol/knownFinding.ts';
import { sarifProblems } from '../../../support/sarifSchema.ts';
import { known, repository } from '../known.ts';
import { raisedByBoth } from '../sample.ts';
import { hostileFinding, steering } from './hostile.ts';

const version = '1.2.3';
const lenient = new MarkdownIt({ html: true, linkify: true });
lenient.validateLink = () => true;

function logOf(findings: readonly KnownFinding[]) {
  const log = toSarif(findings, { version });
  assert.deepEqual(sarifProblems(JSON.parse(JSON.stringify(log))), []);
  return log;
}

function resultOf(finding: KnownFinding) {
  const [run] = logOf([finding]).runs;
  const [result] = run?.results ?? [];
  assert.ok(run && result);
  return { run, result };
}

test('the schema is one that can say no', () => {
  const log: unknown = JSON.parse(
    JSON.stringify(toSarif([known('a')], { version })).replace('"startLine":1', '"startLine":0'),
  );
  assert.match(sarifProblems(log).join('\n'), /startLine must be >= 1/);
});

test('what GitHub and the SARIF viewer need is there', () => {
  const finding = known('a', { priority: 'P1', title: 'Check it', body: 'It is not checked.' });
  const log = logOf([finding]);
  // The viewer goes by the last part of the schema's address, GitHub wants one.
  assert.equal(new URL(log.$schema).pathname.split('/').at(-1), 'sarif-2.1.0.json');
  assert.equal(log.version, '2.1.0');
  const [run] = log.runs;
  const { name, rules } = run?.tool.driver ?? { name: '', rules: [] };
  assert.equal(name, 'Codex');
  const [rule] = rules;
  for (const text of [rule?.id, rule?.shortDescription.text, rule?.fullDescription.text, rule?.help.text])
    assert.ok(text);
  const [result] = run?.results ?? [];
  assert.equal(rules[result?.ruleIndex ?? -1]?.id, result?.ruleId);
  assert.equal(result?.message.text, 'Check it\n\nIt is not checked.');
  assert.deepEqual(result.locations, [
    {
      physicalLocation: {
        artifactLocation: { uri: 'a.ts', uriBaseId: 'SRCROOT' },
        region: { startLine: 1, endLine: 1 },
      },
    },
  ]);
  assert.deepEqual(result.partialFingerprints, { 'tandem/v1': fingerprintOf(finding) });
});

test('one run for each reviewer and tool; what several raised is in the run of each', () => {
  const findings = [
    known('both', { reviewers: ['codex', 'claude'] }),
    known('claude', { reviewers: ['claude'] }),
    known('eslint', { reviewers: ['sarif'], tool: 'ESLint' }),
    known('other', { reviewers: ['sarif'], tool: 'Semgrep' }),
    known('imported back', { reviewers: ['codex', 'sarif'], tool: 'Codex' }),
  ];
  const runs = logOf(findings).runs.map(({ tool, results }) => [
    tool.driver.name,
    results.map(({ message }) => message.text),
  ]);
  assert.deepEqual(Object.fromEntries(runs), {
    Codex: ['both', 'imported back'],
    Claude: ['both', 'claude'],
    ESLint: ['eslint'],
    Semgrep: ['other'],
  });
});

test('each run has its own words for what both raised, and names the other one', () => {
  const runs = logOf([raisedByBoth()]).runs.map(({ tool, results: [result] }) => [
    tool.driver.name,
    result?.message.text,
    result?.level,
    result?.rank,
    result?.properties.raisedBy,
  ]);
  assert.deepEqual(runs, [
    ['Codex', 'Parse dates in local time\n\nMidnight is UTC.', 'warning', 90, ['Codex', 'Claude']],
    ['Claude', 'Dates shift\n\nOne day early.', 'error', 70, ['Codex', 'Claude']],
  ]);
});

test('levels, rank and what only Tandem knows', () => {
  const findings = (['P0', 'P1', 'P2', 'P3'] as const).map((priority) =>
    known(priority, { priority, confidence: 0.875 }),
  );
  const results = logOf(findings).runs[0]?.results ?? [];
  assert.deepEqual(
    results.map(({ level, rank, properties }) => [level, rank, properties.priority, properties.confidence]),
    [
      ['error', 87.5, 'P0', 0.875],
      ['error', 87.5, 'P1', 0.875],
      ['warning', 87.5, 'P2', 0.875],
      ['note', 87.5, 'P3', 0.875],
    ],
  );
  assert.ok(!('rank' in resultOf(known('a')).result));
});

test('what is dismissed is suppressed with its reason, and what is fixed is absent', () => {
  const { results } = logOf([
    known('1 new'),
    known('2 old', { mark: 'not looked at' }),
    known('3 dismissed', { state: 'dismissed', reason: 'It is meant so.', mark: 'still there' }),
    known('4 without reason', { state: 'dismissed', reason: '', mark: 'still there' }),
    known('5 fixed', { state: 'fixed', proof: 'confirmed' }),
  ]).runs[0] ?? { results: [] };
  assert.deepEqual(
    results.map(({ baselineState, suppressions }) => [baselineState, suppressions]),
    [
      ['new', []],
      ['unchanged', []],
      ['unchanged', [{ kind: 'external', status: 'accepted', justification: 'It is meant so.' }]],
      ['unchanged', [{ kind: 'external', status: 'accepted' }]],
      ['absent', []],
    ],
  );
});

test('a comparison that is not known of one finding is told of none of the run', () => {
  const results = logOf([known('a'), known('b', { mark: null })]).runs[0]?.results ?? [];
  assert.deepEqual(
    results.map((result) => 'baselineState' in result),
    [false, false],
  );
});

describe('places', () => {
  for (const [file, uri] of [
    ['src/a.ts', 'src/a.ts'],
    ['a b/ü#?%.ts', 'a%20b/%C3%BC%23%3F%25.ts'],
    ['javascript:alert(1)', 'javascript%3Aalert(1)'],
    ['back\\slash\u202e.ts', 'back%5Cslash%E2%80%AE.ts'],
    ['lone \ud800.ts', 'lone%20%EF%BF%BD.ts'],
  ] as const) {
    test(JSON.stringify(file), () => {
      const { result } = resultOf(known('a', { file }));
      assert.equal(result.locations[0]?.physicalLocation.artifactLocation.uri, uri);
    });
  }

  test('the text of the lines, where it is all there', () => {
    const anchor = { text: ['if (a) {', '  b();'], before: [], after: [], version: null };
    const { result } = resultOf(known('a', { startLine: 3, endLine: 4, anchor }));
    assert.deepEqual(result.locations[0]?.physicalLocation.region, {
      startLine: 3,
      endLine: 4,
      snippet: { text: 'if (a) {\n  b();' },
    });
    const longer = resultOf(known('a', { startLine: 3, endLine: 90, anchor })).result;
    assert.deepEqual(longer.locations[0]?.physicalLocation.region, { startLine: 3, endLine: 90 });
  });

  test('no line where the text is gone, no place outside of the repository, no path of the machine', () => {
    for (const place of ['stale', 'missing'] as const) {
      const { result } = resultOf(known('a', { place }));
      assert.deepEqual(result.locations, [
        { physicalLocation: { artifactLocation: { uri: 'a.ts', uriBaseId: 'SRCROOT' } } },
      ]);
    }
    const outside = known('a', {
      place: 'outside',
      file: '/home/me/secret.ts',
      body: `See ${repository}/src/b.ts.`,
    });
    const { result, run } = resultOf(outside);
    assert.deepEqual(result.locations, []);
    assert.equal(result.message.text, 'a\n\nSee src/b.ts.');
    assert.doesNotMatch(JSON.stringify(run), /home|"\/repository/);
    assert.ok(!('uri' in (run.originalUriBaseIds['SRCROOT'] ?? {})));
  });
});

test('hostile text neither steers terminals nor becomes a link, an image or HTML', () => {
  const { result } = resultOf(hostileFinding({ state: 'dismissed' }));
  const strings = JSON.stringify(result, (_key, value: unknown) => {
    if (typeof value === 'string') assert.doesNotMatch(value, steering);
    return value;
  });
  assert.ok(strings.length < 1_000_000);
  const html = lenient.render(result.message.markdown ?? '');
  assert.doesNotMatch(html, /<(?:img|script|a href="(?!https?:))/i);
  for (const [, destination = ''] of result.message.text.matchAll(/\]\(([^)]*)\)/g))
    assert.match(destination, /^https?:\/\//);
});

test('1,000 findings: valid, in a stable order, and safe to print', () => {
  const findings = Array.from({ length: 1_000 }, (_, index) =>
    hostileFinding({
      id: `f${index}`,
      title: `Finding ${index}`,
      body: 'Look \u202e here',
      recommendation: '',
      reason: '',
      comments: [],
      file: `src/${index % 37}.ts`,
      startLine: index + 1,
      endLine: index + 1,
      reviewers: index % 3 === 0 ? ['codex', 'claude'] : ['codex'],
    }),
  );
  const log = logOf(findings);
  assert.deepEqual(
    log.runs.map(({ results }) => results.length),
    [1_000, 334],
  );
  const options = { format: 'sarif', all: true, repository, version } as const;
  const text = exportFindings(findings, options);
  assert.doesNotMatch(text, steering);
  assert.equal(exportFindings([...findings].reverse(), options), text);
});

test('only what is open, unless all is asked for', () => {
  const findings = [known('open'), known('closed', { state: 'fixed', proof: 'claimed' })];
  for (const format of ['sarif', 'json', 'markdown'] as const) {
    const text = (all: boolean) => exportFindings(findings, { format, all, repository, version });
    assert.deepEqual([text(false).includes('closed'), text(true).includes('closed')], [false, true], format);
  }
});
