import type { JsonValue } from '../protocol/appServer.gen.ts';
import type { AppServerConnection } from './connection.ts';

/**
 * Configuration for `thread/start` and `thread/resume` under which Codex starts no MCP server: none of config.toml
 * (the user's, or a trusted project's), none of a plugin, and no app. Measured on 0.130 and 0.169: overrides are merged
 * into the user's configuration, so `mcp_servers: {}` changes nothing and each server is switched off by its name, which
 * `config/read` tells without starting any (`mcpServerStatus/list` would start them all). Servers of plugins can't be
 * named (`invalid transport`); they go with the plugins.
 * @param cwd the folder of the thread: its project may have servers of its own
 */
export async function threadConfigWithoutMcp(
  connection: AppServerConnection,
  cwd: string,
): Promise<Record<string, JsonValue>> {
  const { config } = await connection.request('config/read', { cwd, includeLayers: false });
  const off = Object.keys(config.mcp_servers).map((name) => [name, { enabled: false }] as const);
  return {
    mcp_servers: Object.fromEntries(off),
    features: { plugins: false, apps: false },
  };
}
