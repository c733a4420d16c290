/**
 * The name of a file as git writes it after `--- ` and `+++ ` in a patch, without its prefix; empty for `/dev/null`. A tab
 * ends a name with blanks; odd names are quoted as in C.
 */
export function patchName(written: string): string {
  const name = written.startsWith('"') ? unquoted(written) : written.replace(/\t$/, '');
  return name === '/dev/null' ? '' : name.replace(/^[ab]\//, '');
}

const escapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
};

/** With `core.quotePath=false` only control characters are written as octal numbers. */
function unquoted(written: string): string {
  return written
    .slice(1, written.lastIndexOf('"'))
    .replaceAll(/\\(?:([0-7]{3})|([^]))/g, (_, octal: string | undefined, letter: string) =>
      octal === undefined ? (escapes[letter] ?? letter) : String.fromCharCode(parseInt(octal, 8)),
    );
}
