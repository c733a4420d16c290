import type * as vscode from 'vscode';
import type { TextLines } from '../findings/textLines.ts';

/**
 * The lines of a document as findings count them: as in a file, a newline at the end begins no other line (VS Code
 * shows a blank one there).
 */
export function documentLines(document: Pick<vscode.TextDocument, 'lineCount' | 'lineAt'>): TextLines {
  const { lineCount } = document;
  const endsInNewline = lineCount > 1 && document.lineAt(lineCount - 1).text === '';
  return {
    count: endsInNewline ? lineCount - 1 : lineCount,
    lineAt: (line) => (line < document.lineCount ? document.lineAt(line).text : ''),
  };
}
