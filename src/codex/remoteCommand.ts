import { UserError } from '../base/errors.ts';
import { type AppServerConnection, AppServerError } from './connection.ts';

export interface RemoteCommand {
  command: string[];
  cwd: string;
  /** Over the server's environment; null for variables that must not be set. */
  env: Record<string, string | null>;
}

/** Milliseconds. */
const timeout = 60_000;
/** Longer output is cut off, on both sides at the same place. Bytes; as of our own commands. */
const maxOutput = 16 * 1024 * 1024;

/**
 * Runs a command where the App Server is, read-only and without network. Needs no thread (facts: app-server.md, 4.5).
 * @throws UserError where it cannot be started: the folder is not there, or the sandbox does not work
 */
export async function runRemotely(
  connection: AppServerConnection,
  { command, cwd, env }: RemoteCommand,
): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    const { exitCode, stdout, stderr } = await connection.request(
      'command/exec',
      {
        command,
        cwd,
        env,
        timeoutMs: timeout,
        outputBytesCap: maxOutput,
        sandboxPolicy: { type: 'readOnly', networkAccess: false },
      },
      { timeout: timeout * 2 },
    );
    return { code: exitCode, stdout, stderr };
  } catch (error) {
    if (!(error instanceof AppServerError)) throw error;
    throw new UserError(error.serverMessage, undefined, { cause: error });
  }
}
