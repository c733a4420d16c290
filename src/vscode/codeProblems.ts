import * as vscode from 'vscode';
import type { CodeProblems, ProblemsWatch } from '../app/codeProblems.ts';
import { problemsChange } from '../app/codeProblems.ts';
import { deferred } from '../base/async.ts';
import type { CodeProblem, ProblemsChange } from '../protocol/codeProblems.ts';
import { fileInRepository } from './activeFile.ts';
import { problemSource } from './problems.ts';

/** Language servers tell of a file several times: syntax first, then meaning. After so long without a word it is quiet. Milliseconds. */
const quiet = 1_000;
/** Longer nobody is waited for. Milliseconds. */
const patience = 15_000;

const severities: Readonly<Record<vscode.DiagnosticSeverity, CodeProblem['severity']>> = {
  [vscode.DiagnosticSeverity.Error]: 'error',
  [vscode.DiagnosticSeverity.Warning]: 'warning',
  [vscode.DiagnosticSeverity.Information]: 'information',
  [vscode.DiagnosticSeverity.Hint]: 'hint',
};

/** What VS Code's language servers and linters say; Tandem's own findings are not counted. */
export const codeProblems: CodeProblems = { watch: (repository) => new Watch(repository) };

/** All problems of a repository that are known now. */
export function problemsIn(repository: string): CodeProblem[] {
  return [...saidIn(repository)].flatMap(([file, { others }]) => others.map((one) => problemOf(file, one)));
}

/** What is said of one file. */
interface Said {
  readonly others: readonly vscode.Diagnostic[];
  readonly own: readonly vscode.Diagnostic[];
}

function saidIn(repository: string): Map<string, Said> {
  const said = new Map<string, Said>();
  for (const [uri, diagnostics] of vscode.languages.getDiagnostics()) {
    const file = nameIn(repository, uri);
    if (file !== null && diagnostics.length > 0) said.set(file, parted(diagnostics));
  }
  return said;
}

function parted(diagnostics: readonly vscode.Diagnostic[]): Said {
  return {
    others: diagnostics.filter(({ source }) => source !== problemSource),
    own: diagnostics.filter(({ source }) => source === problemSource),
  };
}

function nameIn(repository: string, { scheme, fsPath }: vscode.Uri): string | null {
  return scheme === 'file' ? (fileInRepository(fsPath, [repository])?.file ?? null) : null;
}

function problemOf(file: string, { range, severity, message, source = '' }: vscode.Diagnostic): CodeProblem {
  return { file, line: range.start.line + 1, severity: severities[severity], message, source };
}

const nothing: Said = { others: [], own: [] };

class Watch implements ProblemsWatch {
  private readonly before: ReadonlyMap<string, Said>;
  private readonly last: Map<string, Said>;
  private readonly heard = new Set<string>();
  private readonly end = deferred<boolean>();
  private readonly subscription: vscode.Disposable;
  private wanted: readonly string[] | null = null;
  private quietTimer: NodeJS.Timeout | undefined;
  private patienceTimer: NodeJS.Timeout | undefined;

  constructor(private readonly repository: string) {
    this.before = saidIn(repository);
    this.last = new Map(this.before);
    this.subscription = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      for (const uri of uris) this.told(uri);
      this.look();
    });
  }

  async settled(files: readonly string[]): Promise<ProblemsChange | null> {
    this.wanted = files;
    this.patienceTimer = setTimeout(() => this.end.resolve(true), patience);
    this.look();
    const isSettled = await this.end.promise;
    this.dispose();
    if (!isSettled) return null;
    const present = saidIn(this.repository);
    const of = (said: ReadonlyMap<string, Said>) =>
      files.flatMap((file) => (said.get(file) ?? nothing).others.map((one) => problemOf(file, one)));
    const silent = files.filter((file) => !this.heard.has(file));
    return problemsChange(of(this.before), of(present), { files, silent });
  }

  dispose(): void {
    clearTimeout(this.quietTimer);
    clearTimeout(this.patienceTimer);
    this.subscription.dispose();
    this.end.resolve(false);
  }

  /** Our own findings move with the text, and VS Code does not tell who said something: they do not count as a word of others. */
  private told(uri: vscode.Uri): void {
    const file = nameIn(this.repository, uri);
    if (file === null) return;
    const before = this.last.get(file) ?? nothing;
    const now = parted(vscode.languages.getDiagnostics(uri));
    this.last.set(file, now);
    if (!isSame(before.others, now.others) || isSame(before.own, now.own)) this.heard.add(file);
  }

  private look(): void {
    clearTimeout(this.quietTimer);
    if (this.wanted?.every((file) => this.heard.has(file)) === true)
      this.quietTimer = setTimeout(() => this.end.resolve(true), quiet);
  }
}

function isSame(some: readonly vscode.Diagnostic[], others: readonly vscode.Diagnostic[]): boolean {
  const text = (diagnostics: readonly vscode.Diagnostic[]) =>
    JSON.stringify(
      diagnostics.map(({ range, severity, message, source }) => [range, severity, message, source]),
    );
  return text(some) === text(others);
}
