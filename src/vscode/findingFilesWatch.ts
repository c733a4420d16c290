import path from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore } from '../base/disposable.ts';
import { realPathSync } from '../base/paths.ts';
import { Throttle } from '../base/throttle.ts';
import { teamFileName } from '../findings/teamFile.ts';
import type { FindingPlaces } from './findingPlaces.ts';
import { workspaceFolders } from './host.ts';

/** A checkout or a formatter changes many files: they are looked at together. Milliseconds. */
const interval = 250;

const teamFile = path.sep + path.normalize(teamFileName);

/**
 * Tells of files that change on the disk. One watcher for each folder: VS Code watches these anyway and sends each change
 * once; each batch of changes costs a look at the paths of the files with findings.
 */
export class FindingFilesWatch implements vscode.Disposable {
  private readonly watchers = new DisposableStore();
  private folders = new DisposableStore();
  private readonly telling = new Throttle(interval, () => this.tell());
  private readonly changed = new Set<string>();
  private names = false;

  /** @param teamChanged a repository's file of dismissals has changed */
  constructor(
    private readonly places: FindingPlaces,
    private readonly teamChanged: (repository: string) => void,
  ) {
    this.watchers.add(this.telling);
    this.watchers.add(vscode.workspace.onDidChangeWorkspaceFolders(() => this.watch()));
    this.watchers.defer(() => this.folders.dispose());
    this.watch();
  }

  dispose(): void {
    this.watchers.dispose();
  }

  private watch(): void {
    this.folders.dispose();
    this.folders = new DisposableStore();
    for (const folder of workspaceFolders()) {
      const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), '**');
      const watcher = this.folders.add(vscode.workspace.createFileSystemWatcher(pattern));
      for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete])
        this.folders.add(event(({ fsPath }) => this.noticed(fsPath, event === watcher.onDidCreate)));
    }
  }

  private noticed(file: string, isNew: boolean): void {
    const isInGit = file.includes(`${path.sep}.git${path.sep}`);
    // Another commit may know a missing file by another name; everything else in there says nothing.
    if (isInGit && path.basename(file) !== 'HEAD') return;
    if (file.endsWith(teamFile)) this.teamChanged(realPathSync(file.slice(0, -teamFile.length)));
    this.changed.add(file);
    this.names ||= isNew || isInGit;
    this.telling.request();
  }

  private tell(): void {
    const { names } = this;
    const changed = [...this.changed];
    this.names = false;
    this.changed.clear();
    this.places.filesChanged(changed, names);
  }
}
