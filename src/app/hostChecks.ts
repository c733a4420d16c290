import path from 'node:path';
import type { App } from '../app.ts';
import { UserError } from '../base/errors.ts';
import { panelAdvice } from '../claude/doctor.ts';
import { readDiscovery } from '../client/discoverHosts.ts';
import { HostConnection, HostUnusable } from '../client/hostConnection.ts';
import type { SetupCheck } from '../protocol/bridge.ts';
import type { Discovery } from '../protocol/discovery.ts';
import { setupCheck } from '../protocol/setupCheck.ts';
import type { Settings } from './settings.ts';

const reload = 'Reload the VS Code window.';

/**
 * Shakes hands with this very host, as a caller does.
 * @throws UserError if callers can't reach it
 */
export async function checkSocket({ bridge }: App, version: string): Promise<SetupCheck> {
  const file = bridge.discoveryFile;
  const discovery = file === undefined ? null : await readDiscovery(file);
  if (discovery === null) throw new UserError('Slash commands and terminals can’t find this window.', reload);
  await shakeHands(discovery, version);
  const { kind, address, folders } = discovery;
  const host =
    kind === 'window' ? 'this window' : 'a process of its own, because no VS Code window is open here,';
  const where = folders.length === 0 ? 'no folder' : folders.join(', ');
  return setupCheck('socket', 'ok', `${host} listens at ${address} for ${where}`);
}

async function shakeHands(discovery: Discovery, version: string): Promise<void> {
  try {
    const connection = await HostConnection.open(discovery, { door: 'check', pid: process.pid, version });
    connection.close();
  } catch (error) {
    if (!(error instanceof HostUnusable)) throw error;
    const { problem } = error;
    throw new UserError(`Slash commands and terminals can’t reach this window: ${problem}.`, reload);
  }
}

/**
 * Whether Claude's turns are reviewed, and how.
 * @param repository null outside of one
 * @param isNew it has just been switched: nothing can have come of it yet
 */
export async function checkGate(app: App, repository: string | null, isNew: boolean): Promise<SetupCheck> {
  if (repository === null) return setupCheck('gate', 'info', 'needs a git repository');
  const name = path.basename(repository);
  if (!(await app.gates.isOn(repository)))
    return setupCheck('gate', 'info', `off for ${name} (\`setup --enable-review-gate\` switches it on)`);
  const detail = `on for ${name}: ${modeText(app.settings())}`;
  if (isNew || (await app.hooksSeen.lastSeen()).has('Stop')) return setupCheck('gate', 'ok', detail);
  const unseen = `${detail}. Claude Code’s Stop hook, which starts it, has not been seen yet`;
  return setupCheck('gate', 'warning', unseen, panelAdvice);
}

function modeText({ gateMode, gateMaxRounds, gateMinutes }: Settings): string {
  const how =
    gateMode === 'blocking'
      ? 'Claude waits for the review of its turn'
      : 'Claude is woken if the review of its turn finds something';
  return `${how}, at most ${gateMaxRounds} ${gateMaxRounds === 1 ? 'round' : 'rounds'} and ${gateMinutes} min`;
}

/** For the user who has switched it. */
export function gateNews(repository: string, on: boolean): string {
  const name = path.basename(repository);
  return on
    ? `The stop-time review gate is now on for ${name}: when Claude Code is about to stop, Codex reviews what it changed. \`/codex:setup --disable-review-gate\` switches it off again.`
    : `The stop-time review gate is now off for ${name}. \`/codex:setup --enable-review-gate\` switches it on again.`;
}
