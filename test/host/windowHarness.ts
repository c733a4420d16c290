import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensureBrowser } from '../engine/browser.ts';
import { ensureEngine } from '../engine/install.ts';
import { type EngineServer, serveEngine } from '../engine/serve.ts';
import { openWindow, type VsCodeWindow } from '../engine/window.ts';
import type { MessagesModel } from '../models/messages.ts';
import { type ModelScript, type ResponsesModel, startResponsesModel } from '../models/responses.ts';
import { claudeBinary, codexBinary } from '../support/binaries.ts';
import { createClaudeHome } from '../support/claudeHome.ts';
import { type CodexHome, type CodexHomeOptions, createCodexHome } from '../support/codexHome.ts';
import type { Environment } from '../support/environment.ts';
import { objectOf } from '../support/json.ts';
import { createTempFolder, type TempFolder } from '../support/temp.ts';
import { packagedExtension } from './vsix.ts';

export interface TandemWindowOptions {
  /** The folder to open. */
  readonly folder: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly machineSettings?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly workspaceTrust?: boolean;
  /** With the real Claude Code. */
  readonly withClaude?: boolean;
  /** Who answers Claude Code, where it is asked for anything. */
  readonly claudeModel?: Pick<MessagesModel, 'url'>;
  /** Who pays, as Codex sees it; default an own provider. */
  readonly account?: CodexHomeOptions['account'];
  /** Folders in front of PATH. */
  readonly pathFolders?: readonly string[];
}

/** A real VS Code window with the packaged extension and the real Codex, whose model is a stand-in. */
export class TandemWindow {
  private ending: Promise<string[]> | undefined;

  private constructor(
    readonly window: VsCodeWindow,
    readonly server: EngineServer,
    readonly model: ResponsesModel,
    private readonly parts: {
      home: CodexHome;
      profile: TempFolder;
      script: { current: ModelScript };
      environment: Environment;
      violations: string[];
    },
    /** TANDEM_HOME of the window. */
    readonly stateHome: string,
  ) {}

  static async open(options: TandemWindowOptions): Promise<TandemWindow> {
    const log = (line: string) => process.stderr.write(`${line}\n`);
    const script: { current: ModelScript } = {
      current: () => {
        throw new Error('this test said nothing about what the model answers');
      },
    };
    const model = await startResponsesModel((request) => script.current(request));
    const home = createCodexHome({
      modelUrl: model.url,
      ...(options.account !== undefined && { account: options.account }),
    });
    const profile = createTempFolder('profile');
    const stateHome = path.join(profile.path, 'tandem');
    const claude = options.withClaude === true ? claudeBinary().native : path.join(profile.path, 'no-claude');
    const claudeEnvironment =
      options.withClaude === true
        ? createClaudeHome({
            modelUrl: (options.claudeModel ?? model).url,
            home: home.home,
            trustedFolders: [options.folder],
          }).env
        : {};
    const environment = {
      ...claudeEnvironment,
      ...home.env,
      TANDEM_HOME: stateHome,
      PATH: [...(options.pathFolders ?? []), home.env['PATH'] ?? ''].join(path.delimiter),
      ...options.environment,
    };
    writeLoginProfile(home.home, options.pathFolders ?? []);
    writeMachineSettings(profile.path, {
      'tandem.codex.path': codexBinary().launcher,
      'tandem.claude.path': claude,
      ...options.machineSettings,
    });
    const server = await serveEngine({
      engine: await ensureEngine(log),
      profile: profile.path,
      token: 'window-test',
      environment: { ...without(process.env), ...environment },
      ...(options.settings && { settings: options.settings }),
      install: [packagedExtension()],
      ...(options.workspaceTrust === true && { workspaceTrust: true }),
    });
    const violations: string[] = [];
    const window = await openWindow({
      browser: await ensureBrowser(log),
      server,
      folder: options.folder,
      prepare: (page) => {
        page.on('console', (message) => {
          if (message.text().includes('Content Security Policy')) violations.push(message.text());
        });
        return Promise.resolve();
      },
    });
    const parts = { home, profile, script, environment, violations };
    return new TandemWindow(window, server, model, parts, stateHome);
  }

  /** The companion program, as it is installed in the window. */
  get companion(): string {
    const extensions = path.join(this.parts.profile.path, 'extensions');
    const [folder] = readdirSync(extensions).filter((name) => name.startsWith('tandem.tandem-'));
    if (folder === undefined) throw new Error(`no installed extension in ${extensions}`);
    return path.join(extensions, folder, 'dist', 'claude-plugin', 'tandem.mjs');
  }

  /** What the model does from now on. */
  set answers(script: ModelScript) {
    this.parts.script.current = script;
  }

  /** A picture, where `TANDEM_SHOTS` names a folder for them. */
  async shot(name: string): Promise<void> {
    const folder = process.env['TANDEM_SHOTS'];
    if (folder !== undefined) await this.window.screenshot(path.join(folder, `${name}.png`));
  }

  /** The user's settings, as VS Code has written them. */
  userSettings(): Readonly<Record<string, unknown>> {
    return objectOf(
      JSON.parse(readFileSync(path.join(this.parts.profile.path, 'user', 'User', 'settings.json'), 'utf8')),
    );
  }

  /** What the extension has logged in the window and those before its reloads. */
  log(): string {
    const logs = path.join(this.parts.profile.path, 'user', 'logs');
    const files = readdirSync(logs, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('Tandem.log'),
    );
    return files.map((file) => readFileSync(path.join(logs, file), 'utf8')).join('\n');
  }

  /** What pages of the window tried against their Content Security Policy. */
  get violations(): readonly string[] {
    return this.parts.violations;
  }

  /** HOME of the window. */
  get home(): string {
    return this.parts.home.home;
  }

  /** Environment of the window, for programs that a test runs beside it. */
  get environment(): Environment {
    return this.parts.environment;
  }

  /** Processes of the window whose command line holds `text`. */
  processes(text: string): string[] {
    return this.server
      .processes()
      .map(({ command }) => command)
      .filter((command) => command.includes(text));
  }

  /**
   * Ends the window; its state stays to be looked at until the test's process ends.
   * @returns command lines of what did not end by itself
   */
  dispose(): Promise<string[]> {
    return (this.ending ??= this.end());
  }

  private async end(): Promise<string[]> {
    await this.window.close();
    const killed = await this.server.dispose();
    await this.model.dispose();
    await this.parts.home.dispose();
    return killed.map(({ command }) => command);
  }
}

/** VS Code takes PATH from the user's login shell: our Node has to be on it. */
function writeLoginProfile(home: string, folders: readonly string[]): void {
  const front = [...folders, path.dirname(process.execPath)].join(':');
  const line = `export PATH="${front}:$PATH"\n`;
  for (const name of ['.profile', '.zprofile']) writeFileSync(path.join(home, name), line);
}

/** Takes away what is in this process's environment. */
function without(env: NodeJS.ProcessEnv): Record<string, undefined> {
  return Object.fromEntries(Object.keys(env).map((name) => [name, undefined]));
}

/** The served engine is a remote machine to its window: settings of scope `machine` come from here, not from the user's. */
function writeMachineSettings(profile: string, settings: Readonly<Record<string, unknown>>): void {
  const folder = path.join(profile, 'user', 'Machine');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'settings.json'), JSON.stringify(settings));
}
