import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFollowable, renderMarkdown } from '../../../webview/markdown.ts';
import { visibleText } from '../../../webview/visible.ts';

/** Every tag in the HTML, as it is written. */
function tags(html: string): string[] {
  return [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag);
}

describe('Markdown of a reviewer', () => {
  it('is rendered', () => {
    assert.equal(renderMarkdown('a **b** `c`'), '<p>a <strong>b</strong> <code>c</code></p>\n');
    assert.match(
      renderMarkdown('```ts\nx < 1\n```'),
      /<pre><code class="language-ts">x &lt; 1\n<\/code><\/pre>/,
    );
    assert.match(renderMarkdown('- one\n- two'), /<ul>\n<li>one<\/li>/);
  });

  const hostile = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<a href="command:x" onclick="alert(1)">x</a>',
    '<style>body { display: none }</style>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<svg/onload=alert(1)>',
    '<!-- <b> -->',
    'text <b onmouseover=alert(1)>bold</b>',
    '&lt;script&gt;alert(1)&lt;/script&gt;',
    '</div></main><h1>out</h1>',
  ];
  for (const source of hostile) {
    it(`carries no HTML of its own: ${source}`, () => {
      assert.deepEqual(tags(renderMarkdown(source)), ['<p>', '</p>']);
    });
  }

  it('can not break out of the attributes that it gets', () => {
    const link = renderMarkdown(
      '[x](https://example.com/"onmouseover="alert(1) "ti\\"tle onclick=\\"alert(1)")',
    );
    for (const tag of tags(link)) assert.doesNotMatch(tag.replace(/"[^"]*"/g, '""'), /\son\w+=/);
    const fence = renderMarkdown('```"><script>alert(1)</script>\nx\n```');
    assert.ok(
      tags(fence).every((tag) => /^<\/?(pre|code)\b/.test(tag)),
      fence,
    );
  });

  const refused = [
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    '&#106;avascript:alert(1)',
    'java%0ascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'command:workbench.action.terminal.new',
    'vscode://tandem.tandem/open',
    '/etc/passwd',
    '../../etc/passwd',
    'src/../../etc/passwd',
    'C:/Windows/win.ini',
    '\\\\server\\share\\x.ts',
    '%2e%2e/%2e%2e/etc/passwd',
    '%5c%5cserver/x.ts',
    'src/a.ts:Zone.Identifier',
    '//example.com/x',
    '#top',
    'mailto:a@example.com',
  ];
  for (const href of refused) {
    it(`makes no link of ${href}`, () => {
      assert.ok(!isFollowable(href));
      const sources = [`[label](${href})`, `<${href}>`, `[label][r]\n\n[r]: ${href}`];
      for (const source of sources) {
        const html = renderMarkdown(source);
        assert.ok(
          tags(html).every((tag) => !tag.startsWith('<a')),
          html,
        );
      }
      assert.match(renderMarkdown(`[label](${href})`), /label/, 'the text stays readable');
    });
  }

  it('links to http and https', () => {
    assert.match(
      renderMarkdown('[x](https://example.com/a?b=1&c=2)'),
      /<a href="(https:\/\/example\.com\/a\?b=1&amp;c=2)" title="\1">x<\/a>/,
    );
    assert.match(
      renderMarkdown('see http://example.com.'),
      /<a href="http:\/\/example\.com"[^>]*>http:\/\/example\.com<\/a>\./,
    );
    assert.ok(isFollowable('https://example.com') && isFollowable('HTTP://example.com'));
  });

  it('shows where a link leads, whatever it is called', () => {
    assert.match(
      renderMarkdown('[https://example.com](https://evil.example "https://example.com")'),
      / title="https:\/\/evil\.example"/,
    );
  });

  it('does not take file names and addresses for links', () => {
    for (const source of ['main.rs', 'run.sh', 'README.md', 'user@example.com', '127.0.0.1']) {
      assert.deepEqual(tags(renderMarkdown(source)), ['<p>', '</p>'], source);
    }
  });

  it('names images and loads none', () => {
    assert.equal(
      renderMarkdown('![a <b> chart](https://example.com/x.png)'),
      '<p>[image: a &lt;b&gt; chart]</p>\n',
    );
    assert.equal(renderMarkdown('![](https://example.com/x.png)'), '<p>[image]</p>\n');
    assert.ok(!renderMarkdown('[![a](https://example.com/x.png)](https://example.com)').includes('<img'));
  });
});

describe('files that a text names', () => {
  /** Path and line of each link to a file, as the page posts them. */
  function files(source: string): string[] {
    const html = renderMarkdown(source);
    assert.doesNotMatch(html, /<a [^>]*href=(?!"https?:)/i, 'nothing but our own code can follow it');
    return [...html.matchAll(/data-file="([^"]*)"(?: data-line="(\d+)")?/g)].map(
      ([, file, line]) => `${file ?? ''}@${line ?? ''}`,
    );
  }

  it('are links where a text gives the line, in code or not', () => {
    assert.deepEqual(files('see src/a.ts:12, and `lib/b-c.d.ts:3-9`.'), ['src/a.ts@12', 'lib/b-c.d.ts@3']);
    assert.deepEqual(files('package.json:7 (again)'), ['package.json@7']);
    assert.deepEqual(files('(src/a.ts:12:5)'), ['src/a.ts@12']);
  });

  it('are links where Markdown makes one', () => {
    assert.deepEqual(files('[x](src/a.ts#L12) [y](./src/b.ts:3) [z](src/c.ts) [w](a%20b.ts#L2-L4)'), [
      'src/a.ts@12',
      'src/b.ts@3',
      'src/c.ts@',
      'a b.ts@2',
    ]);
  });

  it('show where they lead, whatever they are called', () => {
    assert.match(
      renderMarkdown('[https://example.com](src/a.ts#L12)'),
      /<a class="file" role="link" tabindex="0" title="src\/a\.ts:12" /,
    );
  });

  it('are text where there is no line, where they lead out, and inside of other code', () => {
    for (const source of [
      'src/a.ts',
      '`src/a.ts`',
      '../src/a.ts:12',
      '/etc/passwd.txt:1',
      '`/etc/passwd.txt:1`',
      'C:\\a.ts:1',
      '\\\\server\\a.ts:1',
      'https://example.com/a.ts:12',
      'localhost:8080',
      '127.0.0.1:8080',
      '`node src/a.ts:12`',
      '```\nsrc/a.ts:12\n```',
    ])
      assert.deepEqual(files(source), [], source);
  });

  it('are not looked for in links', () => {
    assert.deepEqual(files('[src/a.ts:12](https://example.com)'), []);
  });

  it('are found in time in a text that is made to be slow', () => {
    for (const part of ['a.', 'a/', '+', 'a.a:', '@-', '../'])
      assert.deepEqual(files(part.repeat(50_000)), [], part);
  });
});

describe('characters that steer what is shown', () => {
  it('are made visible, in Markdown too', () => {
    assert.equal(visibleText('a\u202eb\u001b[31mc\u0007\n\td'), 'a[U+202E]b␛[31mc␇\n\td');
    assert.match(renderMarkdown('`safe\u2066` **x\u001b**'), /safe\[U\+2066\].*x␛/);
    assert.equal(visibleText('naïve 漢字 👍🏽 שלום'), 'naïve 漢字 👍🏽 שלום');
  });
});
