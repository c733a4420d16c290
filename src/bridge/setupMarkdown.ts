import type { SetupCheck } from '../protocol/bridge.ts';

const marks = { ok: '✓', warning: '!', missing: '✗' } as const;

/** The set-up report for people: reads well as Markdown and as plain text. */
export function setupMarkdown(checks: readonly SetupCheck[]): string {
  const lines = checks.flatMap(({ state, title, detail, advice }) => [
    `${marks[state]} ${title}: ${detail}`,
    ...(advice === undefined ? [] : [`  → ${advice}`]),
  ]);
  const missing = checks.filter(({ state }) => state === 'missing').length;
  const summary = missing === 0 ? 'Tandem is ready.' : 'Tandem cannot review yet: see what is marked ✗.';
  return ['Tandem set-up', '', ...lines, '', summary].join('\n');
}
