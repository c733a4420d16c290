import type { KnownFinding } from '../../../../src/protocol/knownFinding.ts';
import { examination, known } from '../known.ts';

/** Links, HTML and images that nobody should follow, run or load. */
export const hostileMarkdown = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '[x](javascript:alert(1)) [y](command:workbench.action.quit) [z](vscode://x) [w](file:///etc/passwd)',
  '[x]( command:a) [y](<command:a>) [z](&#99;ommand:a) [w](COMMAND:a)',
  '[r]\n\n[r]: command:workbench.action.quit',
  '<command:workbench.action.quit> <file:///etc/passwd>',
  '![x](https://example.invalid/track.png) [![y](https://example.invalid/z.png)](https://example.invalid)',
  '```\n<script>\n',
  '`` ` `` [x](command:a)',
  'ftp://example.invalid www.example.invalid someone@example.invalid',
  '&lt;script&gt; &#91;x&#93;(command:a) &lsqb;x](command:b)',
  '# heading\n- item\n1. item\n> quotation\n***\n===\n| a | b |\n|---|---|\n| [x](command:a) | c |',
  '\\[x](command:a) \\\\[y](command:b) \\<script>',
  '__bold__ snake_case_name *star* ~~gone~~ $(alert) $x$',
].join('\n\n');

/** What steers a terminal, or reorders letters. */
export const hostileControls =
  'a\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u009b2J \u202egnp.exe\u202c \u2066x\u2069 \u200f \u0000';

export const steering = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\p{Bidi_Control}/u; // eslint-disable-line no-control-regex -- that is what is looked for

export function hostileFinding(more: Partial<KnownFinding> = {}): KnownFinding {
  const text = `${hostileControls}\n\n${hostileMarkdown}\n\n${'long '.repeat(40_000)}`;
  return known('h', {
    title: `[P0] ${hostileControls} ${hostileMarkdown}`,
    body: text,
    recommendation: text,
    reason: text,
    file: 'src/a.ts',
    anchor: { text: [hostileControls], before: [], after: [], version: null },
    comments: [{ at: '2026-01-01T00:00:00.000Z', by: 'codex', text, job: null }],
    examinations: [
      examination({
        reason: text,
        quotes: [{ file: hostileControls, startLine: 1, lines: [text], verified: false }],
      }),
    ],
    ...more,
  });
}
