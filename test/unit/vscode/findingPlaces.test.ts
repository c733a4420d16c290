import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type * as vscode from 'vscode';
import { Emitter } from 'vscode-jsonrpc/node';
import { asPrompt } from '../../../src/findings/asPrompt.ts';
import { makeAnchor } from '../../../src/findings/anchorText.ts';
import type { Move } from '../../../src/findings/findingStore.ts';
import type { KnownFinding } from '../../../src/protocol/knownFinding.ts';
import { FindingPlaces } from '../../../src/vscode/findingPlaces.ts';
import { type TempFolder, createTempFolder } from '../../support/temp.ts';
import { finding } from '../webview/fixtures.ts';
import { FakeDocuments, uri } from './fakeDocuments.ts';

const text = 'first();\nsecond();\n  third(value);\nfourth();\n';

/** Keeps what it is told, and moves findings as the ledger does. */
class FakeStore {
  private readonly emitter = new Emitter<void>();
  readonly onDidChange = this.emitter.event;
  readonly moves: Move[] = [];
  findings: KnownFinding[] = [];

  all(): KnownFinding[] {
    return this.findings;
  }

  set(findings: KnownFinding[]): void {
    this.findings = findings;
    this.emitter.fire();
  }

  move(moves: readonly Move[]): Promise<void> {
    this.moves.push(...moves);
    this.set(this.findings.map((one) => ({ ...one, ...moves.find(({ id }) => id === one.id) })));
    return Promise.resolve();
  }
}

function position(line: number): vscode.Position {
  return { line, character: 0 } as unknown as vscode.Position;
}

