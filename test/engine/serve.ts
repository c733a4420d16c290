import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Engine } from './install.ts';
import { atExit, endTree, findProcess, killAll, processTree, run, type ProcessInfo } from './processes.ts';
import { linkExtension, writeSettings } from './profile.ts';

/** Environment variables; `undefined` means that there is none of that name. */
export type Variables = Readonly<Record<string, string | undefined>>;

export interface ServeOptions {
  readonly engine: Engine;
  /**
   * A folder of the caller's: what the engine writes stays in it (`data/`, `user/`, `extensions/`), except for
   * sockets and temporary files, which have a short-named folder of their own that goes with the server.
   */
  readonly profile: string;
  /** Instead of `<profile>/user`. */
  readonly userData?: string;
  /** Instead of `<profile>/extensions`. */
  readonly extensions?: string;
  /** On 127.0.0.1; chosen by the system when absent. */
  readonly port?: number;
  /** What the URL must carry to be let in (letters, digits, `-`, `_`). Absent: everybody on this machine is let in. */
  readonly token?: string;
  /** Over the quiet default set and over what `settings.json` of the profile says already. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What the environment starts from; our own when absent. */
  readonly baseEnvironment?: Variables;
  /** Over that. Extension hosts and terminals inherit it. */
  readonly environment?: Variables;
  /** VSIX files, or folders of unpacked extensions (linked into the profile, not copied). */
  readonly install?: readonly string[];
  /** Needed for in-host tests (`extensionTestsPath`). Suppresses toasts. */
  readonly smokeTestDriver?: boolean;
  /** Folders open in Restricted Mode until the user trusts them. Default: every folder is trusted. */
  readonly workspaceTrust?: boolean;
  /** Gets the server's output, line by line. */
  readonly log?: (line: string) => void;
}

/** Pairs for the workbench, such as `['skipWelcome', 'true']`. */
export type Payload = readonly (readonly [string, string])[];

type Server = ChildProcessByStdio<null, Readable, Readable>;

/** Variables that would change how the engine or what runs in it behaves: our Node's, npm's, the test runner's, an outer VS Code's. */
const notInherited = /^(npm_|VSCODE_|NODE_OPTIONS$|NODE_TEST_CONTEXT$|ELECTRON_|TERM_PROGRAM|INIT_CWD$)/i;

const markerName = 'TANDEM_ENGINE_RUN';

/** How long extension hosts may take to deactivate (VS Code gives them 5 s), in ms. */
const deactivationTime = 6_000;

/** How long the server may take to listen, in ms; it takes 0.3 s on an idle machine. */
const startTime = 60_000;

/**
 * Starts the engine on 127.0.0.1 and resolves when it listens.
 * @throws Error with the server's own words when it ends before that, or when an extension can't be installed
 */
export async function serveEngine(options: ServeOptions): Promise<EngineServer> {
  const {
    engine,
    profile,
    userData = join(profile, 'user'),
    extensions = join(profile, 'extensions'),
  } = options;
  for (const folder of [profile, extensions]) await mkdir(folder, { recursive: true });
  await writeSettings(userData, options.settings ?? {});
  const scratch = await mkdtemp(join(tmpdir(), 'tandem-run-'));
  const marker = randomUUID();
  const env = environment(options, scratch, marker);
  const common = [
    engine.serverMain,
    '--accept-server-license-terms',
    ...[
      '--server-data-dir',
      join(profile, 'data'),
      '--user-data-dir',
      userData,
      '--extensions-dir',
      extensions,
    ],
  ];
  const server = new EngineServer(scratch, `${markerName}=${marker}`, options.token);
  try {
    for (const extension of options.install ?? []) {
      if (extension.endsWith('.vsix'))
        await run(engine.node, [...common, '--install-extension', extension], { env });
      else await linkExtension(extension, extensions);
    }
    const args = [...common, ...(await serverArguments(options))];
    await server.listen(
      spawn(engine.node, args, { env, cwd: profile, stdio: ['ignore', 'pipe', 'pipe'] }),
      options.log,
    );
    return server;
  } catch (error) {
    server.kill();
    throw error;
  }
}

