import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { settlesWithin } from '../base/async.ts';
import { type ProcessIdentity, identityOf } from '../base/childProcess.ts';
import { endProcesses } from '../base/endProcess.ts';
import { LineMessageReader } from '../base/lineTransport.ts';
import type { Logger } from '../base/logger.ts';
import { ProcessRecord } from '../base/processJournal.ts';

export interface HeadlessProcessOptions {
  file: string;
  args: readonly string[];
  /** Absolute; the run sees nothing else. */
  folder: string;
  env: NodeJS.ProcessEnv;
  /** Given on stdin, which is then closed: an argument has a limit, and an open pipe costs 3 s (facts: claude-code.md, 5.1). */
  prompt: string;
  stateHome: string;
  logger: Logger;
  /** Called with the object of each line of stdout. */
  onMessage(message: unknown): void;
  /** Called whenever something was printed. */
  onHeard(): void;
}

/** How it ended; `code` is null where a signal or the start did it. */
export interface Exit {
  code: number | null;
  /** `exited with code 1`, `was ended by SIGKILL`, `could not be started: …`. */
  words: string;
}

const stderrTailLength = 4_000;

/** The longest messages are those that hold the text of a file. */
const maxLineBytes = 64 * 1024 * 1024;

/** How long a run may take to follow SIGINT, and then SIGTERM. Milliseconds. Measured: 0.1 to 0.7 s (facts: claude-code.md, 5.6). */
const endGrace = 3_000;

/** The operating system's side of one run of `claude -p`: its streams, its place in the journal and its end. */
export class HeadlessProcess {
  /** Resolves once it has ended and all of its output was read. */
  readonly ended: Promise<Exit>;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly identity: ProcessIdentity | null;
  private readonly exited: Promise<Exit>;
  private stderrTail = '';
  private ending: Promise<void> | null = null;

  constructor(private readonly options: HeadlessProcessOptions) {
    const { file, args, folder, env, prompt, stateHome, logger } = options;
    this.child = spawn(file, args, { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
    const { pid, stdin, stdout, stderr } = this.child;
    this.identity = pid === undefined ? null : identityOf(pid);
    const record = this.identity && new ProcessRecord(stateHome, this.identity, file, logger);
    this.exited = exitOf(this.child);
    this.read(stdout);
    const read = new Promise((resolve) => stdout.once('close', resolve));
    // A child of it may hold the pipe open for ever.
    this.ended = this.exited.then(async (exit) => {
      if (!(await settlesWithin(read, endGrace))) stdout.destroy();
      await record?.close();
      return exit;
    });
    stderr.setEncoding('utf8').on('data', (text: string) => {
      logger.debug(`claude: ${text.trimEnd()}`);
      this.stderrTail = (this.stderrTail + text).slice(-stderrTailLength);
    });
    // It may end without reading its input; that shows in how it ended.
    stdin.on('error', (error) => logger.debug(`claude did not read its prompt: ${error.message}`));
    stdin.end(prompt);
  }

  /** The last three lines of stderr. */
  lastWords(): string {
    return this.stderrTail.trim().split('\n').slice(-3).join('\n');
  }

  /** Interrupts it, then asks, then kills (facts: claude-code.md, 5.6). Resolves when it is gone. */
  end(): Promise<void> {
    this.ending ??= this.endOnce();
    return this.ending;
  }

  private read(stdout: NodeJS.ReadableStream): void {
    const { logger } = this.options;
    const reader = new LineMessageReader(stdout, {
      maxLineBytes,
      onBadLine: (start, reason) =>
        logger.warn(`Claude Code printed a line that is no message (${reason}): ${start}`),
    });
    reader.onError((error) => {
      logger.warn(`Claude Code is ended: ${error.message}`);
      void this.end();
    });
    stdout.on('data', () => this.options.onHeard());
    reader.listen((message) => this.options.onMessage(message));
  }

  private async endOnce(): Promise<void> {
    this.child.kill('SIGINT');
    if (!(await settlesWithin(this.exited, endGrace))) {
      this.options.logger.warn('Claude Code did not end when it was interrupted; it is ended by signals.');
      if (this.identity) await endProcesses([this.identity], endGrace);
      this.child.kill('SIGKILL');
    }
    await this.ended;
  }
}

function exitOf(child: ChildProcessWithoutNullStreams): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, words: `could not be started: ${error.message}` });
    });
    child.once('exit', (code, signal) =>
      resolve({
        code,
        words: signal === null ? `exited with code ${code ?? '?'}` : `was ended by ${signal}`,
      }),
    );
  });
}
