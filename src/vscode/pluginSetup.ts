import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { Host } from '../app/host.ts';
import { CancelledError, UserError, messageOf } from '../base/errors.ts';
import { locateClaude } from '../claude/locate.ts';
import { ClaudePlugin } from '../claude/plugin.ts';
import { plainText } from './errorMessage.ts';

/** In the machine's memory of this extension: the installation has been offered. */
const offeredKey = 'plugin.offered';

const install = 'Install';
const disablePeer = 'Disable It';
const keepBoth = 'Keep Both';

/** Gets the companion plugin into the user's Claude Code. */
export class PluginSetup {
  private offering: Promise<void> | undefined;

  constructor(
    private readonly host: Host,
    private readonly app: App,
    private readonly memory: vscode.Memento,
  ) {}

  /**
   * Installs the plugin, or updates it, and proves that it works.
   * @throws UserError if something is missing or fails, CancelledError if the user thinks better of it
   */
  async install(): Promise<void> {
    this.app.requireTrust();
    const discoveryFile = this.discoveryFile();
    const plugin = await progress('Looking for Claude Code', () => this.plugin());
    const { peer } = await progress('Looking for the plugins of Claude Code', () => plugin.state());
    if (peer === 'enabled' && (await askAboutPeer()) === disablePeer)
      await progress('Disabling codex@openai-codex', () => plugin.disablePeer());
    await progress('Installing the Claude Code plugin', () => plugin.install(discoveryFile));
    void vscode.window.showInformationMessage(
      `The Claude Code plugin ${this.host.version} is installed and reaches this window. New sessions of Claude Code have /codex:review; running ones need /reload-plugins.`,
    );
  }

  /**
   * Once in a window: brings an outdated plugin up to date. Once on a machine: offers one that is missing. Both only
   * where Claude Code is found; a plugin that was switched off stays off.
   */
  offer(): Promise<void> {
    this.offering ??= this.lookAndOffer();
    return this.offering;
  }

  private async lookAndOffer(): Promise<void> {
    if (!(await this.isToBeOffered())) return;
    await this.memory.update(offeredKey, true);
    const question =
      'Claude Code is installed here. Install its Tandem plugin, so that /codex:review works in its sessions and its findings are shown in this window?';
    const answer = await vscode.window.showInformationMessage(question, install, 'Not Now');
    if (answer === install) await this.install();
  }

  /** Updates on the way. Nobody asked for any of this, so that what goes wrong is for the log. */
  private async isToBeOffered(): Promise<boolean> {
    const { discoveryFile } = this.app.bridge;
    if (!this.host.trusted() || discoveryFile === undefined) return false;
    const { logger } = this.host;
    try {
      const plugin = await this.plugin();
      const { own, version } = await plugin.state();
      if (own === 'outdated') {
        logger.info(`Updating the Claude Code plugin from ${version ?? '?'} to ${this.host.version}.`);
        await plugin.install(discoveryFile);
      }
      return own === 'missing' && this.memory.get(offeredKey) !== true;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      logger.info(`The Claude Code plugin is neither offered nor updated: ${messageOf(error)}`);
      return false;
    }
  }

  private async plugin(): Promise<ClaudePlugin> {
    const { env, logger, stateHome, pluginSource: source, version } = this.host;
    const { file } = await locateClaude(this.host.settings().claudePath, env);
    const cwd = this.host.folders()[0] ?? stateHome;
    return new ClaudePlugin({ claude: file, env, cwd, stateHome, source, version, logger });
  }

  private discoveryFile(): string {
    const file = this.app.bridge.discoveryFile;
    if (file === undefined)
      throw new UserError(
        'The plugin could not reach this window: its local socket is not open.',
        'Reload the window.',
      );
    return file;
  }
}

async function askAboutPeer(): Promise<string> {
  const message = 'Another plugin of Claude Code has the same commands: codex@openai-codex. Disable it?';
  const detail =
    'Both plugins have /codex:review and other commands. While both are enabled, Claude Code drops the hooks of one of them silently, so that Tandem’s commands may not reach this window. You can enable it again with: claude plugin enable codex@openai-codex';
  const answer = await vscode.window.showWarningMessage(
    message,
    { modal: true, detail },
    disablePeer,
    keepBoth,
  );
  if (answer === undefined) throw new CancelledError();
  return answer;
}

function progress<T>(title: string, work: () => Promise<T>): Thenable<T> {
  const options = { location: vscode.ProgressLocation.Notification, title: plainText(title) };
  return vscode.window.withProgress(options, work);
}
