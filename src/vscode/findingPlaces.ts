import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type * as vscode from 'vscode';
import { Emitter, type Event } from 'vscode-jsonrpc/node';
import { Sequence } from '../base/async.ts';
import { DisposableStore } from '../base/disposable.ts';
import { groupBy } from '../base/groupBy.ts';
import { isInside } from '../base/paths.ts';
import { columnsOf } from '../findings/columns.ts';
import type { FindingStore, Move } from '../findings/findingStore.ts';
import { type PlaceOptions, type PresentPlace, placeFindings } from '../findings/placeFindings.ts';
import { TrackedFindings } from '../findings/trackedFindings.ts';
import { type KnownFinding, isOpen } from '../protocol/knownFinding.ts';
import { documentLines } from './documentLines.ts';
import { windowPath } from './findingFile.ts';
import { movesOfRename } from './movesOfRename.ts';

/** The events and documents of an editor. `vscode.workspace` has them; handed in, so that tests need no editor. */
export type Documents = Pick<
  typeof vscode.workspace,
  | 'textDocuments'
  | 'onDidOpenTextDocument'
  | 'onDidCloseTextDocument'
  | 'onDidChangeTextDocument'
  | 'onDidSaveTextDocument'
  | 'onDidRenameFiles'
>;

export interface FindingPlacesParts extends PlaceOptions {
  readonly findings: Pick<FindingStore, 'all' | 'move' | 'onDidChange'>;
  readonly documents: Documents;
  /** Absolute paths of the workspace's folders, as the window knows them. */
  readonly folders: () => readonly string[];
  /** Runs work that nobody waits for, and reports its failure. */
  readonly run: (work: () => Promise<unknown>) => void;
}

/** A finding where it is now. */
export interface PlacedFinding {
  readonly finding: KnownFinding;
  /** Of the text in the editor where the file is open, else of the file; columns are those of whole lines. */
  readonly now: PresentPlace;
  /** The file by the path that the window knows it by; null for `outside`. */
  readonly path: string | null;
}

interface OpenFile {
  readonly document: vscode.TextDocument;
  readonly tracked: TrackedFindings;
}

/**
 * Where all known findings are now: in open documents they follow the edits, in other files they are found again when
 * the file changes. What was edited inside is recorded when it is saved, what was renamed at once.
 */
export class FindingPlaces implements vscode.Disposable {
  private readonly changeEmitter = new Emitter<ReadonlySet<string>>();
  private readonly sequence = new Sequence();
  private readonly subscriptions = new DisposableStore();
  private placed = new Map<string, PlacedFinding>();
  private byPath = new Map<string, string[]>();
  private readonly open = new Map<string, OpenFile>();
  /** Ids whose files have changed since they were looked at. */
  private outdated = new Set<string>();
  private isWaiting = false;

  /** Places, or the findings at them, have changed in the files with these paths (as the window knows them). */
  readonly onDidChangePlaces: Event<ReadonlySet<string>> = this.changeEmitter.event;

  constructor(private readonly parts: FindingPlacesParts) {
    const { documents, findings } = parts;
    for (const subscription of [
      this.changeEmitter,
      findings.onDidChange(() => this.request()),
      documents.onDidOpenTextDocument((document) => this.opened(document)),
      documents.onDidChangeTextDocument((event) => this.edited(event)),
      documents.onDidSaveTextDocument((document) => this.saved(document)),
      documents.onDidCloseTextDocument((document) => this.closed(document)),
      documents.onDidRenameFiles(({ files }) => this.renamed(files)),
    ])
      this.subscriptions.add(subscription);
    this.request();
  }

  /** Where a finding is now; undefined for a moment after it has become known. */
  placeOf(id: string): PresentPlace | undefined {
    return this.find(id)?.now;
  }

  find(id: string): PlacedFinding | undefined {
    const placed = this.placed.get(id);
    return placed && this.present(placed);
  }

