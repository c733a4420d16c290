import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Emitter } from 'vscode-jsonrpc/node';
import { App } from './app.ts';
import { settingsOf } from './app/environmentSettings.ts';
import type { Host } from './app/host.ts';
import { readTokenFile } from './app/tokenFile.ts';
import { settlesWithin } from './base/async.ts';
import { UserError, messageOf } from './base/errors.ts';
import { createFileLogger, createStreamLogger } from './base/fileLogger.ts';
import type { Logger } from './base/logger.ts';
import { stateHome } from './base/paths.ts';
import { findRepositoryRoot } from './git/repository.ts';

/*
 * The host for a terminal or CI without a VS Code window. The companion starts it, reads one line of JSON from its
 * stdout (where to connect, or why not), and holds its stdin open as a life line. It ends itself when it is of no use.
 */

/** Milliseconds. The first companion has to connect within `idleGrace`; the next may come within it. */
const idleGrace = 10_000;
const disposeTimeout = 10_000;
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

function createHost(env: NodeJS.ProcessEnv): Host {
  const home = stateHome(env);
  const folder = findRepositoryRoot(process.cwd()) ?? process.cwd();
  const token = takeToken(env);
  return {
    kind: 'headless',
    version: TANDEM_VERSION,
    logger: createLogger(home, env),
    stateHome: home,
    pluginSource: path.dirname(fileURLToPath(import.meta.url)),
    env,
    folders: () => [folder],
    onDidChangeFolders: new Emitter<void>().event,
    // Whoever starts a program in a folder by hand trusts it.
    trusted: () => true,
    settings: () => settingsOf(env),
    appServerToken: token,
  };
}

function createLogger(home: string, env: NodeJS.ProcessEnv): Logger {
  if (env['TANDEM_LOG'] === 'debug') return createStreamLogger(process.stderr);
  return createFileLogger(path.join(home, 'logs', 'headless.log'));
}

/**
 * The token for an App Server elsewhere, from a variable or a file. The programs that are started from here have no
 * business with it. A file is read anew each time, so that it may be changed.
 */
function takeToken(env: NodeJS.ProcessEnv): () => Promise<string> {
  const { TANDEM_APP_SERVER_TOKEN: token, TANDEM_APP_SERVER_TOKEN_FILE: file } = env;
  delete env['TANDEM_APP_SERVER_TOKEN'];
  return async () => {
    if (token !== undefined && token !== '') return token.trim();
    return file === undefined || file === '' ? '' : readTokenFile(file);
  };
}

/** Ends the process on every way there is, once, with everything that the app started. */
class Ending {
  private begun = false;

  constructor(
    private readonly app: App,
    private readonly logger: Logger,
  ) {}

  begin(why: string, exitCode = 0): void {
    if (this.begun) return;
    this.begun = true;
    this.logger.info(`Ending: ${why}.`);
    void this.finish(exitCode);
  }

  private async finish(exitCode: number): Promise<void> {
    const disposed = this.app.dispose().catch((error: unknown) => {
      this.logger.error(`The end was not clean: ${messageOf(error)}`);
    });
    if (!(await settlesWithin(disposed, disposeTimeout))) this.logger.error('The end took too long.');
    process.exit(exitCode);
  }
}

/** Ends the host when no companion is connected and no job runs: at once after the life line closed, else after a while. */
function endWhenIdle(app: App, ending: Ending): void {
  let timer: NodeJS.Timeout | undefined;
  let isAlone = false;
  const look = () => {
    clearTimeout(timer);
    if (app.bridge.clientCount > 0 || app.jobs.activeCount() > 0) return;
    timer = setTimeout(() => void endUnlessMore(), isAlone ? 0 : idleGrace);
  };
  // What follows from the last job may be another one.
  const endUnlessMore = async () => {
    await app.followedUp();
    if (app.bridge.clientCount === 0 && app.jobs.activeCount() === 0) ending.begin('nothing to do');
  };
  app.bridge.onDidChangeClients(look);
  app.jobs.onDidChange(look);
  process.stdin.resume().on('close', () => {
    isAlone = true;
    look();
  });
  look();
}

async function main(): Promise<void> {
  // Once it has heard where to connect, the companion may end before this process does.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  // Where this process is VS Code's runtime as Node, no child of it is to take itself for that.
  delete process.env['ELECTRON_RUN_AS_NODE'];
  const host = createHost(process.env);
  const app = new App(host);
  const ending = new Ending(app, host.logger);
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => ending.begin(signal, exitCodes[signal]));
  process.on('uncaughtException', (error) => {
    host.logger.error(`Uncaught: ${error.stack ?? error.message}`);
    ending.begin('an uncaught exception', 1);
  });
  try {
    await app.start();
  } catch (error) {
    await app.dispose();
    throw error;
  }
  process.stdout.write(`${JSON.stringify({ discovery: app.bridge.discoveryFile })}\n`);
  endWhenIdle(app, ending);
}

function reportFailure(error: unknown): void {
  const advice = error instanceof UserError ? error.advice : undefined;
  process.stdout.write(
    `${JSON.stringify({ error: { message: messageOf(error), ...(advice && { advice }) } })}\n`,
  );
  process.exitCode = 1;
}

await main().catch(reportFailure);
