import * as vscode from 'vscode';
import type { FindingDiagnostics } from './findingDiagnostics.ts';
import { hoverMarkdown } from './hoverMarkdown.ts';

/** What a finding says, below the title that VS Code shows for its diagnostic. */
export class FindingHover implements vscode.HoverProvider {
  constructor(private readonly marks: FindingDiagnostics) {}

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const marks = this.marks.at(document.uri, position);
    const [first] = marks;
    if (!first) return undefined;
    const texts = marks.map(({ finding }) => {
      const markdown = new vscode.MarkdownString(hoverMarkdown(finding, marks.length > 1));
      markdown.isTrusted = false;
      markdown.supportHtml = false;
      return markdown;
    });
    return new vscode.Hover(texts, first.range);
  }
}
