/* eslint-disable no-control-regex -- this is the file that makes them visible */

/**
 * Characters that show nothing and steer what is shown: controls (terminal escapes among them) but tab and line ends, and the
 * ones that turn the direction of writing, with which a text can read other than it is.
 */
const steering =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The same text, in which such characters are signs that can be seen: `␛` for Escape, `[U+202E]` for a turn. */
export function visibleText(text: string): string {
  return text.replaceAll(steering, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
  });
}
