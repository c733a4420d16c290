/* eslint-disable no-control-regex -- control characters are what is dealt with here */

/*
 * How a prompt is typed into Claude Code: a bracketed paste, then Enter (facts: claude-code.md, 7.1). What is pasted holds
 * the words of models and repositories, and the terminal must see nothing but letters in it.
 */

const begin = '\u001b[200~';
const end = '\u001b[201~';

/** A prompt as one paste, without the Enter that sends it. */
export function pasteOf(prompt: string): string {
  // An `@` in the last word opens a list, which would swallow the Enter (measured on 2.1.197).
  const closed = /@\S*$/.test(prompt) ? `${prompt} ` : prompt;
  return `${begin}${harmless(closed)}${end}`;
}

/**
 * The prompt without what would be more than text:
 * - Control characters are written as escapes; no text ends its own paste, interrupts, or sends something.
 * - Claude Code puts the file behind `@path` into the prompt without asking, also one outside of the project, unless a
 *   backslash stands before it (measured on 2.1.197 and 2.1.330).
 */
export function harmless(prompt: string): string {
  return prompt
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]|\p{Bidi_Control}/gu, escaped)
    .replaceAll(/(?<![A-Za-z0-9])@/g, '\\@');
}

function escaped(character: string): string {
  return `\\u{${character.charCodeAt(0).toString(16)}}`;
}
