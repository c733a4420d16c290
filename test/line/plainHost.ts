import { Emitter } from 'vscode-jsonrpc/node';
import { App, type Settings } from '../../src/app.ts';
import type { Logger } from '../../src/base/logger.ts';
import { isTerminal } from '../../src/protocol/job.ts';
import type { Report } from '../../src/protocol/report.ts';
import type { TargetRequest } from '../../src/protocol/target.ts';
import type { Environment } from '../support/environment.ts';
import { createTempFolder } from '../support/temp.ts';

export interface PlainHost {
  readonly app: App;
  readonly stateHome: string;
  /** Lines at level warn and above. */
  readonly complaints: readonly string[];
  settings: Settings;
  /** Reviews the folder to the end, as an order from the editor. */
  review(cwd: string, target?: TargetRequest): Promise<Report>;
  dispose(): Promise<void>;
}

export interface PlainHostOptions {
  /** The Codex to use. */
  readonly codex: string;
  readonly env: Environment;
  readonly folders?: readonly string[];
  /** State of an earlier host; default a new folder. */
  readonly stateHome?: string;
  /** Deadline of every request to Codex. Milliseconds. */
  readonly requestTimeout?: number;
}

/** The whole app in plain Node, with a window's adapters replaced by the simplest ones. */
export function createPlainHost(options: PlainHostOptions): PlainHost {
  const stateHome = options.stateHome ?? createTempFolder('state').path;
  const complaints: string[] = [];
  const host: PlainHost = {
    app: new App({
      kind: 'window',
      version: '0.0.0',
      logger: collectingLogger(complaints),
      stateHome,
      pluginSource: '',
      env: { ...options.env },
      folders: () => options.folders ?? [],
      onDidChangeFolders: new Emitter<void>().event,
      trusted: () => true,
      settings: () => host.settings,
      ...(options.requestTimeout !== undefined && { requestTimeout: options.requestTimeout }),
    }),
    stateHome,
    complaints,
    settings: { codexPath: options.codex, claudePath: '', reviewModel: '', reviewEffort: '', baseBranch: '' },
    review: (cwd, target = { scope: 'auto' }) => reviewToTheEnd(host.app, cwd, target),
    dispose: () => host.app.dispose(),
  };
  return host;
}

async function reviewToTheEnd(app: App, cwd: string, target: TargetRequest): Promise<Report> {
  const job = await app.startReview({ cwd, target, model: '', effort: '', origin: 'editor' });
  const ended = isTerminal(job.state) ? job : await app.jobs.wait(job.id);
  return app.report(ended);
}

function collectingLogger(complaints: string[]): Logger {
  const quiet = () => undefined;
  const keep = (message: string) => void complaints.push(message);
  return { trace: quiet, debug: quiet, info: quiet, warn: keep, error: keep };
}
