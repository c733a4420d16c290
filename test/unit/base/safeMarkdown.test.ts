import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import MarkdownIt from 'markdown-it';
import { escapeMarkdown, safeMarkdown } from '../../../src/base/safeMarkdown.ts';

/** A lenient renderer, as VS Code's is: HTML off, every link and image allowed. */
const lenient = new MarkdownIt({ html: false, linkify: true });
lenient.validateLink = () => true;

function render(markdown: string): string {
  return lenient.render(markdown).trim();
}

describe('what VS Code’s own renderer must not get', () => {
  const nasty = [
    '[run](command:workbench.action.quit)',
    '[run](<command:workbench.action.quit> "title")',
    '[read][1]\n\n[1]: file:///etc/passwd',
    '[read]\n\n[read]: file:///etc/passwd',
    '<command:workbench.action.quit>',
    '<file:///etc/passwd>',
    '![x](https://example.invalid/track.png)',
    '[![x](https://example.invalid/track.png)](https://example.invalid)',
    '![x][1]\n\n[1]: https://example.invalid/track.png',
    '<img src="https://example.invalid/track.png">',
    '<a href="command:workbench.action.quit">x</a>',
    '[x](vscode://settings) [y](javascript:alert(1)) [z](data:text/html,x) [w](vscode-file://x)',
    '[x](COMMAND:a) [y](\\command:a) [z](&#99;ommand:a) [w](c\nommand:a)',
    '[x](src/a.ts) [y](/etc/passwd) [z](#top)',
    '`` ` `` [x](command:a) ` ![y](https://example.invalid/z.png)',
    '`a\\` [x](command:a) `b`',
    '```\n[x](command:a)\n',
    '~~~\n```\n~~~\n[x](command:a)',
    '    [x](command:a)\n\n[y](command:b)',
    '> - 1. [x](command:a)\n>      ![y](https://example.invalid/z.png)',
    '| a | b |\n|---|---|\n| [x](command:a) | ![y](https://example.invalid/z.png) |',
    '**[x](command:a)** _![y](https://example.invalid/z.png)_ ~~<file:///x>~~',
    '\\[x](command:a) \\\\[y](command:b) \\![z](https://example.invalid/z.png)',
    '&#91;x&#93;&#40;command:a&#41; &lsqb;x](command:a)',
    '[a](https://example.invalid/>[x](command:b))',
    '[a](<https://example.invalid/x> "](command:b)")',
    'www.example.invalid someone@example.invalid ftp://example.invalid',
    '# [x](command:a)\n\n===\n\n[y](command:b)\n---',
    '1. ```\n   [x](command:a)\n2. ![y](https://example.invalid/z.png)',
  ];
  for (const source of nasty) {
    test(JSON.stringify(source), () => {
      const html = render(safeMarkdown(source));
      assert.doesNotMatch(html, /<img/);
      for (const [, href] of html.matchAll(/href="([^"]*)"/g)) assert.match(href ?? '', /^https?:\/\//);
    });
  }
});

describe('what a reader sees stays', () => {
  const kept: [name: string, source: string, html: string][] = [
    ['paragraphs', 'one\ntwo\n\nthree', '<p>one\ntwo</p>\n<p>three</p>'],
    ['emphasis', '**a** *b* ~~c~~ _d_', '<p><strong>a</strong> <em>b</em> <s>c</s> <em>d</em></p>'],
    ['inside a word', 'un*frigging*believable', '<p>un<em>frigging</em>believable</p>'],
    ['a code span', '`a[i](x)` and ``b`c``', '<p><code>a[i](x)</code> and <code>b`c</code></p>'],
    [
      'a code block',
      '```ts\nconst a = `x` < b[0](c);\n```',
      '<pre><code class="language-ts">const a = `x` &lt; b[0](c);\n</code></pre>',
    ],
    ['a fence inside a fence', '````\n```\nx\n```\n````', '<pre><code>```\nx\n```\n</code></pre>'],
    [
      'lists',
      '- a\n- b\n  1. c\n  2. d\n\n7. e\n8. f',
      '<ul>\n<li>a</li>\n<li>b\n<ol>\n<li>c</li>\n<li>d</li>\n</ol>\n</li>\n</ul>\n<ol start="7">\n<li>e</li>\n<li>f</li>\n</ol>',
    ],
    [
      'code in a list',
      '- a\n\n  ```\n  b\n\n  c\n  ```',
      '<ul>\n<li>\n<p>a</p>\n<pre><code>b\n\nc\n</code></pre>\n</li>\n</ul>',
    ],
    ['a quotation', '> a\n>\n> b', '<blockquote>\n<p>a</p>\n<p>b</p>\n</blockquote>'],
    [
      'a link',
      '[the docs](https://example.invalid/a_(b)?c=d&e "t")',
      '<p><a href="https://example.invalid/a_(b)?c=d&amp;e">the docs</a></p>',
    ],
    [
      'a bare link',
      'see https://example.invalid/a_b_c.',
      '<p>see <a href="https://example.invalid/a_b_c">https://example.invalid/a_b_c</a>.</p>',
    ],
    ['a heading, in the size of text', '## a `b`', '<p><strong>a <code>b</code></strong></p>'],
    [
      'characters with a meaning',
      '2 \\* 3 < 4 && a_b_c #1 5 \\- 4 &lt;b&gt; 10. x',
      '<p>2 * 3 &lt; 4 &amp;&amp; a_b_c #1 5 - 4 &lt;b&gt; 10. x</p>',
    ],
    ['what looks like a list item', 'in\n2026. was a year', '<p>in\n2026. was a year</p>'],
    ['an image, as its words', '![the plan](https://example.invalid/x.png)', '<p>[image: the plan]</p>'],
    ['a link elsewhere, as text', '[it](file:///etc/passwd)', '<p>[it](file:///etc/passwd)</p>'],
  ];
  for (const [name, source, html] of kept) test(name, () => assert.equal(render(safeMarkdown(source)), html));
});

test('what steers terminals or turns the direction of writing is left out, in code and as an entity too', () => {
  const text = 'a\u202eb \u001b[31mc\u001b[0m &#x202e;d &rlm;e `f\u2066g` \u0007\r\nh\ri';
  assert.equal(safeMarkdown(text), 'ab c d e `fg`\nh\ni');
  const ticks = '`` a`\u202e`[x](command:a) ``';
  assert.doesNotMatch(render(safeMarkdown(ticks)), /href/);
  assert.equal(safeMarkdown('```\n\u202ea\n```'), '```\na\n```');
});

test('a body of 5 MB is cut, and quickly', () => {
  const started = performance.now();
  assert.ok(safeMarkdown('a [b](c) '.repeat(600_000)).length < 40_000);
  assert.ok(performance.now() - started < 2_000);
});

test('escaped text is text to a Markdown renderer', () => {
  const text = '1. # *a* _b_ `c` [d](e) ![f](g) <h> &amp; ~~i~~ | \\ - + = https://example.invalid';
  assert.equal(render(escapeMarkdown(text)), `<p>${lenient.utils.escapeHtml(text)}</p>`);
});
