import { AppServerConnection } from '../../src/codex/connection.ts';
import { resolveLaunch } from '../../src/codex/locate.ts';
import { ServerProcess } from '../../src/codex/serverProcess.ts';
import type { Environment } from '../support/environment.ts';
import { createTempFolder } from '../support/temp.ts';
import { type RecordingLogger, createRecordingLogger } from '../unit/bridge/samples.ts';

export interface DirectConnection {
  readonly connection: AppServerConnection;
  readonly logger: RecordingLogger;
  /** Ends the server; not needed if it has ended. */
  readonly dispose: () => Promise<void>;
}

/** Tandem's own connection to a Codex of its own, without the host around it. */
export async function openConnection(codex: string, env: Environment): Promise<DirectConnection> {
  const logger = createRecordingLogger();
  const launch = await resolveLaunch({ file: codex, source: 'setting' });
  const cwd = createTempFolder('server').path;
  const child = new ServerProcess({ launch, env: { ...env }, cwd, logger });
  const connection = new AppServerConnection(child, { version: '0.0.0', logger });
  await connection.handshake();
  return { connection, logger, dispose: () => connection.close('stopped') };
}
