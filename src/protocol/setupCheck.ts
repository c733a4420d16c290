import type { SetupCheck } from './bridge.ts';

/** What set-up looks at, by the ids that scripts may rely on, in the order of the report. */
export const setupTitles = {
  codex: 'Codex',
  'codex-candidates': 'Other Codex',
  'codex-login': 'Codex login',
  'codex-sandbox': 'Codex sandbox',
  claude: 'Claude Code',
  'claude-login': 'Claude Code login',
  'claude-candidates': 'Other Claude Code',
  plugin: 'Claude Code plugin',
  peer: 'Other plugin',
  hooks: 'Hooks of the plugin',
  socket: 'Local socket',
  gate: 'Stop-time review gate',
  runtime: 'Runtime of the plugin',
  test: 'Test',
} as const;
export type SetupCheckId = keyof typeof setupTitles;

export function setupCheck(
  id: SetupCheckId,
  state: SetupCheck['state'],
  detail: string,
  advice?: string,
): SetupCheck {
  return { id, title: setupTitles[id], state, detail, ...(advice !== undefined && { advice }) };
}
