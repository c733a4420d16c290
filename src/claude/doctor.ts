import { candidateText, otherCandidates } from '../base/candidates.ts';
import { isExecutable } from '../base/executables.ts';
import type { SetupCheck } from '../protocol/bridge.ts';
import { setupCheck } from '../protocol/setupCheck.ts';
import { type HookSighting, type HooksSeen, afterEdits } from './hooksSeen.ts';
import { type ClaudeProgram, findClaude } from './locate.ts';
import { findNode } from './nodeRuntime.ts';
import type { PluginState } from './plugin.ts';
import { pluginFolder, pluginVersion } from './pluginFolder.ts';
import { recordedRuntimes } from './pluginLauncher.ts';

/*
 * Reviews work without Claude Code and our plugin in it, so nothing here is worse than a warning. What throws is for the
 * caller to tell.
 */

export function claudeCheck({ version, found }: ClaudeProgram): SetupCheck {
  return setupCheck('claude', 'ok', `${version} at ${candidateText(found)}`);
}

/** The executables that would do as well, or that one might have expected to be the chosen one. */
export async function checkOtherClaude(setting: string, env: NodeJS.ProcessEnv): Promise<SetupCheck[]> {
  const [chosen] = await findClaude(setting, env);
  const others = await otherCandidates(chosen, await findClaude('', env));
  if (others.length === 0) return [];
  return [setupCheck('claude-candidates', 'info', others.map(candidateText).join(', '))];
}

const installAdvice = 'Run “Tandem: Install Claude Code Plugin” in VS Code.';

/** The plugin, and the other one that gets in its way. */
export function pluginChecks({ own, version, peer }: PluginState): SetupCheck[] {
  const details = {
    current: `codex@tandem ${version ?? ''}`,
    missing: 'not installed',
    disabled: 'installed, but disabled in Claude Code',
    outdated: `outdated (${version ?? 'unknown version'})`,
  };
  const check =
    own === 'current'
      ? setupCheck('plugin', 'ok', details[own])
      : setupCheck('plugin', 'warning', details[own], installAdvice);
  return peer === 'enabled' ? [check, peerCheck()] : [check];
}

function peerCheck(): SetupCheck {
  return setupCheck(
    'peer',
    'warning',
    'codex@openai-codex has the same commands, and Claude Code drops the hooks of one of the two silently',
    'Disable it with `claude plugin disable codex@openai-codex`.',
  );
}

/**
 * Which hooks have come, and when: the only proof that they fire. Nothing where no plugin is installed that could have any.
 * @param now milliseconds since the epoch
 */
export async function checkHooks(seen: HooksSeen, stateHome: string, now: number): Promise<SetupCheck[]> {
  const sightings = [...(await seen.lastSeen())].sort(([, a], [, b]) => b.at.localeCompare(a.at));
  if (sightings.length > 0) {
    const texts = sightings.map(([event, sighting]) => sightingText(event, sighting, now));
    return [setupCheck('hooks', 'ok', `seen ${texts.join(', ')}`)];
  }
  if (!(await isInstalled(stateHome))) return [];
  const advice = `Type /codex:status in Claude Code. ${panelAdvice}`;
  return [setupCheck('hooks', 'warning', 'have not been seen working yet', advice)];
}

/** What to do where hooks may never come. */
export const panelAdvice =
  'In Claude Code’s own VS Code panel hooks may not fire: there the setting `tandem.gate.afterEdits` has Codex review Claude’s edits once they have settled.';

function sightingText(event: string, { at, claude }: HookSighting, now: number): string {
  const name = event === afterEdits ? 'review after edits' : event;
  const version = claude === null ? '' : ` (Claude Code ${claude})`;
  return `${name} ${agoText(now - Date.parse(at))}${version}`;
}

const minute = 60_000;

/** @param milliseconds NaN or negative where the record or the clock is wrong */
function agoText(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / minute);
  if (!(minutes >= 1)) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ago` : `${Math.floor(hours / 24)} d ago`;
}

/** What the hooks and the MCP server of the installed plugin start with. */
export async function checkRuntime(stateHome: string, env: NodeJS.ProcessEnv): Promise<SetupCheck[]> {
  if (!(await isInstalled(stateHome))) return [];
  for (const file of await recordedRuntimes(pluginFolder(stateHome)))
    if (file !== '' && (await isExecutable(file)))
      return [setupCheck('runtime', 'ok', `${file} (recorded by the installation)`)];
  const node = await findNode(env);
  if (node !== null) return [setupCheck('runtime', 'ok', node)];
  const detail = 'there is no Node 20 or later, and what the installation has recorded is gone';
  return [setupCheck('runtime', 'warning', detail, installAdvice)];
}

async function isInstalled(stateHome: string): Promise<boolean> {
  return (await pluginVersion(pluginFolder(stateHome))) !== null;
}
