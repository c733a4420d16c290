import { AppServer, type AppServerOptions } from '../../src/codex/appServer.ts';
import type { AppServerConnection } from '../../src/codex/connection.ts';
import { hang } from '../models/responsesReply.ts';
import { type ModelScript, type ResponsesModel, startResponsesModel } from '../models/responses.ts';
import { type CodexHome, type CodexHomeOptions, createCodexHome } from '../support/codexHome.ts';
import { createTempFolder } from '../support/temp.ts';
import { type RecordingLogger, createRecordingLogger } from '../unit/bridge/samples.ts';

/** What tests of the supervision start from: a Codex home, a model, a state folder, and servers on them. */
export interface Supervised {
  readonly model: ResponsesModel;
  readonly home: CodexHome;
  readonly logger: RecordingLogger;
  /** State folder, with the process journal in it. */
  readonly folder: string;
  server(executable: () => string, options?: Partial<AppServerOptions>): AppServer;
  dispose(): Promise<void>;
}

/** @param script what the model says; by default it never finishes an answer */
export async function createSupervised(
  homeOptions: Partial<CodexHomeOptions> = {},
  script: ModelScript = () => hang(),
): Promise<Supervised> {
  const model = await startResponsesModel(script);
  const home = createCodexHome({ modelUrl: model.url, ...homeOptions });
  const state = createTempFolder('state');
  const logger = createRecordingLogger();
  const servers: AppServer[] = [];
  return {
    model,
    home,
    logger,
    folder: state.path,
    server: (executable, options = {}) => {
      const basis = { version: '0.0.0', env: { ...home.env }, folder: state.path, logger };
      const server = new AppServer({ ...basis, executable, ...options });
      servers.push(server);
      return server;
    },
    dispose: async () => {
      for (const server of servers) await server.dispose();
      await model.dispose();
      await home.dispose();
      await state.dispose();
    },
  };
}

export async function openThread(
  connection: AppServerConnection,
  cwd: string,
  sandbox: 'read-only' | 'danger-full-access' = 'read-only',
): Promise<string> {
  return (await connection.request('thread/start', { cwd, sandbox, approvalPolicy: 'never' })).thread.id;
}

export async function startTurn(connection: AppServerConnection, threadId: string): Promise<void> {
  const input = [{ type: 'text' as const, text: 'Go.', text_elements: [] }];
  await connection.request('turn/start', { threadId, input });
}
