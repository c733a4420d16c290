import type { AskForApproval, SandboxPolicy } from '../protocol/appServer.gen.ts';
import type { MethodResult } from '../protocol/appServer.ts';
import type { AppServerConnection } from './connection.ts';

type Config = MethodResult<'config/read'>['config'];

/** What tasks may do by themselves, and when they ask. */
export interface TaskRules {
  /** Of tasks that may change files; `inherit` is what the user's Codex configuration says. All others only read. */
  readonly sandbox: 'inherit' | 'read-only' | 'workspace-write';
  readonly approvalPolicy: 'inherit' | 'untrusted' | 'on-request' | 'never';
  /** May their commands use the network without asking? Not looked at where the sandbox is inherited. */
  readonly network: boolean;
}

/** Null for what the user's Codex configuration says. */
export function approvalPolicyOf({ approvalPolicy }: TaskRules): AskForApproval | null {
  return approvalPolicy === 'inherit' ? null : approvalPolicy;
}

/**
 * Whether a command that is asked for would run outside of its sandbox: where only such ones are. Under `untrusted` the
 * others are asked for too, and nothing tells them apart (measured: once allowed 0.169 runs them in it, 0.130 outside).
 * @param thread what its policy is where the rules leave it to the user's configuration
 */
export function asksToLeave(
  rules: TaskRules,
  { approvalPolicy }: { approvalPolicy: string | null },
): boolean {
  return (approvalPolicyOf(rules) ?? approvalPolicy) === 'on-request';
}

/**
 * The sandbox of one turn. The thread itself is always opened read-only (see `openThread`), so that an inherited one is
 * read from the user's configuration.
 */
export async function sandboxOf(
  { sandbox, network: networkAccess }: TaskRules,
  write: boolean,
  { connection, cwd }: { connection: AppServerConnection; cwd: string },
): Promise<SandboxPolicy> {
  if (!write || sandbox === 'read-only') return { type: 'readOnly', networkAccess };
  if (sandbox === 'workspace-write') return { ...workspaceWrite, networkAccess };
  const { config } = await connection.request('config/read', { cwd, includeLayers: false });
  return inherited(config);
}

const workspaceWrite = {
  type: 'workspaceWrite',
  writableRoots: [] as string[],
  networkAccess: false,
  excludeTmpdirEnvVar: false,
  excludeSlashTmp: false,
} as const satisfies SandboxPolicy;

/** A mode that is not set or not known is read-only. */
function inherited({ sandbox_mode: mode, sandbox_workspace_write: own }: Config): SandboxPolicy {
  if (mode === 'danger-full-access') return { type: 'dangerFullAccess' };
  if (mode !== 'workspace-write') return { type: 'readOnly', networkAccess: false };
  if (own === null) return workspaceWrite;
  return {
    type: 'workspaceWrite',
    writableRoots: own.writable_roots,
    networkAccess: own.network_access,
    excludeTmpdirEnvVar: own.exclude_tmpdir_env_var,
    excludeSlashTmp: own.exclude_slash_tmp,
  };
}
