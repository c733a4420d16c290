import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { JobList } from '../jobs/jobList.ts';
import { isReview, isTerminal } from '../protocol/job.ts';
import type { PlaceNow, RunSlice } from '../protocol/pageSlices.ts';
import { fileInRepository } from './activeFile.ts';
import type { FindingsView } from './findingsView.ts';
import type { JobWatch } from './jobWatch.ts';
import type { SliceSource } from './pageSlices.ts';
import { listedFinding, listedRun, runSlice } from './snapshot.ts';

/** More kept reviews than anybody scrolls through; the jobs view has the others. */
const maxRuns = 300;

export interface WindowSlicesParts {
  app: Pick<App, 'findings' | 'repositories'>;
  watch: JobWatch;
  list: JobList;
  demo: boolean;
  /** By id, the findings that are elsewhere than recorded. */
  moved: () => Record<string, PlaceNow>;
  /** Open findings that the user's settings keep out of the Problems panel. */
  unmarked: () => number;
}

/** What the findings view shows of this window. */
export function windowSlices({ app, watch, list, demo, moved, unmarked }: WindowSlicesParts): SliceSource {
  const { findings } = app;
  return {
    findings: () => ({ type: 'findings', findings: findings.all().map(listedFinding) }),
    places: () => ({ type: 'places', places: moved() }),
    activeFile: () => ({ type: 'activeFile', file: activeFile(app) }),
    runs: () => {
      const reviews = list.all().filter(({ job }) => isReview(job.kind));
      return { type: 'runs', runs: reviews.slice(0, maxRuns).map(({ job }) => listedRun(job)) };
    },
    run: () => ({
      type: 'run',
      run: runSlice(watch.latestReview, {
        demo,
        trusted: vscode.workspace.isTrusted,
        unmarked: unmarked(),
        ...partnerOf(watch.latestReview, list),
      }),
    }),
  };
}

/** While one of the two runs, that is the one to show. */
function partnerOf(latest: JobWatch['latestReview'], list: JobList): Pick<RunSlice, 'partner'> {
  if (!latest?.job.run || !isTerminal(latest.job.state)) return {};
  const { id, run } = latest.job;
  const partner = list.all().find(({ job }) => job.run?.id === run.id && job.id !== id)?.job;
  return partner && isTerminal(partner.state) ? { partner } : {};
}

function activeFile(app: WindowSlicesParts['app']) {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.uri.scheme !== 'file') return null;
  const roots = new Set([...app.repositories(), ...app.findings.all().map(({ repository }) => repository)]);
  return fileInRepository(document.uri.fsPath, roots);
}

/** The view hears of what it shows. */
export function keepViewUpToDate(
  view: FindingsView,
  { app, watch, list }: Pick<WindowSlicesParts, 'app' | 'watch' | 'list'>,
): vscode.Disposable {
  return vscode.Disposable.from(
    app.findings.onDidChange(() => view.changed('findings', 'places', 'run')),
    watch.onDidChange(() => view.changed('run')),
    list.onDidChange(() => view.changed('runs', 'run')),
    vscode.window.onDidChangeActiveTextEditor(() => view.changed('activeFile')),
  );
}
