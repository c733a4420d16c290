import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Settings under which nothing moves, asks or calls home by itself. */
const quietSettings: Readonly<Record<string, unknown>> = {
  'chat.disableAIFeatures': true,
  'editor.minimap.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'git.autofetch': false,
  'git.openRepositoryInParentFolders': 'never',
  'remote.autoForwardPorts': false,
  'security.workspace.trust.untrustedFiles': 'open',
  // Asked once in each repository otherwise, and each test has a new one.
  'tandem.review.showWhatLeaves': 'held-back',
  'telemetry.telemetryLevel': 'off',
  // Only without the GPU is a terminal's text in the page's DOM, where a test can read it.
  'terminal.integrated.gpuAcceleration': 'off',
  'terminal.integrated.enablePersistentSessions': false,
  'terminal.integrated.initialHint': false,
  'terminal.integrated.suggest.enabled': false,
  'update.mode': 'none',
  'window.commandCenter': false,
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** Writes the user's settings.json: the quiet set, over it what the file says already, over that `overrides`. */
export async function writeSettings(
  userData: string,
  overrides: Readonly<Record<string, unknown>>,
): Promise<void> {
  const file = join(userData, 'User/settings.json');
  await mkdir(join(userData, 'User'), { recursive: true });
  const present: unknown = existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : {};
  if (typeof present !== 'object' || present === null) throw new Error(`${file} is not an object.`);
  await writeFile(file, JSON.stringify({ ...quietSettings, ...present, ...overrides }, undefined, 2));
}

/**
 * Makes an unpacked extension part of a profile without copying it: before the first start, the server takes every folder in
 * there for an installed extension, provided that it has the name the server would have given it.
 */
export async function linkExtension(folder: string, extensions: string): Promise<void> {
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  if (!isManifest(manifest)) {
    throw new Error(`${folder} is not an extension: its package.json lacks publisher, name or version.`);
  }
  const link = join(extensions, `${manifest.publisher}.${manifest.name}-${manifest.version}`);
  if (!existsSync(link)) await symlink(folder, link);
}

function isManifest(value: unknown): value is Readonly<Record<'publisher' | 'name' | 'version', string>> {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map(Object.entries(value));
  return ['publisher', 'name', 'version'].every((name) => typeof fields.get(name) === 'string');
}
