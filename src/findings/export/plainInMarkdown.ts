/**
 * Text in which Markdown sees nothing but text, for files that people also read unrendered: only what would mean something
 * where it stands gets a backslash (CommonMark 0.31, 2.4).
 */
export function plainInMarkdown(text: string): string {
  return (
    text
      // Code, links, images, emphasis, HTML, tables, formulas; the addresses and schemes of links that renderers find themselves.
      .replaceAll(/[\\`*[\]<~|$@]|:(?=\/\/)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\$&')
      .replaceAll(/&(?=#|[a-z])/gi, '\\&')
      .replaceAll(/\bwww\./gi, (www) => `${www.slice(0, -1)}\\.`)
      // Headings, quotations and lists.
      .replaceAll(/^(\s*)([#>+=-])/gm, '$1\\$2')
      .replaceAll(/^(\s*\d+)([.)])/gm, '$1\\$2')
  );
}
