import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { cancelReview } from './commands/cancelReview.ts';
import { clearFindings } from './commands/clearFindings.ts';
import { restartAppServer } from './commands/restartAppServer.ts';
import { reviewBranch, reviewChanges, reviewWorkingTree } from './commands/review.ts';
import { setUp } from './commands/setUp.ts';
import { showRawAnswer } from './commands/showRawAnswer.ts';
import { type CommandId, commandIds, internalCommandIds, registerCommand } from './contributions.ts';
import type { ErrorReporter } from './errorReporter.ts';
import type { FindingsView } from './findingsView.ts';
import type { PluginSetup } from './pluginSetup.ts';
import type { ReportDocuments } from './reportDocuments.ts';
import type { ReviewWatch } from './reviewWatch.ts';

/** What commands work with. */
export interface CommandParts {
  app: App;
  watch: ReviewWatch;
  view: FindingsView;
  documents: ReportDocuments;
  plugin: PluginSetup;
  errors: ErrorReporter;
  log: vscode.LogOutputChannel;
}

/** Every command is there from the start, and says itself what is missing. */
export function registerCommands(parts: CommandParts): vscode.Disposable {
  const { app, watch, view, documents, plugin, errors, log } = parts;
  const commands: Record<CommandId, (...args: unknown[]) => unknown> = {
    'tandem.reviewChanges': (from) => reviewChanges(app, from),
    'tandem.reviewWorkingTree': () => reviewWorkingTree(app),
    'tandem.reviewBranch': () => reviewBranch(app),
    'tandem.cancelReview': () => cancelReview(app),
    'tandem.showFindings': () => view.reveal(),
    'tandem.clearFindings': () => clearFindings(app),
    'tandem.showRawAnswer': () => showRawAnswer(watch, documents),
    'tandem.showLog': () => log.show(),
    'tandem.restartAppServer': () => restartAppServer(app),
    'tandem.installPlugin': () => plugin.install(),
    'tandem.setUp': () => setUp(app, documents, plugin),
    'tandem.showFinding': (id) => view.reveal(typeof id === 'string' ? id : undefined),
  };
  const registered = [...commandIds, ...internalCommandIds].map((id) =>
    registerCommand(vscode.commands, id, (...args) => errors.attempt(() => commands[id](...args))),
  );
  return vscode.Disposable.from(...registered);
}
