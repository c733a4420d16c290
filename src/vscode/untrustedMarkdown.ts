import * as vscode from 'vscode';

/** Markdown that runs no command and holds no HTML, whatever it says. */
export function untrustedMarkdown(text: string): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString(text);
  markdown.isTrusted = false;
  markdown.supportHtml = false;
  return markdown;
}