describe('the places of findings in a window', () => {
  let folder: TempFolder;
  let repository: string;
  let file: string;
  let store: FakeStore;
  let documents: FakeDocuments;
  let places: FindingPlaces;
  let renamed: string | Error | null;
  let running: Promise<unknown>[];

  beforeEach(async () => {
    folder = createTempFolder('finding-places');
    repository = path.join(realpathSync(folder.path), 'repository');
    mkdirSync(repository);
    file = path.join(repository, 'a.ts');
    writeFileSync(file, text);
    store = new FakeStore();
    documents = new FakeDocuments();
    renamed = null;
    running = [];
    store.findings = [known('f', 3)];
    places = create([repository]);
    await settled();
  });
  afterEach(async () => {
    places.dispose();
    await folder.dispose();
  });

  function create(folders: string[]): FindingPlaces {
    return new FindingPlaces({
      findings: store,
      documents: documents.events,
      folders: () => folders,
      renamedTo: () => (renamed instanceof Error ? Promise.reject(renamed) : Promise.resolve(renamed)),
      run: (work) => void running.push(work()),
    });
  }

  /** All work that was begun is done. */
  async function settled(): Promise<void> {
    while (running.length > 0) await running.shift();
  }

  function known(id: string, line: number, change: Partial<KnownFinding> = {}): KnownFinding {
    const anchor = makeAnchor(text.split('\n').slice(0, -1), line, line, 'version');
    return {
      ...finding({ id, file: 'a.ts', repository, startLine: line, endLine: line, anchor }),
      state: 'open',
      proof: null,
      reason: '',
      by: 'codex',
      mark: null,
      firstSeenAt: '',
      lastSeenAt: '',
      edited: false,
      history: [],
      comments: [],
      ...change,
    };
  }

  const placeOf = (id = 'f') => {
    const now = places.placeOf(id);
    return now && [now.place, now.file, now.startLine, now.startColumn, now.endColumn];
  };
  const at = (line: number) => places.at(uri(file), position(line)).map((one) => one.finding.id);

  test('come from the files, whatever is open', async () => {
    assert.deepEqual(placeOf(), ['anchored', 'a.ts', 3, 2, 15]);
    assert.equal(places.placeOf('unknown'), undefined);
    assert.deepEqual([...places.paths()], [file]);
    store.set([]);
    await settled();
    assert.equal(placeOf(), undefined);
    assert.deepEqual([...places.paths()], []);
  });

  test('follow the edits of an open document, of which others are told', () => {
    const told: string[] = [];
    documents.open(file, text);
    places.onDidChangePlaces((paths) => told.push(...paths));
    documents.edit(file, [0, 0, 0, 0], '// new\n');
    assert.deepEqual(placeOf(), ['anchored', 'a.ts', 4, 2, 15]);
    assert.deepEqual([at(2), at(3)], [[], ['f']]);
    documents.edit(file, [4, 0, 4, 0], 'after();\n');
    assert.deepEqual(told, [file], 'of what comes after a finding nobody is told');
  });

  test('are those of the editor as long as it differs from the file, and of the file afterwards', async () => {
    documents.open(file, `// unsaved\n${text}`);
    assert.equal(places.placeOf('f')?.startLine, 4);
    places.filesChanged([file], false);
    await settled();
    assert.equal(places.placeOf('f')?.startLine, 4);
    documents.close(file);
    await settled();
    assert.equal(places.placeOf('f')?.startLine, 3);
  });

  test('are no lines where the text is gone, until it is back', () => {
    documents.open(file, text);
    documents.edit(file, [2, 0, 3, 0], '');
    assert.equal(places.placeOf('f')?.place, 'stale');
    assert.deepEqual([0, 1, 2, 3].flatMap(at), []);
    documents.edit(file, [2, 0, 2, 0], '  third(value);\n');
    assert.deepEqual(at(2), ['f']);
  });

  test('are found again when a file changes on the disk, or comes back', async () => {
    writeFileSync(file, `// by an agent\n${text}`);
    places.filesChanged([file], false);
    await settled();
    assert.equal(places.placeOf('f')?.startLine, 4);
    rmSync(file);
    places.filesChanged([file], false);
    await settled();
    assert.equal(places.placeOf('f')?.place, 'missing');
    writeFileSync(file, text);
    places.filesChanged([file], true);
    await settled();
    assert.deepEqual(placeOf(), ['anchored', 'a.ts', 3, 2, 15]);
  });

  test('are looked for where the news is of a folder alone', async () => {
    const inFolder = path.join(repository, 'src/deep/a.ts');
    mkdirSync(path.dirname(inFolder), { recursive: true });
    writeFileSync(inFolder, text);
    store.set([known('f', 3), known('g', 3, { file: 'src/deep/a.ts' })]);
    await settled();
    assert.equal(places.placeOf('g')?.place, 'anchored');
    rmSync(path.join(repository, 'src'), { recursive: true });
    // VS Code leaves out what happens below a folder that has gone.
    places.filesChanged([path.join(repository, 'src')], false);
    await settled();
    assert.equal(places.placeOf('g')?.place, 'missing');
    assert.equal(places.placeOf('f')?.place, 'anchored');
  });

  test('are in the file that git says it became', async () => {
    renameSync(file, path.join(repository, 'b.ts'));
    renamed = 'b.ts';
    places.filesChanged([file], true);
    await settled();
    assert.deepEqual(placeOf(), ['anchored', 'b.ts', 3, 2, 15]);
    assert.deepEqual([...places.paths()], [path.join(repository, 'b.ts')]);
  });

  test('are looked for again where that failed', async () => {
    renameSync(file, path.join(repository, 'b.ts'));
    renamed = new Error('git is busy');
    places.filesChanged([file], true);
    await assert.rejects(settled(), /git is busy/);
    renamed = 'b.ts';
    store.set([...store.findings]);
    await settled();
    assert.deepEqual(placeOf(), ['anchored', 'b.ts', 3, 2, 15]);
  });

  test('what was edited inside is recorded when it is saved, what only shifted is not', async () => {
    documents.open(file, text);
    documents.edit(file, [0, 0, 0, 0], '// new\n');
    documents.save(file);
    await settled();
    assert.equal(store.moves.length, 0);
    documents.edit(file, [3, 2, 3, 2], 'await ');
    documents.save(file);
    await settled();
    assert.deepEqual(
      store.moves.map(({ id, file: to, startLine, anchor }) => [
        id,
        to,
        startLine,
        anchor?.text,
        anchor?.version,
      ]),
      [['f', 'a.ts', 4, ['  await third(value);'], 'version']],
    );
    documents.save(file);
    await settled();
    assert.equal(store.moves.length, 1);
  });

  test('a rename in the editor is recorded, of a folder too, unless it leads out of the repository', async () => {
    const to = path.join(repository, 'b.ts');
    renameSync(file, to);
    documents.rename(file, to);
    await settled();
    assert.deepEqual(placeOf(), ['anchored', 'b.ts', 3, 2, 15]);
    mkdirSync(path.join(folder.path, 'elsewhere'));
    const outside = path.join(realpathSync(folder.path), 'elsewhere/b.ts');
    renameSync(to, outside);
    documents.rename(to, outside);
    await settled();
    assert.deepEqual(
      store.moves.map((move) => move.file),
      ['b.ts'],
    );
    assert.equal(places.placeOf('f')?.place, 'missing');
  });

  test('a finding that is copied goes with its place as it is now, and never with the code of another line', async () => {
    documents.open(file, text);
    documents.edit(file, [0, 0, 0, 0], '// new\n');
    const copied = (now: string) =>
      asPrompt([{ finding: places.asItIsNow(known('f', 3)), lines: now.split('\n') }]);
    assert.match(copied(`// new\n${text}`), /a\.ts, line 4\n[^]*code as it is now[^]*4\| {3}third\(value\);/);
    documents.edit(file, [3, 0, 4, 0], '');
    assert.match(
      copied('// new\nfirst();\nsecond();\nfourth();\n'),
      /that text is gone from the file[^]*code as it was found[^]*\| {3}third\(value\);/,
    );
    documents.close(file);
    renameSync(file, path.join(repository, 'b.ts'));
    renamed = 'b.ts';
    places.filesChanged([file], true);
    await settled();
    const { file: name, startLine, title } = places.asItIsNow(known('f', 3, { title: 'As recorded' }));
    assert.deepEqual([name, startLine, title], ['b.ts', 3, 'As recorded']);
    const unknown = known('unknown', 3);
    assert.equal(places.asItIsNow(unknown), unknown);
  });

  test('only open findings are at a place', async () => {
    store.set([known('f', 3), known('g', 3, { state: 'dismissed' }), known('h', 3, { state: 'fixed' })]);
    await settled();
    assert.deepEqual(at(2), ['f']);
    assert.equal(places.placeOf('g')?.startLine, 3);
    const decided = places.at(uri(file), position(2), ({ state }) => state !== 'open');
    assert.deepEqual(
      decided.map((one) => one.finding.id),
      ['g', 'h'],
      'what is to be reopened is asked for by name',
    );
  });

  test('of a folder that was opened through a link are at the paths of the window', async () => {
    const link = path.join(folder.path, 'link');
    symlinkSync(repository, link);
    const linked = create([link]);
    await settled();
    assert.deepEqual([...linked.paths()], [path.join(link, 'a.ts')]);
    linked.dispose();
  });
});
