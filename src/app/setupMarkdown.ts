import type { SetupCheck } from '../protocol/bridge.ts';

const marks = { ok: '✓', info: '·', warning: '!', missing: '✗' } as const;

/**
 * The set-up report for people: reads well as Markdown and as plain text. Its last line says what it comes to.
 * @param news what has been changed on the way; empty for nothing
 */
export function setupMarkdown(checks: readonly SetupCheck[], news: string): string {
  const head = news === '' ? [] : ['', news];
  return ['Tandem set-up', ...head, '', ...checks.flatMap(checkLines), '', summaryOf(checks)].join('\n');
}

function checkLines({ state, title, detail, advice }: SetupCheck): string[] {
  const [first = '', ...more] = detail.trim().split('\n');
  const lines = [`- ${marks[state]} ${title}: ${first}`, ...more.map((line) => `  ${line}`)];
  return advice === undefined ? lines : [...lines, `  → ${advice}`];
}

function summaryOf(checks: readonly SetupCheck[]): string {
  if (checks.some(({ state }) => state === 'missing'))
    return 'Tandem cannot review yet: see what is marked ✗.';
  return checks.some(({ state }) => state === 'warning')
    ? 'Tandem can review; look at what is marked !.'
    : 'Tandem is ready.';
}
