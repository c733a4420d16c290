import assert from 'node:assert/strict';
import { test } from 'node:test';
import MarkdownIt from 'markdown-it';
import { asMarkdown } from '../../../../src/findings/asMarkdown.ts';
import { toJson } from '../../../../src/findings/export/json.ts';
import { toMarkdown } from '../../../../src/findings/export/markdown.ts';
import { examination, known, repository } from '../known.ts';
import { raisedByBoth } from '../sample.ts';
import { hostileFinding, steering } from './hostile.ts';

const renderer = new MarkdownIt({ html: true, linkify: true });
renderer.validateLink = () => true;

test('the report: a task list by file, with states and reasons', () => {
  const report = toMarkdown(
    [
      known('b', {
        file: 'src/b.ts',
        title: 'Second',
        startLine: 3,
        endLine: 5,
        confidence: 0.9,
        priority: 'P1',
      }),
      known('d', {
        file: 'src/b.ts',
        title: 'Third',
        startLine: 9,
        endLine: 9,
        state: 'dismissed',
        reason: 'As meant.',
      }),
      known('a', {
        file: 'a_b.ts',
        title: 'First: snake_case (x)',
        body: 'Because:\n\n- one',
        recommendation: 'Do `it`.',
      }),
      known('f', {
        file: 'gone.ts',
        place: 'missing',
        title: 'Gone',
        state: 'fixed',
        proof: 'claimed',
        reason: '',
      }),
    ],
    { name: 'shop' },
  );
  assert.equal(
    report,
    [
      '# Findings in shop',
      '2 open, 1 fixed, 1 dismissed.',
      '## `a_b.ts`',
      '- [ ] **First: snake_case (x)**\\\n  P2, line 1, Codex',
      '  Because:',
      '  - one',
      '  **Recommendation:** Do `it`.',
      '## `gone.ts`',
      '- [x] **Gone**\\\n  P2, line 1, no such file now, Codex',
      '  Fixed, as claimed.',
      '## `src/b.ts`',
      '- [ ] **Second**\\\n  P1, lines 3-5, Codex, confidence 90 %',
      '- [x] **Third**\\\n  P2, line 9, Codex',
      '  Dismissed: As meant.\n',
    ].join('\n\n'),
  );
  assert.equal(toMarkdown([], { name: 'shop' }), '# Findings in shop\n\nNo findings.\n');
});

