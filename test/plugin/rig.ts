import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { run } from '../../src/base/childProcess.ts';
import { BridgeServer } from '../../src/bridge/bridgeServer.ts';
import type { BridgeService } from '../../src/bridge/bridgeService.ts';
import { ClaudePlugin } from '../../src/claude/plugin.ts';
import { type MessagesModel, type MessagesScript, startMessagesModel } from '../models/messages.ts';
import { says } from '../models/messagesReply.ts';
import { type ClaudeVersion, claudeBinary } from '../support/binaries.ts';
import { type ClaudeHome, type ClaudeHomeOptions, createClaudeHome } from '../support/claudeHome.ts';
import type { Environment } from '../support/environment.ts';
import { type JsonObject, objectOf, textOf } from '../support/json.ts';
import { createTempFolder } from '../support/temp.ts';
import { FakeService } from '../unit/bridge/fakeService.ts';
import { type RecordingLogger, createRecordingLogger } from '../unit/bridge/samples.ts';
import { buildPlugin } from './builtPlugin.ts';
import { type Terminal, openTerminal } from './tmux.ts';

/** What the stand-in model says to whatever it is asked, unless a test gives it a script. */
export const modelWords = 'Stand-in model: here is what Codex found.';
export const version = '0.1.0';

/** A real Claude Code in an own home, a stand-in for its model, and the plugin, ready to be installed. */
export interface ClaudeRig {
  readonly claude: string;
  readonly home: ClaudeHome;
  readonly model: MessagesModel;
  readonly logger: RecordingLogger;
  readonly plugin: ClaudePlugin;
  /** With a space, as on macOS. */
  readonly stateHome: string;
  /** The workspace folder. */
  readonly work: string;
  /** Environment of a terminal that is not VS Code's. */
  readonly env: Environment;
  script: MessagesScript;
  /** Runs `claude -p` in the workspace. */
  print(prompt: string, ...flags: string[]): Promise<Printed>;
  /** Opens Claude Code in a terminal, and waits for its prompt. */
  open(env?: Environment, mode?: PermissionMode): Promise<Terminal>;
  dispose(): Promise<void>;
}

/**
 * With a window's bridge in this process whose service is faked. What happens behind the bridge is tested elsewhere; this
 * is about the door.
 */
export interface Rig extends ClaudeRig {
  readonly bridge: BridgeServer;
  /** Put a new one in for each test. */
  service: FakeService;
}

export type PermissionMode = 'default' | 'acceptEdits';

export interface Printed {
  readonly code: number | null;
  readonly events: readonly JsonObject[];
  /** `result` of the last result event. */
  readonly result: string;
}

export interface ClaudeRigOptions {
  /** The workspace folder; default a new one. */
  readonly work?: string;
  /** More of the environment. */
  readonly env?: Environment;
  /** An existing folder to use as HOME. */
  readonly home?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly account?: ClaudeHomeOptions['account'];
}

export async function createClaudeRig(
  claudeVersion: ClaudeVersion,
  options: ClaudeRigOptions = {},
): Promise<ClaudeRig> {
  const claude = claudeBinary(claudeVersion).native;
  const work = options.work ?? createTempFolder('work').path;
  const stateHome = path.join(createTempFolder('state').path, 'Application Support');
  mkdirSync(stateHome);
  const logger = createRecordingLogger();
  const model = await startMessagesModel((request) => rig.script(request));
  const { home: folder, settings, account } = options;
  const home = createClaudeHome({
    modelUrl: model.url,
    trustedFolders: [work],
    ...(folder !== undefined && { home: folder }),
    ...(settings && { settings }),
    ...(account && { account }),
  });
  const env = { ...home.env, TANDEM_HOME: stateHome, ...options.env };
  const source = await buildPlugin(version);
  const rig: ClaudeRig = {
    claude,
    home,
    model,
    logger,
    plugin: new ClaudePlugin({ claude, env, cwd: work, stateHome, source, version, logger }),
    stateHome,
    work,
    env,
    script: () => says(modelWords),
    print: (prompt, ...flags) => print(rig, prompt, flags),
    open: (more, mode) => open(rig, more, mode),
    dispose: async () => {
      await model.dispose();
      await home.dispose();
    },
  };
  return rig;
}

