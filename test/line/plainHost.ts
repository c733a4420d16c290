import { Emitter } from 'vscode-jsonrpc/node';
import { App } from '../../src/app.ts';
import type { Host } from '../../src/app/host.ts';
import { type Settings, defaultSettings } from '../../src/app/settings.ts';
import type { Logger } from '../../src/base/logger.ts';
import type { Order, ReviewOrder, TaskOrder } from '../../src/protocol/order.ts';
import { type Job, isTerminal } from '../../src/protocol/job.ts';
import type { Report } from '../../src/protocol/report.ts';
import type { TargetRequest } from '../../src/protocol/target.ts';
import type { Environment } from '../support/environment.ts';
import { createTempFolder } from '../support/temp.ts';

export interface PlainHost {
  readonly app: App;
  readonly stateHome: string;
  /** Lines at level warn and above. */
  readonly complaints: readonly string[];
  /** Lines at all levels. */
  readonly log: readonly string[];
  settings: Settings;
  /** Starts what was ordered, as the editor does. */
  place(cwd: string, order: Order): Promise<Job>;
  /** Reviews the folder to the end, as an order from the editor. */
  review(cwd: string, target?: TargetRequest): Promise<Report>;
  /** The same of any order. */
  run(cwd: string, order: Order): Promise<Report>;
  dispose(): Promise<void>;
}

export interface PlainHostOptions {
  /** The Codex to use. */
  readonly codex: string;
  readonly env: Environment;
  readonly folders?: readonly string[];
  /** State of an earlier host; default a new folder. */
  readonly stateHome?: string;
  readonly settings?: Partial<Settings>;
  readonly timing?: Host['timing'];
  readonly askConsent?: Host['askConsent'];
  readonly askCheck?: Host['askCheck'];
  readonly kind?: Host['kind'];
  readonly problems?: Host['problems'];
  /** For an App Server elsewhere. */
  readonly token?: string;
}

/** The whole app in plain Node, with a window's adapters replaced by the simplest ones. */
export function createPlainHost(options: PlainHostOptions): PlainHost {
  const stateHome = options.stateHome ?? createTempFolder('state').path;
  const complaints: string[] = [];
  const log: string[] = [];
  const app = new App({
    kind: options.kind ?? 'window',
    version: '0.0.0',
    logger: collectingLogger(complaints, log),
    stateHome,
    pluginSource: '',
    env: { ...options.env },
    folders: () => options.folders ?? [],
    onDidChangeFolders: new Emitter<void>().event,
    trusted: () => true,
    settings: () => host.settings,
    appServerToken: () => Promise.resolve(options.token ?? ''),
    ...(options.timing && { timing: options.timing }),
    ...(options.askConsent && { askConsent: options.askConsent }),
    ...(options.askCheck && { askCheck: options.askCheck }),
    ...(options.problems && { problems: options.problems }),
  });
  const place = (cwd: string, order: Order) => app.place(order, { cwd, origin: 'editor', session: null });
  const run = async (cwd: string, order: Order) => {
    const job = await place(cwd, order);
    return app.report(isTerminal(job.state) ? job : await app.jobs.wait(job.id));
  };
  const host: PlainHost = {
    app,
    stateHome,
    complaints,
    log,
    settings: { ...defaultSettings, codexPath: options.codex, ...options.settings },
    place,
    run,
    review: (cwd, target) => run(cwd, reviewOrder(target)),
    dispose: () => app.dispose(),
  };
  return host;
}

/** A review with no wishes. */
export function reviewOrder(target: TargetRequest = { scope: 'auto' }): ReviewOrder {
  return { kind: 'review', target, focus: '', model: '', effort: '' };
}

/** A read-only task on a fresh thread. */
export function taskOrder(prompt: string, more: Partial<TaskOrder> = {}): TaskOrder {
  return { kind: 'task', prompt, write: false, thread: 'fresh', model: '', effort: '', ...more };
}

function collectingLogger(complaints: string[], log: string[]): Logger {
  const note = (message: string) => void log.push(message);
  const complain = (message: string) => {
    note(message);
    complaints.push(message);
  };
  return { trace: note, debug: note, info: note, warn: complain, error: complain };
}
