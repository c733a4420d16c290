import type { SetupCheck } from '../protocol/bridge.ts';

const marks = { ok: '✓', warning: '!', missing: '✗' } as const;

/** The set-up report for people: reads well as Markdown and as plain text. */
export function setupMarkdown(checks: readonly SetupCheck[]): string {
  const lines = checks.flatMap(({ state, title, detail, advice }) => [
    `${marks[state]} ${title}: ${detail}`,
    ...(advice === undefined ? [] : [`  → ${advice}`]),
  ]);
  return ['Tandem set-up', '', ...lines, '', summaryOf(checks)].join('\n');
}

function summaryOf(checks: readonly SetupCheck[]): string {
  if (checks.some(({ state }) => state === 'missing'))
    return 'Tandem cannot review yet: see what is marked ✗.';
  return checks.some(({ state }) => state === 'warning')
    ? 'Tandem can review; look at what is marked !.'
    : 'Tandem is ready.';
}
