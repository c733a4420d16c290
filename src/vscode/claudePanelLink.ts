/**
 * Id of the official extension. Since 2.1.72 it opens a tab for `<editor>://anthropic.claude-code/open?prompt=…`, fills the
 * prompt in and does not send it (anthropics/claude-code#32687, #42000).
 */
export const claudePanelId = 'anthropic.claude-code';

/** The query as its handler reads it: VS Code writes and reads the link's own escapes around it. */
export function panelQuery(prompt: string): string {
  return `prompt=${encodeURIComponent(prompt)}`;
}
