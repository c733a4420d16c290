import { UserError, messageOf } from '../base/errors.ts';
import type { SetupCheck } from '../protocol/bridge.ts';
import { locateClaude } from './locate.ts';
import { ClaudePlugin, type PluginOptions, type PluginState } from './plugin.ts';

/** What the checks need; the executable is what they look for. */
export type ClaudeCheckOptions = Omit<PluginOptions, 'claude'> & { setting: string };

/**
 * Finds Claude Code and looks at our plugin in it. Reviews work without either, so nothing here is worse than a
 * warning.
 */
export async function checkClaude({ setting, ...options }: ClaudeCheckOptions): Promise<SetupCheck[]> {
  try {
    const { file, found, version } = await locateClaude(setting, options.env);
    const claude: SetupCheck = {
      id: 'claude',
      title: 'Claude Code',
      state: 'ok',
      detail: `${version} at ${found.file}`,
    };
    return [claude, ...(await checkPlugin(new ClaudePlugin({ ...options, claude: file })))];
  } catch (error) {
    return [troubled('claude', 'Claude Code', error)];
  }
}

async function checkPlugin(plugin: ClaudePlugin): Promise<SetupCheck[]> {
  try {
    const state = await plugin.state();
    return [pluginCheck(state), ...peerCheck(state)];
  } catch (error) {
    return [troubled('plugin', 'Claude Code plugin', error)];
  }
}

const installAdvice = 'Run “Tandem: Install Claude Code Plugin” in VS Code.';

function pluginCheck({ own, version }: PluginState): SetupCheck {
  const check = { id: 'plugin', title: 'Claude Code plugin' } as const;
  if (own === 'current') return { ...check, state: 'ok', detail: `codex@tandem ${version ?? ''}` };
  const detail = {
    missing: 'not installed',
    disabled: 'installed, but disabled in Claude Code',
    outdated: `outdated (${version ?? 'unknown version'})`,
  }[own];
  return { ...check, state: 'warning', detail, advice: installAdvice };
}

function peerCheck({ peer }: PluginState): SetupCheck[] {
  if (peer !== 'enabled') return [];
  return [
    {
      id: 'peer',
      title: 'Other plugin',
      state: 'warning',
      detail:
        'codex@openai-codex has the same commands, and Claude Code drops the hooks of one of the two silently',
      advice: 'Disable it with `claude plugin disable codex@openai-codex`.',
    },
  ];
}

function troubled(id: string, title: string, error: unknown): SetupCheck {
  const advice = error instanceof UserError ? error.advice : undefined;
  return { id, title, state: 'warning', detail: messageOf(error), ...(advice !== undefined && { advice }) };
}
