/**
 * Markdown whose links lead to the web or nowhere: VS Code's editor makes links of a Markdown document's source too, also
 * of `command:` and `file:`, and what models wrote must not become one. Only white space is put in, so that the text
 * still reads as it was written.
 */
export function inertLinks(markdown: string): string {
  return (
    markdown
      // Inline links and images. Where the destination cannot be a scheme it is text, such as `handlers[i](event)`. No
      // scheme has a bracket before its colon: looking no further keeps the time in bounds.
      .replaceAll(/\]\((?!https?:\/\/)(?=[^)\]]*[:&\\%])/gi, '] (')
      // Definitions of references; the destination may stand in the next line.
      .replaceAll(/\]:(?!\s*https?:\/\/)/gi, '] :')
      .replaceAll(/<(?!https?:\/\/)(?=[a-z][a-z\d+.-]*:)/gi, '< ')
  );
}