export async function createRig(claudeVersion: ClaudeVersion, options?: ClaudeRigOptions): Promise<Rig> {
  const claudeRig = await createClaudeRig(claudeVersion, options);
  const { stateHome, logger, work } = claudeRig;
  const disposeClaude = claudeRig.dispose.bind(claudeRig);
  const bridge = new BridgeServer({
    kind: 'window',
    version,
    stateHome,
    logger,
    folders: () => [work],
    service: forwarding(() => rig.service),
  });
  await bridge.listen();
  const dispose = async () => {
    await bridge.close();
    await disposeClaude();
  };
  const rig: Rig = Object.assign(claudeRig, { bridge, service: new FakeService(), dispose });
  return rig;
}

/** Installs the plugin of a rig that has no window: a window is there only meanwhile. */
export async function installWithoutWindow({ plugin, stateHome, logger }: ClaudeRig): Promise<void> {
  const folders = () => [];
  const service = new FakeService();
  const bridge = new BridgeServer({ kind: 'window', version, stateHome, logger, folders, service });
  await bridge.listen();
  try {
    await plugin.install(bridge.discoveryFile ?? '');
  } finally {
    await bridge.close();
  }
}

function forwarding(service: () => FakeService): BridgeService {
  return {
    greeted: (client) => service().greeted(client),
    startJob: (params, call) => service().startJob(params, call),
    decide: (params) => service().decide(params),
    wait: (params, call) => service().wait(params, call),
    cancel: (params) => service().cancel(params),
    result: (params) => service().result(params),
    status: (params) => service().status(params),
    setup: (params) => service().setup(params),
    findings: (params) => service().findings(params),
    score: () => service().score(),
    prepareTask: (params, call) => service().prepareTask(params, call),
    stop: (params, call) => service().stop(params, call),
    sessionStart: (params, call) => service().sessionStart(params, call),
    sessionEnd: (params, call) => service().sessionEnd(params, call),
  };
}

async function print(
  { claude, work, env }: ClaudeRig,
  prompt: string,
  flags: readonly string[],
): Promise<Printed> {
  const args = ['-p', '--output-format', 'stream-json', '--verbose', ...flags];
  // On stdin: a prompt with a leading dash, and one of any length, stay what they are.
  const { code, stdout } = await run(claude, args, { cwd: work, env, input: prompt, timeout: 60_000 });
  const events = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => objectOf(JSON.parse(line)));
  const result = events.findLast(({ type }) => type === 'result');
  return { code, events, result: textOf(result?.['result']) };
}

/** Some text below the empty prompt, in both versions. */
const ready = /\? for shortcuts|accept edits on/;

/**
 * In a mode of permissions that both versions know: 2.1.330 begins in another one, in which a server of the vendor has to
 * look at each call of a tool (measured).
 */
async function open(
  { claude, work, env }: ClaudeRig,
  more: Environment = {},
  mode: PermissionMode = 'default',
): Promise<Terminal> {
  const terminal = await openTerminal({
    file: claude,
    args: ['--permission-mode', mode],
    cwd: work,
    env: { ...env, ...more },
  });
  try {
    await terminal.waitFor(ready);
  } catch (error) {
    await terminal.dispose();
    throw error;
  }
  return terminal;
}

/** Types a command, and presses Enter once it stands there: on a half-drawn list of suggestions it would take another one. */
export async function enter(terminal: Terminal, command: string): Promise<void> {
  await terminal.type(command);
  const escaped = command.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
  await terminal.waitFor(new RegExp(`❯\\s${escaped.slice(0, 60)}`));
  await terminal.press('Enter');
}
