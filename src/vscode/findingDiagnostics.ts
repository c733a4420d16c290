import * as vscode from 'vscode';
import { Throttle } from '../base/throttle.ts';
import { isOpen } from '../protocol/knownFinding.ts';
import type { FindingPlaces, PlacedFinding } from './findingPlaces.ts';
import { type FindingInText, type PlacesOfFindings, inText } from './placesOfFindings.ts';
import {
  type ProblemSettings,
  isMarked,
  problemAdvice,
  problemCode,
  problemMessage,
  problemSource,
  problemsSection,
  readProblemSettings,
} from './problems.ts';
import type { Severity } from './settings.ts';

/** A finding that is marked at its place. */
export interface Mark extends FindingInText {
  readonly diagnostic: vscode.Diagnostic;
}

/** Between two publications; meanwhile VS Code itself shifts what is drawn. Milliseconds. */
const interval = 200;

const severities: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
};

interface Published {
  readonly diagnostics: ReadonlyMap<string, vscode.Diagnostic>;
  /** Open findings with a place that the user's settings hide. */
  readonly hidden: number;
}

/** The open findings as diagnostics, which are replaced as a set for each file whose findings moved. */
export class FindingDiagnostics implements PlacesOfFindings, vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('tandem');
  private readonly publishing = new Throttle(interval, () => this.publish());
  private readonly hiddenEmitter = new vscode.EventEmitter<void>();
  private readonly placesEmitter = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable;
  private readonly published = new Map<string, Published>();
  private readonly pending = new Set<string>();
  private settings = readProblemSettings(vscode.workspace);

  /** Another number of findings is hidden. */
  readonly onDidChangeHidden = this.hiddenEmitter.event;
  /** What is marked, or where, has changed. */
  readonly onDidChangePlaces = this.placesEmitter.event;

  constructor(private readonly places: FindingPlaces) {
    this.subscriptions = vscode.Disposable.from(
      this.collection,
      this.publishing,
      this.hiddenEmitter,
      this.placesEmitter,
      places.onDidChangePlaces((paths) => this.request(paths)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (!event.affectsConfiguration(problemsSection)) return;
        this.settings = readProblemSettings(vscode.workspace);
        this.request(places.paths());
      }),
    );
    this.request(places.paths());
  }

  /** How many open findings with a place the user's settings hide. */
  get hidden(): number {
    let sum = 0;
    for (const { hidden } of this.published.values()) sum += hidden;
    return sum;
  }

  /** Where a finding is marked. */
  placeOf(id: string): Mark | undefined {
    return this.mark(this.places.find(id));
  }

  /** The marks of a document that touch the range, where they are now. */
  at(uri: vscode.Uri, range: vscode.Range): Mark[] {
    return this.places
      .at(uri, range)
      .flatMap((placed) => this.mark(placed) ?? [])
      .filter((mark) => mark.range.intersection(range) !== undefined);
  }

  private mark(placed: PlacedFinding | undefined): Mark | undefined {
    const found = inText(placed);
    const diagnostic = found && this.published.get(found.uri.fsPath)?.diagnostics.get(found.finding.id);
    return found && diagnostic ? { ...found, diagnostic } : undefined;
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private request(paths: Iterable<string>): void {
    for (const path of paths) this.pending.add(path);
    if (this.pending.size > 0) this.publishing.request();
  }

  private publish(): void {
    const { hidden } = this;
    const paths = [...this.pending];
    this.pending.clear();
    for (const path of paths) this.publishFile(path);
    this.placesEmitter.fire();
    if (this.hidden !== hidden) this.hiddenEmitter.fire();
  }

  /** File by file: of what is set in one call VS Code shows 1,100, and silently leaves every other file as it was. */
  private publishFile(path: string): void {
    const published = publication(this.places.inFile(path), this.settings);
    if (published.diagnostics.size + published.hidden > 0) this.published.set(path, published);
    else this.published.delete(path);
    const diagnostics = [...published.diagnostics.values()];
    this.collection.set(vscode.Uri.file(path), diagnostics.length === 0 ? undefined : diagnostics);
  }
}

function publication(placed: readonly PlacedFinding[], settings: ProblemSettings): Published {
  const here = placed.flatMap((one) => inText(one) ?? []).filter(({ finding }) => isOpen(finding));
  const marked = here.filter(({ finding }) => isMarked(finding, settings));
  return {
    diagnostics: new Map(marked.map((one) => [one.finding.id, diagnosticOf(one, settings)])),
    hidden: here.length - marked.length,
  };
}

function diagnosticOf({ finding, uri, range }: FindingInText, settings: ProblemSettings): vscode.Diagnostic {
  const severity = severities[settings.severity[finding.priority]];
  const diagnostic = new vscode.Diagnostic(range, problemMessage(finding), severity);
  diagnostic.source = problemSource;
  diagnostic.code = problemCode(finding);
  const advice = problemAdvice(finding);
  if (advice !== '')
    diagnostic.relatedInformation = [
      new vscode.DiagnosticRelatedInformation(new vscode.Location(uri, range), advice),
    ];
  return diagnostic;
}
