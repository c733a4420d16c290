import type { ListedRun } from '../src/protocol/pageSlices.ts';
import { isTerminal, type Job } from '../src/protocol/job.ts';
import { h, type VNode } from './dom.ts';
import { capitalised, reviewerFacts } from './jobText.ts';
import { icon } from './icons.ts';
import { outcomeIcons, outcomeOf, type RunOutcome } from './run.ts';
import { durationText, momentText } from './time.ts';

const outcomeNames: Readonly<Record<RunOutcome, string>> = {
  clean: 'No findings',
  findings: 'Findings',
  inconclusive: 'No verdict',
  failed: 'Failed',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
};

/** The reviews that are kept, newest first. @param now ms since the epoch */
export function viewRuns(runs: readonly ListedRun[], selected: string | null, now: number): VNode {
  if (runs.length === 0) return h('p', { class: 'nothing' }, 'No review is kept.');
  const active = runs.find(({ id }) => id === selected)?.id ?? runs[0]?.id;
  return h(
    'div',
    { class: 'runs', role: 'listbox', 'aria-label': 'Reviews' },
    runs.map((run) => {
      const attributes = {
        key: run.id,
        class: 'run-row',
        role: 'option',
        'aria-selected': String(run.id === selected),
        tabindex: run.id === active ? 0 : -1,
        'data-run': run.id,
      };
      return h('div', attributes, [
        icon(isTerminal(run.state) ? outcomeIcons[outcomeOf(run)] : 'running'),
        h('div', { class: 'run-text' }, [
          h('div', { class: 'run-line' }, [
            h('span', { class: 'title' }, capitalised(run.title)),
            h('span', { class: 'time' }, momentText(run.createdAt, now)),
          ]),
          h('div', { class: 'run-line quiet' }, [h('span', { class: 'title' }, runFacts(run).join(' · '))]),
        ]),
      ]);
    }),
  );
}

/** How it went, who reviewed with what, and what that took. */
export function runFacts(run: ListedRun): string[] {
  const { startedAt, endedAt, tokens, structure } = run;
  return [
    resultText(run),
    ...reviewerFacts(run),
    structure ?? '',
    startedAt === null || endedAt === null ? '' : durationText(Date.parse(endedAt) - Date.parse(startedAt)),
    tokens === null ? '' : `${thousands(tokens)} tokens`,
  ].filter((fact) => fact !== '');
}

/** A verdict that there is none of is never read into a summary. */
export function resultText(run: Pick<Job, 'state' | 'verdict' | 'summary'>): string {
  if (!isTerminal(run.state)) return capitalised(run.state);
  const outcome = outcomeOf(run);
  return outcome === 'findings' ? (run.summary ?? outcomeNames.findings) : outcomeNames[outcome];
}

function thousands(count: number): string {
  return count < 1000 ? String(count) : `${Math.round(count / 1000)}k`;
}