async function serverArguments(options: ServeOptions): Promise<string[]> {
  const args = ['--host', '127.0.0.1', '--port', String(options.port ?? 0), '--telemetry-level', 'off'];
  // Otherwise a login shell decides what hosts and terminals find on PATH, and not our caller.
  args.push('--force-disable-user-env');
  if (options.workspaceTrust !== true) args.push('--disable-workspace-trust');
  if (options.smokeTestDriver === true) args.push('--enable-smoke-test-driver');
  if (options.token === undefined) return [...args, '--without-connection-token'];
  // In a file, because other users may read our command line.
  const file = join(options.profile, 'connection-token');
  await writeFile(file, options.token, { mode: 0o600 });
  return [...args, '--connection-token-file', file];
}

function environment(options: ServeOptions, scratch: string, marker: string): NodeJS.ProcessEnv {
  const base = Object.entries(options.baseEnvironment ?? process.env).filter(
    ([name]) => !notInherited.test(name),
  );
  const all: Variables = {
    ...Object.fromEntries(base),
    EXTENSIONS_GALLERY: '{}', // otherwise the server asks a marketplace on the network
    TMPDIR: scratch,
    XDG_RUNTIME_DIR: scratch,
    ...options.environment,
    [markerName]: marker,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** A running VS Code server. It ends on `dispose`, and in any case with this process. */
export class EngineServer {
  /** 0 until it listens, as is the pid. */
  port = 0;
  pid = 0;
  private root: ProcessInfo | undefined;
  private ending: Promise<ProcessInfo[]> | undefined;
  private readonly forget = atExit(() => this.kill());

  /** @param marker `NAME=value`, in the environment of everything that is started in the engine */
  constructor(
    private readonly scratch: string,
    private readonly marker: string,
    private readonly token: string | undefined,
  ) {}

  /** Waits until the server says that it listens. */
  async listen(child: Server, log: ((line: string) => void) | undefined): Promise<void> {
    const said: string[] = [];
    let timer: NodeJS.Timeout | undefined;
    try {
      this.port = await new Promise<number>((resolve, reject) => {
        const give = (reason: string): void =>
          reject(new Error(`The VS Code engine ${reason}:\n${said.join('\n')}`));
        timer = setTimeout(() => give(`did not listen within ${startTime} ms`), startTime);
        child.once('error', reject);
        child.once('close', () => give('ended before it listened'));
        for (const stream of [child.stdout, child.stderr]) {
          createInterface({ input: stream }).on('line', (line) => {
            if (said.length < 200) said.push(line);
            log?.(line);
            const port = /Extension host agent listening on (\d+)/.exec(line)?.[1];
            if (port !== undefined) resolve(Number(port));
          });
        }
      });
      this.root = findProcess(child.pid ?? 0);
      this.pid = child.pid ?? 0;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The address to open `folder` (an absolute path) in a browser, token included. */
  url(folder: string, payload?: Payload): string {
    const url = new URL(`http://127.0.0.1:${this.port}/`);
    if (this.token !== undefined) url.searchParams.set('tkn', this.token);
    url.searchParams.set('folder', folder);
    if (payload !== undefined) url.searchParams.set('payload', JSON.stringify(payload));
    return url.href;
  }

  /** The server and everything that was started in it and still runs: hosts, terminals, what extensions started. */
  processes(): ProcessInfo[] {
    return processTree(this.root, this.marker);
  }

  /**
   * Ends the server, lets the extension hosts deactivate, kills what is left after that and waits until all are gone.
   * @returns what did not end by itself
   */
  dispose(): Promise<ProcessInfo[]> {
    return (this.ending ??= this.end());
  }

  /** Ends all of it at once, without a chance to deactivate and without waiting. */
  kill(): void {
    killAll(this.processes());
    this.release();
  }

  private async end(): Promise<ProcessInfo[]> {
    const killed = await endTree(this.root, this.marker, deactivationTime);
    this.release();
    return killed;
  }

  private release(): void {
    rmSync(this.scratch, { recursive: true, force: true });
    this.forget();
  }
}
