import type { SetupCheck, SetupResult } from '../protocol/bridge.ts';

/** What can be done about a set-up, by the label of its button. */
export const setupActions = {
  install: 'Install Codex',
  logIn: 'Log In to Codex…',
  plugin: 'Install Plugin',
  repair: 'Repair Plugin',
  test: 'Test Now',
} as const;
export type SetupAction = keyof typeof setupActions;

/** What helps, the most needed first. What is only doubted is offered too: nothing here is blocked by doubt. */
export function offeredActions(checks: readonly SetupCheck[]): SetupAction[] {
  const state = (id: string) => checks.find((check) => check.id === id)?.state;
  const isFound = state('codex') !== undefined && state('codex') !== 'missing';
  const plugin = state('plugin');
  return [
    ...(isFound ? [] : (['install'] as const)),
    ...(isFound && isTroubled(state('codex-login')) ? (['logIn'] as const) : []),
    ...(isTroubled(plugin) ? [pluginAction(checks)] : []),
    ...(isFound ? (['test'] as const) : []),
  ];
}

function isTroubled(state: SetupCheck['state'] | undefined): boolean {
  return state === 'missing' || state === 'warning';
}

function pluginAction(checks: readonly SetupCheck[]): SetupAction {
  const detail = checks.find(({ id }) => id === 'plugin')?.detail ?? '';
  return detail.startsWith('not installed') ? 'plugin' : 'repair';
}

/** The last line of the report says what it comes to. */
export function setupSummary({ markdown }: SetupResult): string {
  return markdown.trimEnd().split('\n').at(-1) ?? '';
}
