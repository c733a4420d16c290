import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import MarkdownIt from 'markdown-it';
import type { Evidence } from '../../../src/protocol/evidence.ts';
import type { KnownFinding } from '../../../src/protocol/knownFinding.ts';
import { givenIds, givenReason } from '../../../src/vscode/givenFindings.ts';
import { hoverMarkdown } from '../../../src/vscode/hoverMarkdown.ts';
import { quickFixes } from '../../../src/vscode/quickFixes.ts';
import { threadComments, threadLabel } from '../../../src/vscode/threadTexts.ts';
import { examination } from '../findings/known.ts';
import { raisedByBoth, sampleKnown } from '../findings/sample.ts';
import { job } from '../webview/fixtures.ts';

const hostile = '[run](command:workbench.action.quit) ![x](https://example.invalid/x.png) <img src=x>';

/** A lenient renderer, as VS Code's is: every link and image allowed. */
function assertHarmless(markdown: string): void {
  const lenient = new MarkdownIt({ html: false, linkify: true });
  lenient.validateLink = () => true;
  const html = lenient.render(markdown);
  assert.doesNotMatch(html, /<img/);
  for (const [, href] of html.matchAll(/href="([^"]*)"/g)) assert.match(href ?? '', /^https?:\/\//);
}

describe('the hover', () => {
  const hover = (change: Partial<KnownFinding>, evidence: Evidence | null = null, withTitle = false) =>
    hoverMarkdown(sampleKnown(change), { withTitle, evidence });

  test('priority, reviewer, confidence and mark over the body; the title only where several stand together', () => {
    const text = '**P1** · Codex · confidence 80 % · new\n\nTwice.\n\nSee `charge()`.';
    assert.equal(hover({ body: 'Twice.\n\nSee `charge()`.' }), text);
    assert.match(hover({}, null, true), /^\*\*One is two\*\*\n\n\*\*P1/);
  });

  test('has the words of the other reviewer too, as harmless as the rest', () => {
    const both = raisedByBoth();
    const text = hoverMarkdown(both, { withTitle: false, evidence: null });
    assert.match(text, /Codex and Claude · confidence 70 %.*One day early\./s);
    assert.match(text, /\*\*Codex .*P2.*90.*Parse dates in local time\*\*\n\nMidnight is UTC\./);
    const [first, second] = both.statements;
    assert.ok(first && second);
    const words = { title: hostile, body: hostile, recommendation: hostile };
    const statements = [{ ...first, ...words }, second];
    assertHarmless(hoverMarkdown({ ...both, statements }, { withTitle: true, evidence: null }));
  });

  test('says who joined it, and why, where it was not the words of both', () => {
    const join = {
      at: '',
      id: 'c',
      voices: ['claude' as const],
      by: 'claude' as const,
      reason: 'One *line*.',
    };
    const text = hover({ joins: [{ ...join, job: 'opinion-1' }] });
    assert.match(text, /\*\*Joined by a second opinion of Claude\*\*: One \\\*line\\\*\\?\./);
    assertHarmless(hover({ joins: [{ ...join, job: null, reason: hostile }] }));
    assert.doesNotMatch(hover({ joins: [{ ...join, job: null, by: 'tandem' }] }), /Joined/);
  });

  test('says what another agent said, and marks what it quoted wrongly', () => {
    const quote = { file: 'src/sum.ts', startLine: 4, lines: ['return 2;'] };
    const quotes = [
      { ...quote, verified: true },
      { ...quote, startLine: 9, lines: ['```', hostile], verified: false },
    ];
    const text = hover({ examinations: [examination({ reason: hostile, quotes })] });
    assert.match(text, /Codex.* · disputed\n/);
    assert.match(text, /\*\*Refuted by Claude\*\*/);
    assert.match(text, /`src\/sum\.ts:4`:\n\n```\nreturn 2;\n```/);
    assert.match(text, /Said to be `src\/sum\.ts:9-10`, but not in that file:/);
    assertHarmless(text);
  });

  test('leaves out what the reviewer did not say, and takes no Markdown from a title', () => {
    const bare = { confidence: null, mark: null, body: '', title: '[x](command:a)\n# y' };
    assert.equal(hover(bare), '**P1** · Codex');
    assert.equal(hover(bare, null, true), '**\\[x\\]\\(command\\:a\\) \\# y**\n\n**P1** · Codex');
  });

  test('says what is known of it: came back, outside the change, the recommendation', () => {
    const text = hover({ mark: 'came back', inChange: false, recommendation: 'Make it one.' });
    assert.match(text, /came back · outside the change/);
    assert.match(text, /\*\*Recommendation\*\*\n\nMake it one\./);
    assert.match(hover({ mark: 'not looked at' }), /not looked at by the last review/);
  });

  test('says what the reviewer was seen doing about the file', () => {
    const look = { command: 'cat', succeeded: true };
    const rest = { hunks: null, notLookedAt: [], notLookedAtCount: 0 };
    const files = ['src/sum.ts'];
    const twice = [
      { ...look, files },
      { ...look, files: ['b.ts'] },
      { ...look, files },
    ];
    assert.match(hover({}, { ...rest, looks: twice, files }), /looked at this file with 2 commands/);
    assert.match(hover({}, { ...rest, looks: [], files }), /was handed/);
    assert.match(hover({}, { ...rest, looks: [], files: [] }), /was not seen looking/);
  });

  test('holds no link but to the web, and no image', () => {
    assertHarmless(
      hover({ title: hostile, body: hostile, recommendation: hostile, tool: hostile }, null, true),
    );
  });
});

