import * as z from 'zod/mini';
import { type RunResult, run } from '../base/childProcess.ts';
import { UserError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { hostVariable } from '../protocol/discovery.ts';
import { findNode } from './nodeRuntime.ts';
import { pluginFolder, pluginVersion, replacePluginFolder } from './pluginFolder.ts';
import { type Runtimes, companionStart, hasRuntime, prepareLauncher } from './pluginLauncher.ts';

/** Always full ids: with two plugins called `codex`, the CLI takes a short one for either (facts: claude-code.md, 1.1). */
const ownId = 'codex@tandem';
const peerId = 'codex@openai-codex';

/** Milliseconds. Measured: about 1 s for each command of the CLI when the machine is idle. */
const commandTimeout = 60_000;
const handshakeTimeout = 30_000;

export interface PluginOptions {
  /** The executable; see `locateClaude`. */
  claude: string;
  env: NodeJS.ProcessEnv;
  /** Workspace folder, so that plugins of the project are seen too; any folder will do. */
  cwd: string;
  stateHome: string;
  /** Folder of the built plugin, as shipped. */
  source: string;
  /** Version of the extension, which is the plugin's too. */
  version: string;
  logger: Logger;
}

export interface PluginState {
  own: 'missing' | 'disabled' | 'outdated' | 'current';
  /** Version of the plugin that sessions load, or null if there is none. */
  version: string | null;
  /** The other plugin with commands `/codex:*`: while both are on, the hooks of one of them are dropped silently. */
  peer: 'absent' | 'disabled' | 'enabled';
}

const listSchema = z.array(
  z.object({
    id: z.string(),
    version: z.optional(z.string()),
    enabled: z.boolean(),
    scope: z.optional(z.string()),
  }),
);
type ListedPlugin = z.infer<typeof listSchema>[number];

const handshakeSchema = z.object({
  companion: z.object({ version: z.string() }),
  host: z.object({ pid: z.int(), version: z.string() }),
});

/** Our plugin in the user's Claude Code, handled only through its own `claude plugin` commands. */
export class ClaudePlugin {
  constructor(private readonly options: PluginOptions) {}

  /** @throws UserError if the CLI does not answer in a known form. */
  async state(): Promise<PluginState> {
    const plugins = await this.list();
    const peers = plugins.filter(({ id }) => id === peerId);
    const peer =
      peers.length === 0 ? 'absent' : peers.some(({ enabled }) => enabled) ? 'enabled' : 'disabled';
    return { ...(await this.ownState(plugins.find(({ id }) => id === ownId))), peer };
  }

  /**
   * Installs or updates our plugin and switches it on, then proves it: the CLI lists it so, and the installed companion
   * reaches this host.
   * @param discoveryFile of the host that this process runs
   * @throws UserError with the output of what failed
   */
  async install(discoveryFile: string): Promise<void> {
    const { source, stateHome, version, env } = this.options;
    const runtimes = { node: await findNode(env), own: process.execPath };
    await replacePluginFolder(source, stateHome, (folder) => prepareLauncher(folder, runtimes));
    await this.command('marketplace', 'add', pluginFolder(stateHome));
    await this.command('install', ownId);
    // Sessions load the folder in place, but the version on record is that of the first install.
    if ((await this.listed()).version !== version) await this.command('update', ownId);
    const plugin = await this.listed();
    if (!plugin.enabled || plugin.version !== version)
      throw new UserError(
        `Claude Code lists the plugin as ${plugin.enabled ? 'enabled' : 'disabled'} in version ${plugin.version ?? '?'}, not as enabled in ${version}.`,
        'Try again, or look at `claude plugin list`.',
      );
    await this.handshake(discoveryFile, runtimes);
  }

  /** Switches the peer off, wherever it is on. */
  async disablePeer(): Promise<void> {
    for (const { scope } of (await this.list()).filter(({ id, enabled }) => id === peerId && enabled))
      await this.command('disable', peerId, ...(scope === undefined ? [] : ['--scope', scope]));
  }

  private async ownState(plugin: ListedPlugin | undefined): Promise<Pick<PluginState, 'own' | 'version'>> {
    const folder = pluginFolder(this.options.stateHome);
    const version = await pluginVersion(folder);
    if (!plugin || version === null) return { own: 'missing', version: null };
    if (!plugin.enabled) return { own: 'disabled', version };
    const { version: shipped } = this.options;
    const isCurrent = version === shipped && plugin.version === shipped && (await hasRuntime(folder));
    return { own: isCurrent ? 'current' : 'outdated', version };
  }

  private async listed(): Promise<ListedPlugin> {
    const plugin = (await this.list()).find(({ id }) => id === ownId);
    if (!plugin) throw new UserError('Claude Code does not list the plugin after its installation.', seeLog);
    return plugin;
  }

  private async list(): Promise<ListedPlugin[]> {
    const { stdout } = await this.command('list', '--json');
    try {
      return z.parse(listSchema, JSON.parse(stdout));
    } catch (error) {
      this.options.logger.warn(`claude plugin list --json: ${messageOf(error)}\n${stdout.slice(0, 2_000)}`);
      throw new UserError('Claude Code lists its plugins in an unknown form.', seeLog);
    }
  }

  private async command(...args: readonly string[]): Promise<RunResult> {
    const { claude, env, cwd, logger } = this.options;
    const line = `claude plugin ${args.join(' ')}`;
    const result = await run(claude, ['plugin', ...args], { cwd, env, timeout: commandTimeout });
    logger.info(`${line}: exit code ${result.code ?? 'none'}`);
    if (result.code === 0) return result;
    throw new UserError(`\`${line}\` ${failureOf(result)}`, seeLog);
  }

  /** Runs the installed companion as the hooks do. */
  private async handshake(discoveryFile: string, runtimes: Runtimes): Promise<void> {
    const { env, stateHome, version } = this.options;
    const start = companionStart(pluginFolder(stateHome), runtimes);
    if (!start)
      throw new UserError('The plugin needs Node 20 or later on PATH, and there is none.', nodeAdvice);
    const result = await run(start.file, [...start.args, 'check'], {
      cwd: stateHome,
      env: { ...env, [hostVariable]: discoveryFile },
      timeout: handshakeTimeout,
    });
    if (result.code !== 0)
      throw new UserError(`The installed companion ${failureOf(result)} (${start.file})`, nodeAdvice);
    const answer = parseHandshake(result.stdout);
    if (answer.companion.version === version && answer.host.pid === process.pid) return;
    throw new UserError(
      `The installed companion (version ${answer.companion.version}) reached process ${answer.host.pid} instead of this one (version ${version}, process ${process.pid}).`,
      'Reload the window and install the plugin again.',
    );
  }
}

function parseHandshake(text: string): z.infer<typeof handshakeSchema> {
  try {
    return z.parse(handshakeSchema, JSON.parse(text));
  } catch (error) {
    throw new UserError(
      `The installed companion answered in an unknown form: ${text.slice(0, 200)}`,
      seeLog,
      {
        cause: error,
      },
    );
  }
}

const seeLog = '`Tandem: Show Log` has the details.';
const nodeAdvice =
  'Install Node 20 or later so that `node` works in a terminal, then install the plugin again.';

function failureOf({ code, stdout, stderr, timedOut }: RunResult): string {
  if (timedOut) return 'did not end in time.';
  const words = `${stdout}\n${stderr}`.trim().slice(-600);
  return `failed with exit code ${code ?? 'none'}: ${words}`;
}
