import assert from 'node:assert/strict';
import { test } from 'node:test';
import MarkdownIt from 'markdown-it';
import { inertLinks } from '../../../src/vscode/inertLinks.ts';

/** Where the links and images of a text lead, as CommonMark reads it. */
function destinations(text: string): string[] {
  const markdown = new MarkdownIt({ html: false });
  markdown.validateLink = () => true;
  const tokens = markdown.parse(text, {}).flatMap(({ children }) => children ?? []);
  return tokens.flatMap((token) => String(token.attrGet('href') ?? token.attrGet('src') ?? '') || []);
}

const hostile = [
  '[x](command:workbench.action.quit)',
  '[x]( command:workbench.action.quit "title")',
  '[x](<command:workbench.action.quit>)',
  '[x](\ncommand:a)',
  '![x](file:///etc/passwd)',
  '[x](COMMAND:a)',
  '[x](&#99;ommand:a)',
  '[x](command&colon;a)',
  '[x](command\\:a)',
  '[x][y]\n\n[y]: command:a',
  '[y]\n\n[y]:\n  command:a',
  '> [y]: command:a\n\n[y]',
  '<command:a>',
  '<vscode://tandem.tandem/x>',
  '[x](https.command:a)',
  '[![x](command:a)](command:b)',
];

test('no link leads to a command, a file or a program', () => {
  for (const text of hostile) {
    assert.notDeepEqual(destinations(text), [], `${text} is a link`);
    assert.deepEqual(destinations(inertLinks(text)), [], text);
  }
});

test('links to the web stay, and so does what is no link', () => {
  const web =
    '[a](https://example.invalid/a?b=c) ![b](http://example.invalid/b.png)\n\n[c]: https://example.invalid/c';
  assert.equal(inertLinks(web), web);
  const code = '- [P1] Title: src/a.ts:10\n\n```ts\nhandlers[i](event);\nif (a < b) return c;\n```\n';
  assert.equal(inertLinks(code), code);
});

test('takes time by the length of the text, whatever it holds', () => {
  const begun = performance.now();
  for (const part of ['](', '](a', ']:', '<a:', '[x](<', '](%'])
    assert.ok(inertLinks(part.repeat(50_000)).length >= part.length * 50_000, part);
  assert.ok(performance.now() - begun < 1_500);
});