test('what another agent said is in the report and the data, without what it looked at', () => {
  const quote = { file: 'src/b.ts', startLine: 3, lines: ['  return 2;'] };
  const quotes = [
    { ...quote, verified: true },
    { file: '/home/me/shop/x.ts', startLine: 1, lines: ['no'], verified: false },
  ];
  const looks = [{ command: 'cat /home/me/x', succeeded: true }];
  const one = examination({ quotes, looks, reason: `See ${repository}/src/b.ts.` });
  const examined = known('a', { repository, examinations: [one] });
  const report = toMarkdown([examined], { name: 'shop' });
  assert.match(report, /P2, line 1, Codex, disputed\n/);
  assert.match(
    report,
    /\*\*Refuted by Claude\*\*\n\n {2}See src\/b\.ts\.\n\n {2}`src\/b\.ts:3`:\n\n {2}```\n {4}return 2;\n/,
  );
  assert.match(report, /Said to be `…\/x\.ts:1`, but not in that file:/);
  const { at, by, verdict, tieBreak, current } = one;
  assert.deepEqual(toJson([examined]).findings[0]?.examinations, [
    {
      at,
      by,
      verdict,
      reason: 'See src/b.ts.',
      tieBreak,
      current,
      quotes: [quotes[0], { ...quotes[1], file: '…/x.ts' }],
    },
  ]);
  assert.doesNotMatch(report + JSON.stringify(toJson([examined])), /\/home/);
});

test('a hostile report holds no HTML, no image, no link but to the web, and no heading of its own', () => {
  const findings = [
    hostileFinding({ state: 'dismissed' }),
    hostileFinding({ id: 'i', file: 'x`\n# y\u202e<script>.ts' }),
    hostileFinding({ id: 'j', place: 'outside', file: '/home/me/`secret`' }),
  ];
  const report = toMarkdown(findings, { name: '<b>*shop*' });
  assert.doesNotMatch(report, steering);
  assert.doesNotMatch(report, /\/home/);
  const html = renderer.render(report);
  assert.doesNotMatch(
    html.replaceAll(/<code[^>]*>[^]*?<\/code>/g, ''),
    /<(?:img|script|b>|a href="(?!https?:))/i,
  );
  assert.equal(html.match(/<h[1-6]>/g)?.length, 4);
});

test('the root of the repository is left out of texts, and nothing that only looks like it', () => {
  const body = (repository: string, text: string) =>
    toJson([known('a', { repository, body: text })]).findings[0]?.body;
  assert.equal(
    body('/app', 'packages/app/index.ts, ./app/x and /app-old/x import /app/src/a.ts: see /app, /app.'),
    'packages/app/index.ts, ./app/x and /app-old/x import src/a.ts: see ., ..',
  );
  assert.equal(
    body('/home/me/shop', '[a](file:///home/me/shop/a.ts) vscode://file/home/me/shop/b.ts `/home/me/shop`'),
    '[a](file://a.ts) vscode://fileb.ts `.`',
  );
  assert.equal(body('C:\\shop', 'C:\\shop\\src\\a.ts and C:\\shop'), 'src\\a.ts and .');
  assert.equal(body('/a+(b', 'In /a+(b/c.ts.'), 'In c.ts.');
});

test('the data: a version, and neither anchors nor paths of the machine', () => {
  const finding = known('a', {
    anchor: { text: ['secret'], before: [], after: [], version: 'v' },
    body: `See ${repository}/src/b.ts:3 and ${repository}.`,
    comments: [{ at: '2026-01-02T00:00:00.000Z', by: 'user', text: 'Why?', job: 'job-1' }],
  });
  assert.deepEqual(toJson([finding]), {
    format: 'tandem-findings',
    version: 1,
    findings: [
      {
        id: 'a',
        title: 'a',
        body: 'See src/b.ts:3 and ..',
        recommendation: '',
        priority: 'P2',
        confidence: null,
        file: 'a.ts',
        startLine: 1,
        endLine: 1,
        place: 'anchored',
        inChange: null,
        reviewers: ['codex'],
        tool: '',
        statements: [
          {
            by: 'codex',
            title: 'a',
            body: 'See src/b.ts:3 and ..',
            recommendation: '',
            priority: 'P2',
            confidence: null,
            fixed: null,
          },
        ],
        state: 'open',
        proof: null,
        reason: '',
        by: 'codex',
        mark: 'new',
        firstSeenAt: '2026-01-01T00:00:00.000Z',
        lastSeenAt: '2026-01-01T00:00:00.000Z',
        examinations: [],
        comments: [{ at: '2026-01-02T00:00:00.000Z', by: 'user', text: 'Why?' }],
      },
    ],
  });
  for (const [file, told] of [
    ['/home/me/secret.ts', '…/secret.ts'],
    ['C:\\Users\\me\\secret.ts', '…/secret.ts'],
    ['\\\\server\\share\\secret.ts', '…/secret.ts'],
    ['file:///home/me/secret.ts', '…/secret.ts'],
    ['../other/x.ts', '../other/x.ts'],
  ] as const)
    assert.equal(toJson([known('a', { place: 'outside', file })]).findings[0]?.file, told);
});

test('the report has the words of both reviewers, and names each', () => {
  const report = toMarkdown([raisedByBoth()], { name: 'shop' });
  assert.match(report, /\*\*Dates shift\*\*\\\n {2}P1, line 1, Codex and Claude, confidence 70 %/);
  assert.match(report, /\*\*Codex \(P2, confidence 90 %\): Parse dates in local time\*\*/);
  assert.match(report, /Midnight is UTC\./);
  assert.equal(report.split('One day early.').length, 2, 'what is shown above is not said twice');
});

test('what is copied of a finding has the words of both too', () => {
  const text = asMarkdown([{ finding: raisedByBoth(), lines: null }]);
  assert.match(text, /Codex \(P2, confidence 90 %\): Parse dates in local time/);
  assert.match(text, /Midnight is UTC\./);
});

test('what another reviewer said leaves the machine as clean as the rest', () => {
  const both = raisedByBoth();
  const [first, second] = both.statements;
  assert.ok(first && second);
  const body = `See ${repository}/src/b.ts. ${hostileFinding().body}`;
  const [exported] = toJson([{ ...both, statements: [{ ...first, title: body, body }, second] }]).findings;
  const text = exported?.statements.flatMap(({ title, body: whole }) => [title, whole]).join('\n') ?? '';
  assert.match(text, /See src\/b\.ts/);
  assert.ok(!text.includes(repository) && !steering.test(text), text);
});