describe('the thread of a finding', () => {
  const comment = { at: '2026-01-01T10:00:00.000Z', job: null } as const;

  test('the finding, then what was said about it, by whom', () => {
    const finding = sampleKnown({
      comments: [
        { ...comment, by: 'user', text: 'Why?' },
        { ...comment, by: 'codex', text: 'Because.' },
        { ...comment, by: 'tandem', text: 'There is no answer.' },
      ],
    });
    const [first, ...rest] = threadComments(finding, []);
    assert.match(first?.text ?? '', /One is two[\s\S]*Every sum is wrong/);
    assert.deepEqual(
      rest.map(({ author, text }) => [author, text]),
      [
        ['You', 'Why?'],
        ['Codex', 'Because.'],
        ['Tandem', 'There is no answer.'],
      ],
    );
    assert.equal(threadLabel(finding), 'P1 · Codex');
  });

  test('has what other agents said of it among the comments, once', () => {
    const finding = sampleKnown({
      comments: [
        { ...comment, by: 'user', text: 'Why?' },
        { ...comment, at: '2026-01-01T12:00:00.000Z', by: 'codex', text: 'Because.' },
      ],
      examinations: [examination({ reason: 'It is meant.' })],
    });
    const [first, ...rest] = threadComments(finding, []);
    assert.doesNotMatch(first?.text ?? '', /It is meant/);
    assert.deepEqual(
      rest.map(({ author, text }) => [author, text]),
      [
        ['You', 'Why?'],
        ['Refuted by Claude', 'It is meant.'],
        ['Codex', 'Because.'],
      ],
    );
    assert.equal(threadLabel(finding), 'P1 · Codex · Disputed');
    const running = job({ kind: 'cross-examination', reviewer: 'claude', state: 'running' });
    assert.equal(threadComments(finding, [running]).at(-1)?.text, '*Claude is examining…*');
  });

  test('while a question is answered it says so, without words of a model', () => {
    const running = job({ kind: 'question', state: 'running', phase: 'reading', activity: hostile });
    assert.equal(threadComments(sampleKnown(), [running]).at(-1)?.text, '*Codex is answering…*');
    const queued = { ...running, state: 'queued' } as const;
    assert.match(threadComments(sampleKnown(), [queued]).at(-1)?.text ?? '', /waiting for other jobs/);
  });

  test('holds no link but to the web, and no image', () => {
    const comments = [{ ...comment, by: 'codex', text: hostile }] as const;
    for (const { text } of threadComments(sampleKnown({ body: hostile, comments: [...comments] }), []))
      assertHarmless(text);
  });

  test('a long answer is there whole', () => {
    const text = 'word '.repeat(4_000);
    const [, answer] = threadComments(sampleKnown({ comments: [{ ...comment, by: 'codex', text }] }), []);
    assert.equal(answer?.text.length, text.trim().length);
  });
});

describe('quick fixes', () => {
  test('of one finding: what the user decides comes first; a reviewed text that is not kept is not offered', () => {
    const titles = quickFixes([sampleKnown()]).map(({ title }) => title);
    assert.deepEqual(titles, [
      'Fix with Codex',
      'Fix with Claude Code…',
      'Let Both Fix It…',
      'Dismiss…',
      'Dismiss All in This File…',
      'Mark as Fixed',
      'Check Whether It Is Fixed',
      'Explain',
      'Ask the Other Agent',
      'Look for More',
      'Copy as Prompt',
      'Copy as Markdown',
      'Show in Findings View',
    ]);
    const anchor = { text: ['x'], before: [], after: [], version: 'key' };
    const disputed = quickFixes([sampleKnown({ examinations: [examination()] })]);
    assert.ok(disputed.some(({ title }) => title === 'Tie-Break…'));
    assert.ok(quickFixes([sampleKnown({ anchor })]).some(({ title }) => title === 'Open Reviewed Diff'));
  });

  test('of several each says about which, in one short line', () => {
    const long = sampleKnown({ id: 'b', title: `A\nvery ${'long '.repeat(50)}title [x](command:a)` });
    const fixes = quickFixes([sampleKnown(), long]);
    assert.equal(fixes[0]?.title, 'Fix with Codex: One is two');
    for (const { title } of fixes) assert.match(title, /^[^\n]{1,100}$/);
    assert.deepEqual([...new Set(fixes.map(({ finding }) => finding))], ['f00000000001', 'b']);
  });
});

describe('what a command is handed', () => {
  test('an id, several, or an object with them', () => {
    assert.deepEqual(givenIds('a'), ['a']);
    assert.deepEqual(givenIds(['a', 'b', 'a', 1]), ['a', 'b']);
    assert.deepEqual(givenIds({ webviewSection: 'finding', id: 'a' }), ['a']);
    assert.deepEqual(givenIds({ id: 'a', ids: ['a', 'b'] }), ['a', 'b']);
  });
  test('nothing that names a finding', () => {
    for (const from of [undefined, null, 7, '', [], {}, { id: 3 }, { ids: 'a' }, [{}]])
      assert.equal(givenIds(from), null, JSON.stringify(from));
  });
  test('a reason', () => {
    assert.equal(givenReason({ id: 'a', reason: ' Intended ' }), 'Intended');
    for (const from of ['a', {}, { reason: '' }, { reason: 1 }]) assert.equal(givenReason(from), null);
  });
});
