import { type AppServerConnection, AppServerError } from './connection.ts';

export type SandboxState =
  | { readonly works: true }
  | {
      readonly works: false;
      /** In Codex's own words. */
      readonly reason: string;
    };

/** Milliseconds. Measured: 25 to 70. */
const commandTimeout = 20_000;

/** A command that every platform has, and that does nothing. */
const nothing = process.platform === 'win32' ? ['cmd.exe', '/d', '/c', 'exit 0'] : ['true'];

/**
 * Runs a command that does nothing in the sandbox that reviews run in. Where that fails, every command of a review
 * fails, and the reviewer cannot read the code (facts: app-server.md, 4.5). Needs no thread and no model.
 * @param cwd must exist
 */
export async function probeSandbox(connection: AppServerConnection, cwd: string): Promise<SandboxState> {
  try {
    const { exitCode, stdout, stderr } = await connection.request('command/exec', {
      command: nothing,
      cwd,
      timeoutMs: commandTimeout,
      // The user's own policy may be to have no sandbox, which would always work.
      sandboxPolicy: { type: 'readOnly', networkAccess: false },
    });
    if (exitCode === 0) return { works: true };
    return { works: false, reason: firstLine(stderr + stdout) ?? `A command ended with code ${exitCode}.` };
  } catch (error) {
    if (!(error instanceof AppServerError)) throw error;
    return { works: false, reason: error.serverMessage };
  }
}

function firstLine(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '');
}
