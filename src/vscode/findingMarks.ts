import { readFile, stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { Sequence } from '../base/async.ts';
import { errorCode } from '../base/errors.ts';
import type { FindingStore } from '../findings/findingStore.ts';
import type { Priority } from '../protocol/finding.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import type { ErrorReporter } from './errorReporter.ts';
import { findingFile } from './findingFile.ts';
import { workspaceFolders } from './host.ts';
import { placeRange } from './placeRange.ts';

/** A finding at its place in a file. */
export interface Mark {
  readonly uri: vscode.Uri;
  readonly finding: KnownFinding;
  readonly range: vscode.Range;
  readonly diagnostic: vscode.Diagnostic;
}

interface MarkedFile {
  readonly uri: vscode.Uri;
  readonly marks: readonly Mark[];
}

/** Files beyond this are not read for the columns of their lines. Bytes. */
const maxFileBytes = 2 * 1024 * 1024;

const severities: Readonly<Record<Priority, vscode.DiagnosticSeverity>> = {
  P0: vscode.DiagnosticSeverity.Warning,
  P1: vscode.DiagnosticSeverity.Warning,
  P2: vscode.DiagnosticSeverity.Information,
  P3: vscode.DiagnosticSeverity.Information,
};

/** The findings as diagnostics. Derived from the store, and replaced file by file: never edited in place. */
export class FindingMarks implements vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<void>();
  readonly onDidChangePlaces = this.changes.event;
  private readonly collection = vscode.languages.createDiagnosticCollection('tandem');
  private readonly sequence = new Sequence();
  private readonly subscriptions: vscode.Disposable;
  private files: ReadonlyMap<string, MarkedFile> = new Map();
  private waiting = false;

  constructor(
    private readonly findings: FindingStore,
    private readonly errors: ErrorReporter,
  ) {
    this.subscriptions = vscode.Disposable.from(
      this.collection,
      findings.onDidChange(() => this.refreshAll()),
      // The editor's text may differ from the file's, and columns come from it.
      vscode.workspace.onDidOpenTextDocument(({ uri }) => this.refresh(uri)),
    );
  }

  /** The marks of a document that touch the range. */
  at(uri: vscode.Uri, range: vscode.Range | vscode.Position): Mark[] {
    const marks = this.files.get(uri.toString())?.marks ?? [];
    return marks.filter((mark) =>
      range instanceof vscode.Position
        ? mark.range.contains(range)
        : mark.range.intersection(range) !== undefined,
    );
  }

  placeOf(id: string): Mark | undefined {
    for (const { marks } of this.files.values()) {
      const mark = marks.find(({ finding }) => finding.id === id);
      if (mark) return mark;
    }
    return undefined;
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private refreshAll(): void {
    if (this.waiting) return;
    this.waiting = true;
    this.errors.run(() =>
      this.sequence.run(async () => {
        this.waiting = false;
        const files = await markedFiles(this.findings.open());
        const gone = [...this.files.values()].filter(({ uri }) => !files.has(uri.toString()));
        this.files = files;
        this.collection.set([
          ...gone.map(({ uri }): [vscode.Uri, undefined] => [uri, undefined]),
          ...[...files.values()].map(entry),
        ]);
        this.changes.fire();
      }),
    );
  }

  private refresh(uri: vscode.Uri): void {
    const key = uri.toString();
    if (!this.files.has(key)) return;
    this.errors.run(() =>
      this.sequence.run(async () => {
        const known = this.files.get(key);
        if (!known) return;
        const file = await markedFile(
          uri,
          known.marks.map(({ finding }) => finding),
        );
        this.files = new Map(this.files).set(key, file);
        this.collection.set([entry(file)]);
      }),
    );
  }
}

function entry({ uri, marks }: MarkedFile): [vscode.Uri, vscode.Diagnostic[]] {
  return [uri, marks.map(({ diagnostic }) => diagnostic)];
}

async function markedFiles(findings: readonly KnownFinding[]): Promise<Map<string, MarkedFile>> {
  const byFile = new Map<string, KnownFinding[]>();
  for (const finding of findings) {
    const file = await findingFile(finding, workspaceFolders());
    if (file !== null) byFile.set(file, [...(byFile.get(file) ?? []), finding]);
  }
  const files = await Promise.all([...byFile].map(([file, own]) => markedFile(vscode.Uri.file(file), own)));
  return new Map(files.map((file) => [file.uri.toString(), file]));
}

async function markedFile(uri: vscode.Uri, findings: readonly KnownFinding[]): Promise<MarkedFile> {
  const lines = await linesOf(uri);
  return { uri, marks: findings.map((finding) => markOf(uri, finding, lines)) };
}

function markOf(uri: vscode.Uri, finding: KnownFinding, lines: readonly string[] | null): Mark {
  const { startLine, startColumn, endLine, endColumn } = placeRange(finding, lines);
  const range = new vscode.Range(startLine, startColumn, endLine, endColumn);
  const diagnostic = new vscode.Diagnostic(range, finding.title, severities[finding.priority]);
  diagnostic.source = 'Tandem';
  diagnostic.code = finding.priority;
  return { uri, finding, range, diagnostic };
}

/** Of the editor where the file is open, else of the disk; null if neither can be had. */
async function linesOf(uri: vscode.Uri): Promise<string[] | null> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  const text = open?.getText() ?? (await textOf(uri.fsPath));
  return text?.split(/\r\n|\n|\r/) ?? null;
}

async function textOf(file: string): Promise<string | null> {
  try {
    return (await stat(file)).size > maxFileBytes ? null : await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return null;
  }
}
