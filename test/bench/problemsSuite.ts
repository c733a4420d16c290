import { realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { makeAnchor } from '../../src/findings/anchorText.ts';
import type { KnownFinding } from '../../src/protocol/knownFinding.ts';
import { FindingDiagnostics } from '../../src/vscode/findingDiagnostics.ts';
import { FindingPlaces } from '../../src/vscode/findingPlaces.ts';
import { MovedPlaces } from '../../src/vscode/movedPlaces.ts';
import { known } from '../unit/findings/known.ts';
import type { ProblemTimes } from './problems.ts';
import { resultFileVariable } from './resultFile.ts';
import { median } from './sample.ts';

const counts = [100, 1_000, 10_000] as const;
const files = 100;
const rounds = 5;
const keystrokes = 20;

/** Runs inside the extension host, with the parts of a window that a keystroke and a publication go through. */
export async function run(): Promise<void> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (!folder) throw new Error('No folder is open.');
  const repository = realpathSync(folder.uri.fsPath);
  const spread = counts.map((count) => findingsIn(repository, files, count));
  const together = counts.map((count) => findingsIn(repository, 1, count));
  const times: ProblemTimes = {
    publish: await each(spread, publishTime),
    spread: await each(spread, keystrokeTime),
    together: await each(together, keystrokeTime),
  };
  writeFileSync(process.env[resultFileVariable] ?? '', JSON.stringify(times));
}

/** Medians; in turns, so that a noisy machine is noisy for all. One round before that is not counted. */
async function each(
  samples: readonly (readonly KnownFinding[])[],
  measure: (findings: readonly KnownFinding[]) => Promise<number>,
): Promise<number[]> {
  const times = samples.map((): number[] => []);
  for (let round = -1; round < rounds; round += 1)
    for (const [index, findings] of samples.entries()) {
      const time = await measure(findings);
      if (round >= 0) times[index]?.push(time);
    }
  return times.map(median);
}

async function publishTime(findings: readonly KnownFinding[]): Promise<number> {
  const started = performance.now();
  const window = await openedWith(findings);
  const time = performance.now() - started;
  window.dispose();
  return time;
}

/** Types into the first line of the first file and takes it back. */
async function keystrokeTime(findings: readonly KnownFinding[]): Promise<number> {
  const [first] = findings;
  if (!first) throw new Error('There are no findings.');
  const editor = await vscode.window.showTextDocument(
    vscode.Uri.file(path.join(first.repository, first.file)),
  );
  const spent: number[] = [];
  const window = await openedWith(findings, (time) => spent.push(time));
  for (let i = 0; i < keystrokes; i += 2) {
    await editor.edit((builder) => builder.insert(new vscode.Position(0, 0), 'x'));
    await editor.edit((builder) => builder.delete(new vscode.Range(0, 0, 0, 1)));
  }
  window.dispose();
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  if (spent.length !== keystrokes) throw new Error(`${spent.length} keystrokes were told of.`);
  return median(spent);
}

/** What a window makes of findings on record; resolves once all are published. */
async function openedWith(
  findings: readonly KnownFinding[],
  edited: (time: number) => void = () => undefined,
): Promise<vscode.Disposable> {
  const changes = new vscode.EventEmitter<void>();
  const places = new FindingPlaces({
    findings: { all: () => [...findings], move: () => Promise.resolve(), onDidChange: changes.event },
    documents: timed(edited),
    folders: () => (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
    renamedTo: () => Promise.resolve(null),
    run: (work) => void work(),
  });
  const moved = new MovedPlaces(places);
  places.onDidChangePlaces((paths) => moved.update(paths));
  const diagnostics = new FindingDiagnostics(places);
  const last = findings.at(-1)?.id ?? '';
  while (!diagnostics.placeOf(last)) await new Promise<void>((resolve) => next(diagnostics, resolve));
  return vscode.Disposable.from(diagnostics, places, changes);
}

function next(diagnostics: FindingDiagnostics, resolve: () => void): void {
  const listening = diagnostics.onDidChangePlaces(() => {
    listening.dispose();
    resolve();
  });
}

/** VS Code's own documents; says how long each edit kept its listener busy. */
function timed(edited: (time: number) => void): ConstructorParameters<typeof FindingPlaces>[0]['documents'] {
  const { workspace } = vscode;
  return {
    get textDocuments() {
      return workspace.textDocuments;
    },
    onDidOpenTextDocument: workspace.onDidOpenTextDocument,
    onDidCloseTextDocument: workspace.onDidCloseTextDocument,
    onDidSaveTextDocument: workspace.onDidSaveTextDocument,
    onDidRenameFiles: workspace.onDidRenameFiles,
    onDidChangeTextDocument: (listener) =>
      workspace.onDidChangeTextDocument((event) => {
        if (event.contentChanges.length === 0) return;
        const started = performance.now();
        listener(event);
        edited(performance.now() - started);
      }),
  };
}

/** Files of 10,000 lines in all, written to the folder, with the findings evenly over them. */
function findingsIn(repository: string, fileCount: number, count: number): KnownFinding[] {
  const lines = Array.from({ length: 10_000 / fileCount }, (_, index) =>
    index % 5 === 0 ? '}' : `  const value${index} = read(${index % 17});`,
  );
  return Array.from({ length: fileCount }, (_, number) => {
    const file = `${fileCount}-${number}.ts`;
    writeFileSync(path.join(repository, file), lines.join('\n'));
    const own = count / fileCount;
    return Array.from({ length: own }, (_, index) => {
      const startLine = 1 + Math.floor((index * lines.length) / own);
      const endLine = Math.min(lines.length, startLine + 2);
      const anchor = makeAnchor(lines, startLine, endLine, null);
      return known(`f${number}-${index}`, { repository, file, startLine, endLine, anchor });
    });
  }).flat();
}
