import path from 'node:path';
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { Host } from '../app/host.ts';
import { isInside, realPathSync } from '../base/paths.ts';
import { afterEdits } from '../claude/hooksSeen.ts';
import { SettledEdits } from '../gate/settledEdits.ts';
import { commitOf } from '../git/revisions.ts';
import { changedBetween, snapshotTree } from '../git/snapshot.ts';
import type { JobList } from '../jobs/jobList.ts';
import { type Job, isReview, isTerminal } from '../protocol/job.ts';
import type { Target } from '../protocol/target.ts';
import type { ErrorReporter } from './errorReporter.ts';
import { workspaceFolders } from './host.ts';
import { OwnChanges } from './ownChanges.ts';
import { type SettingId, readSetting } from './settings.ts';

const setting: SettingId = 'tandem.gate.afterEdits';

export interface EditsWatchParts {
  app: App;
  host: Host;
  list: JobList;
  errors: ErrorReporter;
}

/** Lets what agents change on disk be reviewed once it has settled, as long as the user wants that. */
export class EditsWatch implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable;
  private readonly own = new OwnChanges();
  /** Undefined while it is switched off. */
  private watching: vscode.Disposable | undefined;
  private edits: SettledEdits | undefined;
  /** Reviews of any host that run. */
  private reviews = new Map<string, Job>();

  constructor(private readonly parts: EditsWatchParts) {
    this.subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(setting)) this.start();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.start()),
      parts.list.onDidChange(() => this.followReviews()),
    );
  }

  /** Begins anew with the folders and the setting as they are. */
  start(): void {
    this.stop();
    if (!vscode.workspace.isTrusted || !readSetting(vscode.workspace, setting)) return;
    const edits = this.createEdits();
    this.edits = edits;
    this.followReviews();
    const { app, errors } = this.parts;
    for (const repository of app.repositories()) errors.run(() => this.begin(edits, repository));
    const watchers = workspaceFolders().map((folder) =>
      vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.file(folder), '**')),
    );
    const changed = ({ fsPath }: vscode.Uri) => this.changed(fsPath);
    this.watching = vscode.Disposable.from(
      edits,
      ...watchers,
      ...watchers.flatMap((watcher) => [
        watcher.onDidChange(changed),
        watcher.onDidCreate(changed),
        watcher.onDidDelete(changed),
      ]),
      vscode.workspace.onWillSaveTextDocument(({ document }) => this.own.add(document.uri.fsPath)),
      vscode.workspace.onWillCreateFiles(({ files }) => this.addOwn(files)),
      vscode.workspace.onWillDeleteFiles(({ files }) => this.addOwn(files)),
      vscode.workspace.onWillRenameFiles(({ files }) =>
        this.addOwn(files.flatMap(({ oldUri, newUri }) => [oldUri, newUri])),
      ),
    );
  }

  dispose(): void {
    this.stop();
    this.subscriptions.dispose();
  }

  private async begin(edits: SettledEdits, repository: string): Promise<void> {
    await edits.begin(repository);
    this.parts.host.logger.info(`Edits are watched in ${repository}.`);
  }

  private stop(): void {
    this.watching?.dispose();
    this.watching = undefined;
    this.edits = undefined;
    this.reviews.clear();
  }

  private addOwn(files: readonly vscode.Uri[]): void {
    for (const { fsPath } of files) this.own.add(fsPath);
  }

  private changed(file: string): void {
    if (file.split(path.sep).includes('.git') || this.own.has(file)) return;
    const repository = this.repositoryOf(file);
    if (repository !== undefined) this.edits?.edited(repository);
  }

  private repositoryOf(file: string): string | undefined {
    const folder = realPathSync(path.dirname(file));
    const holding = this.parts.app.repositories().filter((repository) => isInside(repository, folder));
    return holding.sort((a, b) => b.length - a.length)[0];
  }

  private createEdits(): SettledEdits {
    const { host, errors } = this.parts;
    const options = { env: host.env };
    return new SettledEdits({
      head: async (repository) => (await commitOf(repository, 'HEAD', options)) ?? '',
      snapshot: (repository) => snapshotTree(repository, options),
      changed: (repository, from, to) => changedBetween(repository, from, to, options),
      isBusy: (repository) => [...this.reviews.values()].some((job) => job.repository === repository),
      review: (repository, target) => this.review(repository, target),
      onError: (error) => errors.report(error),
    });
  }

  private async review(repository: string, target: Target): Promise<void> {
    const { app } = this.parts;
    // So that set-up can say which side of the gate works.
    await app.hooksSeen.sawHook(afterEdits);
    const { reviewModel, reviewEffort } = app.settings();
    const files = 'files' in target ? target.files : 0;
    await app.jobs.start(
      {
        kind: 'review',
        origin: 'editor',
        session: null,
        repository,
        title: `edits on disk (${files} ${files === 1 ? 'file' : 'files'})`,
        target,
        model: reviewModel || null,
        effort: reviewEffort || null,
        write: false,
      },
      null,
    );
  }

  private followReviews(): void {
    if (!this.edits) return;
    const before = this.reviews;
    const jobs = this.parts.list.all().map(({ job }) => job);
    const running = jobs.filter(({ kind, state }) => isReview(kind) && !isTerminal(state));
    this.reviews = new Map(running.map((job) => [job.id, job]));
    for (const { id, repository } of before.values()) {
      if (this.reviews.has(id) || running.some((job) => job.repository === repository)) continue;
      const ended = jobs.find((job) => job.id === id);
      this.edits.reviewed(repository, ended && hasSeenAll(ended) ? Date.parse(ended.createdAt) : null);
    }
  }
}

/** A gate's turn, and the working tree, hold whatever an agent has changed until then. */
function hasSeenAll({ target, verdict }: Job): boolean {
  const isWhole = target?.kind === 'turn' || target?.kind === 'working-tree';
  return isWhole && (verdict === 'clean' || verdict === 'findings');
}