  /** The finding with its place as it is now, where more than the record is known. */
  asItIsNow(finding: KnownFinding): KnownFinding {
    const now = this.placeOf(finding.id);
    if (!now) return finding;
    const { place, file, startLine, endLine } = now;
    return { ...finding, place, file, startLine, endLine };
  }

  /** All findings of a file, in every state. */
  inFile(path: string): PlacedFinding[] {
    return (this.byPath.get(path) ?? []).flatMap((id) => this.find(id) ?? []);
  }

  /** Paths of all files with findings. */
  paths(): Iterable<string> {
    return this.byPath.keys();
  }

  /** The findings whose lines touch the range: the open ones, unless others are wanted. */
  at(
    uri: vscode.Uri,
    range: vscode.Range | vscode.Position,
    isWanted: (finding: KnownFinding) => boolean = isOpen,
  ): PlacedFinding[] {
    const [first, last] = 'start' in range ? [range.start.line, range.end.line] : [range.line, range.line];
    return this.inFile(uri.fsPath).filter(
      ({ finding, now }) =>
        isWanted(finding) &&
        now.place === 'anchored' &&
        now.startLine - 1 <= last &&
        now.endLine - 1 >= first,
    );
  }

  /**
   * Files were changed by somebody else. Of a folder that is gone VS Code tells without what was in it.
   * @param paths of files and folders, as the window knows them
   * @param names some were added, or another commit was checked out: what is missing may have another name now
   */
  filesChanged(paths: Iterable<string>, names: boolean): void {
    const changed = new Set(paths);
    for (const [path, ids] of this.byPath)
      if (!this.open.has(path) && isAmong(path, changed)) for (const id of ids) this.outdated.add(id);
    if (names) for (const [id, { now }] of this.placed) if (now.place === 'missing') this.outdated.add(id);
    if (this.outdated.size > 0) this.request();
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private present(placed: PlacedFinding): PlacedFinding {
    const open = placed.path === null ? undefined : this.open.get(placed.path);
    const tracked = open?.tracked.place(placed.finding.id);
    if (!open || !tracked) return placed;
    const { place, startLine, endLine } = tracked;
    const columns = columnsOf(documentLines(open.document), tracked);
    return { ...placed, now: { ...placed.now, place, startLine, endLine, ...columns } };
  }

  private request(): void {
    if (this.isWaiting) return;
    this.isWaiting = true;
    this.parts.run(() => this.sequence.run(() => this.refresh()));
  }

  /** Looks at the files of those findings that are new, recorded anew or outdated. */
  private async refresh(): Promise<void> {
    this.isWaiting = false;
    const known = this.parts.findings.all();
    const { outdated } = this;
    this.outdated = new Set();
    const changed = known.filter((finding) => {
      const before = this.placed.get(finding.id);
      return !before || outdated.has(finding.id) || !isSamePlace(before.finding, finding);
    });
    try {
      this.take(known, await placeFindings(changed, this.parts));
    } catch (error) {
      // Not looked at after all: the next time.
      for (const id of outdated) this.outdated.add(id);
      throw error;
    }
  }

  private take(known: readonly KnownFinding[], places: ReadonlyMap<string, PresentPlace>): void {
    const affected = new Set<string>();
    const before = this.placed;
    const pathOf = this.pathsOfWindow();
    this.placed = new Map();
    for (const finding of known) {
      const old = before.get(finding.id);
      const now = places.get(finding.id) ?? old?.now;
      if (!now) continue;
      const isWhereItWas = old?.now.absolute === now.absolute;
      const path = isWhereItWas ? old.path : pathOf(now.absolute);
      this.placed.set(finding.id, { finding, now, path });
      if (path !== null && (places.has(finding.id) || old?.finding !== finding)) affected.add(path);
    }
    for (const { finding, path } of before.values())
      if (path !== null && this.placed.get(finding.id)?.path !== path) affected.add(path);
    const withPath = [...this.placed.values()].filter(({ path }) => path !== null);
    this.byPath = new Map(
      [...groupBy(withPath, ({ path }) => path ?? '')].map(([path, own]) => [
        path,
        own.map(({ finding }) => finding.id),
      ]),
    );
    this.track(affected);
    this.fire(affected);
  }

  /** From real paths to those that the window knows the files by; each is looked up once. */
  private pathsOfWindow(): (absolute: string | null) => string | null {
    const folders = this.parts.folders();
    const known = new Map<string, string>();
    return (absolute) => {
      if (absolute === null) return null;
      const path = known.get(absolute) ?? windowPath(absolute, folders);
      known.set(absolute, path);
      return path;
    };
  }

  /** Makes the findings of open documents follow them. */
  private track(affected: ReadonlySet<string>): void {
    for (const document of this.parts.documents.textDocuments) {
      const path = document.uri.fsPath;
      if (affected.has(path) || !this.open.has(path)) this.opened(document, false);
    }
  }

  private opened(document: vscode.TextDocument, isNew = true): void {
    const path = document.uri.fsPath;
    const findings = (this.byPath.get(path) ?? []).flatMap((id) => this.placed.get(id)?.finding ?? []);
    if (document.uri.scheme !== 'file' || (findings.length === 0 && !this.open.has(path))) return;
    const text = documentLines(document);
    const open = this.open.get(path);
    if (open?.document === document) open.tracked.update(findings, text);
    else this.open.set(path, { document, tracked: new TrackedFindings(findings, text) });
    // The editor's text may differ from the file's.
    if (isNew) this.fire(new Set([path]));
  }

  private edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const open = this.openFile(document);
    if (open?.tracked.apply(contentChanges, documentLines(document)))
      this.fire(new Set([document.uri.fsPath]));
  }

