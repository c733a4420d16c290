import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import path from 'node:path';
import { settlesWithin } from '../base/async.ts';
import { type ProcessIdentity, identityOf } from '../base/childProcess.ts';
import { endProcesses } from '../base/endProcess.ts';
import { pathVariable } from '../base/executables.ts';
import { LineMessageReader, LineMessageWriter } from '../base/lineTransport.ts';
import type { Logger } from '../base/logger.ts';
import type { CodexLaunch } from './locate.ts';
import type { ServerTransport } from './serverTransport.ts';

export interface ServerProcessOptions {
  launch: CodexLaunch;
  env: NodeJS.ProcessEnv;
  /** Working directory of the server; not the workspace, so that the server never keeps a folder busy. */
  cwd: string;
  logger: Logger;
}

const stderrTailLength = 4_000;
/** How long a server may take to end after its input was closed. Milliseconds. Measured: 40; 10 s with 0.130 and an MCP server that hangs. */
const endTimeout = 2_000;

/** A process that dies closes its output first; how it died is worth so long a wait. Milliseconds. */
const exitGrace = 500;

/** The operating system's side of a running `codex app-server`: its streams, its last words and its end. */
export class ServerProcess implements ServerTransport {
  readonly identity: ProcessIdentity | null;
  readonly remote = null;
  readonly reader: LineMessageReader;
  readonly writer: LineMessageWriter;
  readonly ended: Promise<string>;
  private readonly exited: Promise<string>;
  private readonly child: ChildProcessWithoutNullStreams;
  private stderrTail = '';
  private ending: Promise<void> | null = null;

  constructor(private readonly options: ServerProcessOptions) {
    const { launch, cwd, logger } = options;
    this.child = spawn(launch.file, [...launch.args, 'app-server'], {
      cwd,
      env: environment(options),
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const { pid, stdin, stdout, stderr } = this.child;
    this.identity = pid === undefined ? null : identityOf(pid);
    this.exited = exitOf(this.child);
    this.reader = new LineMessageReader(stdout, {
      onBadLine: (start, reason) =>
        logger.warn(`The App Server sent a line that is not JSON-RPC (${reason}): ${start}`),
    });
    this.writer = new LineMessageWriter(stdin);
    this.ended = Promise.race([this.exited, this.outputClosed()]);
    this.child.on('error', (error) => logger.warn(`The App Server's process: ${error.message}`));
    stderr.setEncoding('utf8').on('data', (text: string) => {
      logger.debug(`codex: ${text.trimEnd()}`);
      this.stderrTail = (this.stderrTail + text).slice(-stderrTailLength);
    });
  }

  onHeard(listener: () => void): void {
    this.child.stdout.on('data', listener);
  }

  /** The last three lines of stderr, without terminal escapes. */
  lastWords(): string {
    return plain(this.stderrTail).trim().split('\n').slice(-3).join('\n');
  }

  /** Ends the process: closes its input, then asks, then kills, and its children with it. Resolves when it is gone. */
  end(): Promise<void> {
    this.ending ??= this.endOnce();
    return this.ending;
  }

  private async outputClosed(): Promise<string> {
    await new Promise((resolve) => this.child.stdout.once('close', resolve).once('end', resolve));
    await settlesWithin(this.exited, exitGrace);
    return 'closed its output';
  }

  private async endOnce(): Promise<void> {
    this.child.stdin.end();
    if (await settlesWithin(this.exited, endTimeout)) return;
    this.options.logger.warn('The App Server did not end when its input was closed; it is ended by signals.');
    if (this.identity) await endProcesses([this.identity]);
    this.child.kill('SIGKILL');
    await this.exited;
  }
}

function exitOf(child: ChildProcessWithoutNullStreams): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve(`could not be started: ${error.message}`);
    });
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `exited with code ${code ?? '?'}` : `was ended by ${signal}`),
    );
  });
}

function environment({ env, launch }: ServerProcessOptions): NodeJS.ProcessEnv {
  const name = pathVariable(env);
  const folders = [...launch.pathFolders, env[name] ?? ''].filter((folder) => folder !== '');
  return { ...env, ...launch.env, NO_COLOR: '1', [name]: folders.join(path.delimiter) };
}

/** Without terminal escapes. */
function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- escape sequences start with a control character
  return text.replaceAll(/\u001b\[[0-9;]*[A-Za-z]/g, '');
}
