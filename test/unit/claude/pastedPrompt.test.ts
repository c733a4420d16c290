import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { harmless, pasteOf } from '../../../src/claude/pastedPrompt.ts';

describe('a prompt that is typed into a terminal', () => {
  test('is one bracketed paste, lines and tabs kept', () => {
    assert.equal(pasteOf('one\r\n\ttwo\rthree'), '\u001b[200~one\n\ttwo\nthree\u001b[201~');
  });

  test('holds no control character but those of the paste itself', () => {
    const all = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).join('');
    const typed = pasteOf(`${all}\u001b[201~\r\u009b201~\u202e`);
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    assert.deepEqual(typed.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/g), ['\u001b', '\u001b']);
    assert.ok(typed.includes('\\u{1b}[201~\n\\u{9b}201~\\u{202e}'));
    assert.equal(typed.indexOf('\u001b[201~'), typed.length - 6);
  });

  test('names no file that Claude Code would put in by itself', () => {
    for (const [given, expected] of [
      ['@/etc/passwd', '\\@/etc/passwd'],
      ['see @~/.ssh/id_rsa', 'see \\@~/.ssh/id_rsa'],
      ['\u3000@a\u00a0@"b c"', '\u3000\\@a\u00a0\\@"b c"'],
      ['  12| @Injectable()', '  12| \\@Injectable()'],
      ['me@example.invalid', 'me@example.invalid'],
    ] as const)
      assert.equal(harmless(given), expected);
  });
});