  private saved(document: vscode.TextDocument): void {
    const moves = [...(this.openFile(document)?.tracked.places() ?? [])].flatMap((place): Move[] => {
      const { id, startLine, endLine, anchor, edited } = place;
      const file = this.placed.get(id)?.now.file;
      if (!edited || place.place !== 'anchored' || file === undefined) return [];
      return [{ id, file, startLine, endLine, anchor }];
    });
    if (moves.length > 0) this.parts.run(() => this.parts.findings.move(moves));
  }

  private closed(document: vscode.TextDocument): void {
    const path = document.uri.fsPath;
    if (!this.openFile(document)) return;
    this.open.delete(path);
    this.filesChanged([path], false);
  }

  private renamed(files: vscode.FileRenameEvent['files']): void {
    for (const { oldUri, newUri } of files) {
      const own = [...this.placed.values()].filter(
        ({ path }) => path !== null && isInside(oldUri.fsPath, path),
      );
      this.parts.run(async () => {
        const moves = await movesOfRename(own, oldUri.fsPath, newUri.fsPath);
        if (moves.length > 0) await this.parts.findings.move(moves);
      });
    }
    this.filesChanged(
      files.map(({ oldUri }) => oldUri.fsPath),
      true,
    );
  }

  private openFile(document: vscode.TextDocument): OpenFile | undefined {
    const open = this.open.get(document.uri.fsPath);
    return open?.document === document ? open : undefined;
  }

  private fire(paths: ReadonlySet<string>): void {
    if (paths.size > 0) this.changeEmitter.fire(paths);
  }
}

/** Is it one of these paths, or below one? */
function isAmong(file: string, paths: ReadonlySet<string>): boolean {
  for (let current = file; ; current = dirname(current)) {
    if (paths.has(current)) return true;
    if (dirname(current) === current) return false;
  }
}

/** Is the same recorded of where both are? */
function isSamePlace(a: KnownFinding, b: KnownFinding): boolean {
  return (
    a === b ||
    (a.file === b.file &&
      a.startLine === b.startLine &&
      a.endLine === b.endLine &&
      a.place === b.place &&
      a.repository === b.repository &&
      isDeepStrictEqual(a.anchor, b.anchor))
  );
}
