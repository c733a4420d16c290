import type * as vscode from 'vscode';
import { Emitter } from 'vscode-jsonrpc/node';
import type { TextChange } from '../../../src/findings/editMap.ts';
import type { Documents } from '../../../src/vscode/findingPlaces.ts';

type DocumentOf = vscode.TextDocument;

/** Documents as VS Code has them, as far as findings look at them. */
export class FakeDocuments {
  private readonly opened = new Emitter<DocumentOf>();
  private readonly closed = new Emitter<DocumentOf>();
  private readonly changed = new Emitter<vscode.TextDocumentChangeEvent>();
  private readonly saved = new Emitter<DocumentOf>();
  private readonly renamed = new Emitter<vscode.FileRenameEvent>();
  private readonly documents = new Map<string, { document: DocumentOf; lines: string[] }>();

  get events(): Documents {
    const { documents } = this;
    const events = {
      get textDocuments() {
        return [...documents.values()].map(({ document }) => document);
      },
      onDidOpenTextDocument: this.opened.event,
      onDidCloseTextDocument: this.closed.event,
      onDidChangeTextDocument: this.changed.event,
      onDidSaveTextDocument: this.saved.event,
      onDidRenameFiles: this.renamed.event,
    };
    return events;
  }

  open(file: string, text: string): void {
    const open = { lines: text.split('\n') };
    const document = {
      uri: uri(file),
      get lineCount() {
        return open.lines.length;
      },
      lineAt: (line: number) => ({ text: open.lines[line] }),
    } as unknown as DocumentOf;
    this.documents.set(file, Object.assign(open, { document }));
    this.opened.fire(document);
  }

  /** Replaces the range (0-based) by the text. */
  edit(
    file: string,
    [line, character, endLine, endCharacter]: readonly [number, number, number, number],
    text: string,
  ): void {
    const open = this.get(file);
    const head = (open.lines[line] ?? '').slice(0, character);
    const tail = (open.lines[endLine] ?? '').slice(endCharacter);
    open.lines.splice(line, endLine - line + 1, ...`${head}${text}${tail}`.split('\n'));
    const range = { start: { line, character }, end: { line: endLine, character: endCharacter } };
    const change: TextChange = { range, text };
    this.changed.fire({
      document: open.document,
      contentChanges: [change],
    } as unknown as vscode.TextDocumentChangeEvent);
  }

  save(file: string): void {
    this.saved.fire(this.get(file).document);
  }

  close(file: string): void {
    const { document } = this.get(file);
    this.documents.delete(file);
    this.closed.fire(document);
  }

  rename(from: string, to: string): void {
    this.renamed.fire({ files: [{ oldUri: uri(from), newUri: uri(to) }] });
  }

  private get(file: string): { document: DocumentOf; lines: string[] } {
    const open = this.documents.get(file);
    if (!open) throw new Error(`${file} is not open.`);
    return open;
  }
}

export function uri(file: string): vscode.Uri {
  return { scheme: 'file', fsPath: file } as unknown as vscode.Uri;
}
