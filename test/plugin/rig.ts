import { BridgeServer } from '../../src/bridge/bridgeServer.ts';
import { run } from '../../src/base/childProcess.ts';
import { ClaudePlugin } from '../../src/claude/plugin.ts';
import { type MessagesModel, startMessagesModel } from '../models/messages.ts';
import { says } from '../models/messagesReply.ts';
import { type ClaudeVersion, claudeBinary } from '../support/binaries.ts';
import { type ClaudeHome, createClaudeHome } from '../support/claudeHome.ts';
import type { Environment } from '../support/environment.ts';
import { type JsonObject, objectOf, textOf } from '../support/json.ts';
import { createTempFolder } from '../support/temp.ts';
import { FakeService } from '../unit/bridge/fakeService.ts';
import { type RecordingLogger, createRecordingLogger } from '../unit/bridge/samples.ts';
import { buildPlugin } from './builtPlugin.ts';

/** What the stand-in model says to whatever it is asked. */
export const modelWords = 'Stand-in model: here is what Codex found.';
export const version = '0.1.0';

/**
 * A real Claude Code in an own home, a stand-in for its model, and a window's bridge in this process whose service is
 * faked. What happens behind the bridge is tested elsewhere; this is about the door.
 */
export interface Rig {
  readonly claude: string;
  readonly home: ClaudeHome;
  readonly model: MessagesModel;
  readonly bridge: BridgeServer;
  readonly logger: RecordingLogger;
  readonly plugin: ClaudePlugin;
  readonly stateHome: string;
  /** The workspace folder. */
  readonly work: string;
  /** Environment of a terminal that is not VS Code's. */
  readonly env: Environment;
  /** Put a new one in for each test. */
  service: FakeService;
  /** Runs `claude -p` in the workspace. */
  print(prompt: string, ...flags: string[]): Promise<Printed>;
  dispose(): Promise<void>;
}

export interface Printed {
  readonly code: number | null;
  readonly events: readonly JsonObject[];
  /** `result` of the last result event. */
  readonly result: string;
}

export async function createRig(claudeVersion: ClaudeVersion): Promise<Rig> {
  const claude = claudeBinary(claudeVersion).native;
  const work = createTempFolder('work').path;
  const stateHome = createTempFolder('state').path;
  const logger = createRecordingLogger();
  const model = await startMessagesModel(() => says(modelWords));
  const home = createClaudeHome({ modelUrl: model.url, trustedFolders: [work] });
  const env = { ...home.env, TANDEM_HOME: stateHome };
  const bridge = new BridgeServer({
    kind: 'window',
    version,
    stateHome,
    logger,
    folders: () => [work],
    service: {
      startReview: (params, origin) => rig.service.startReview(params, origin),
      wait: (id, onProgress, signal) => rig.service.wait(id, onProgress, signal),
      cancel: (id) => rig.service.cancel(id),
      status: (params) => rig.service.status(params),
      setup: (params) => rig.service.setup(params),
    },
  });
  await bridge.listen();
  const source = await buildPlugin(version);
  const rig: Rig = {
    claude,
    home,
    model,
    bridge,
    logger,
    plugin: new ClaudePlugin({ claude, env, cwd: work, stateHome, source, version, logger }),
    stateHome,
    work,
    env,
    service: new FakeService(),
    print: (prompt, ...flags) => print(rig, prompt, flags),
    dispose: async () => {
      await bridge.close();
      await model.dispose();
      await home.dispose();
    },
  };
  return rig;
}

async function print({ claude, work, env }: Rig, prompt: string, flags: readonly string[]): Promise<Printed> {
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
