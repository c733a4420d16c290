import type * as vscode from 'vscode';

/*
 * The names that package.json and the code share; test/unit/vscode/contributions.test.ts compares both. The `vscode`
 * namespace is handed in, so that this module can be read without an editor.
 */

export const extensionId = 'tandem.tandem';

/** What the user can run, by key, menu or palette. */
export const commandIds = [
  'tandem.reviewChanges',
  'tandem.reviewWorkingTree',
  'tandem.reviewBranch',
  'tandem.cancelReview',
  'tandem.showFindings',
  'tandem.clearFindings',
  'tandem.showRawAnswer',
  'tandem.showLog',
  'tandem.restartAppServer',
  'tandem.installPlugin',
  'tandem.setUp',
] as const;

/** Run by our own code actions only; the argument is a finding's id. Not in package.json, so not in the palette. */
export const internalCommandIds = ['tandem.showFinding'] as const;

export type CommandId = (typeof commandIds)[number] | (typeof internalCommandIds)[number];

/** Settings with their defaults; `scope` is VS Code's: a `machine` setting cannot come from a workspace. */
export const settings = {
  'tandem.codex.path': { default: '', scope: 'machine' },
  'tandem.claude.path': { default: '', scope: 'machine' },
  'tandem.review.model': { default: '', scope: 'window' },
  'tandem.review.effort': { default: '', scope: 'window' },
  'tandem.review.baseBranch': { default: '', scope: 'window' },
} as const satisfies Record<string, { default: string; scope: 'machine' | 'window' }>;

export type SettingId = keyof typeof settings;

export const viewContainerId = 'tandem';
export const findingsViewId = 'tandem.findings';

/** Context keys for `when` clauses, with the type of their values. */
export interface ContextKeys {
  /** A review runs in this window. */
  'tandem.reviewRunning': boolean;
  /** There is something to show and to clear. */
  'tandem.hasFindings': boolean;
}
export const contextKeys = [
  'tandem.reviewRunning',
  'tandem.hasFindings',
] as const satisfies readonly (keyof ContextKeys)[];

type CommandsApi = Pick<typeof vscode.commands, 'registerCommand' | 'executeCommand'>;

/** `run` gets whatever the caller passes: menus add arguments, and so may a user's keybinding. */
export function registerCommand(
  commands: CommandsApi,
  id: CommandId,
  run: (...args: unknown[]) => unknown,
): vscode.Disposable {
  return commands.registerCommand(id, run);
}

/** The setting's value, trimmed; its default where settings.json holds something of another type. */
export function readSetting(
  workspace: Pick<typeof vscode.workspace, 'getConfiguration'>,
  id: SettingId,
): string {
  const value: unknown = workspace.getConfiguration().get(id);
  return typeof value === 'string' ? value.trim() : settings[id].default;
}

/** Sets context keys, where their value has changed. */
export class Context {
  private readonly known = new Map<keyof ContextKeys, unknown>();

  constructor(private readonly commands: CommandsApi) {}

  set<K extends keyof ContextKeys>(key: K, value: ContextKeys[K]): void {
    if (this.known.get(key) === value) return;
    this.known.set(key, value);
    void this.commands.executeCommand('setContext', key, value);
  }
}
