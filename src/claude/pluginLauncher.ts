import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { errorCode } from '../base/errors.ts';
import { isExecutable } from '../base/executables.ts';

/**
 * What hooks and the MCP server start with, in the plugin's folder: a POSIX shell script that finds a runtime. Its
 * `prompts/plugin/bin/tandem` tells in which order.
 */
const launcher = path.join('bin', 'tandem');
const runtimeFile = path.join('bin', 'runtime');

/** Programs that can run the plugin's bundles. Absolute paths. */
export interface Runtimes {
  /** Node 20 or later; null where there is none. */
  node: string | null;
  /** The runtime of this very process, which with `ELECTRON_RUN_AS_NODE=1` does as Node. */
  own: string;
}

/** How the plugin in that folder is started: a file and the first arguments. */
export interface Start {
  file: string;
  args: readonly string[];
}

/** Makes a copy of the plugin ready to start on this machine. */
export async function prepareLauncher(
  folder: string,
  { node, own }: Runtimes,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  if (platform === 'win32') {
    await withoutLauncher(folder);
    return;
  }
  const lines = [node ?? '', own].map((file) => (file.includes('\n') ? '' : file));
  await writeFile(path.join(folder, runtimeFile), `${lines.join('\n')}\n`, { mode: 0o600 });
  // Packages and file systems lose it.
  await chmod(path.join(folder, launcher), 0o755);
}

/**
 * How hooks start the companion in that folder.
 * @returns null on Windows without Node
 */
export function companionStart(
  folder: string,
  { node }: Runtimes,
  platform: NodeJS.Platform = process.platform,
): Start | null {
  if (platform !== 'win32') return { file: path.join(folder, launcher), args: [] };
  return node === null ? null : { file: node, args: [path.join(folder, 'tandem.mjs')] };
}

/** False if none of the runtimes that the installation found is there any more; then PATH alone decides. */
export async function hasRuntime(
  folder: string,
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  if (platform === 'win32') return true;
  const files = (await recordedRuntimes(folder)).filter((file) => file !== '');
  const found = await Promise.all(files.map(isExecutable));
  return found.includes(true);
}

/** The runtimes that the installation found, the preferred one first; a line is empty where there was none. */
export async function recordedRuntimes(folder: string): Promise<string[]> {
  try {
    return (await readFile(path.join(folder, runtimeFile), 'utf8')).split('\n');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

const commandSchema = z.looseObject({ command: z.string(), args: z.array(z.string()) });
const hooksSchema = z.looseObject({
  hooks: z.record(z.string(), z.array(z.looseObject({ hooks: z.array(commandSchema) }))),
});
const serversSchema = z.looseObject({ mcpServers: z.record(z.string(), commandSchema) });

/**
 * On Windows nothing starts a shell script, and a hook has no environment of its own, without which VS Code's runtime
 * would open a window: there hooks and server start the `node` of PATH.
 */
async function withoutLauncher(folder: string): Promise<void> {
  await rewrite(path.join(folder, 'hooks', 'hooks.json'), (text) => {
    const file = z.parse(hooksSchema, JSON.parse(text));
    for (const entry of Object.values(file.hooks).flat()) entry.hooks = entry.hooks.map(onNode);
    return file;
  });
  await rewrite(path.join(folder, '.mcp.json'), (text) => {
    const file = z.parse(serversSchema, JSON.parse(text));
    for (const [name, server] of Object.entries(file.mcpServers)) file.mcpServers[name] = onNode(server);
    return file;
  });
}

async function rewrite(file: string, change: (text: string) => unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(change(await readFile(file, 'utf8')), null, 2)}\n`);
}

function onNode<T extends z.infer<typeof commandSchema>>(start: T): T {
  const program = start.args[0] === 'mcp' ? 'mcp.mjs' : 'tandem.mjs';
  return { ...start, command: 'node', args: [`\${CLAUDE_PLUGIN_ROOT}/${program}`, ...start.args] };
}
