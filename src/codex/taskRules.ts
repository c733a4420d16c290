import * as z from 'zod/mini';
import type { AskForApproval, SandboxPolicy } from '../protocol/appServer.gen.ts';
import type { AppServerConnection } from './connection.ts';

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
  return inherited(z.safeParse(configSchema, config).data ?? {});
}

const workspaceWrite = {
  type: 'workspaceWrite',
  writableRoots: [] as string[],
  networkAccess: false,
  excludeTmpdirEnvVar: false,
  excludeSlashTmp: false,
} as const satisfies SandboxPolicy;

const bool = z.catch(z.optional(z.boolean()), undefined);
const configSchema = z.object({
  sandbox_mode: z.catch(z.optional(z.string()), undefined),
  sandbox_workspace_write: z.catch(
    z.optional(
      z.object({
        writable_roots: z.catch(z.optional(z.array(z.string())), undefined),
        network_access: bool,
        exclude_tmpdir_env_var: bool,
        exclude_slash_tmp: bool,
      }),
    ),
    undefined,
  ),
});

/** A mode that is not set or not known is read-only. */
function inherited({
  sandbox_mode,
  sandbox_workspace_write: own,
}: z.infer<typeof configSchema>): SandboxPolicy {
  if (sandbox_mode === 'danger-full-access') return { type: 'dangerFullAccess' };
  if (sandbox_mode !== 'workspace-write') return { type: 'readOnly', networkAccess: false };
  return {
    type: 'workspaceWrite',
    writableRoots: own?.writable_roots ?? [],
    networkAccess: own?.network_access ?? false,
    excludeTmpdirEnvVar: own?.exclude_tmpdir_env_var ?? false,
    excludeSlashTmp: own?.exclude_slash_tmp ?? false,
  };
}
