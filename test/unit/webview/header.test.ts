import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pageCommands } from '../../../src/protocol/findingsPage.ts';
import { announcement } from '../../../webview/announce.ts';
import { headerModel, isTicking, listTitle } from '../../../webview/header.ts';
import type { Snapshot } from '../../../webview/run.ts';
import { clockText, durationText, momentText } from '../../../webview/time.ts';
import { finding, findings, job, now, snapshot, states } from './fixtures.ts';

/** The header as one reads it; the time of day is left out because it depends on the machine's time zone. */
function told(shown: Snapshot | null): string[] {
  const { title, subject, facts, progress, paragraphs, summary, actions } = headerModel(shown, now);
  return [
    title.replaceAll('\u00a0', ' '),
    subject,
    facts.join(' · '),
    progress === null ? '' : [progress.phase, progress.activity ?? ''].filter(Boolean).join(': '),
    ...paragraphs,
    summary === null ? '' : `${summary.collapsible ? '> ' : ''}${summary.markdown}`,
    actions.map(({ label, look }) => (look === 'primary' ? `[${label}]` : label)).join(' | '),
  ].filter((line) => line !== '');
}

const subject = 'Uncommitted changes (3 files)';
const facts = 'Codex · gpt-5.5-codex · openai · high effort';

describe('the header says, for each state, what was reviewed, by whom, how it went and what to do', () => {
  const expected: Readonly<Record<keyof typeof states, readonly string[]>> = {
    empty: [
      'Nothing reviewed yet',
      'Let Codex review your changes. What it finds is listed here, in the editor and in the Problems panel.',
      '[Review Changes]',
    ],
    untrusted: [
      'This workspace is not trusted',
      'A review runs programs on the files of the workspace, so Tandem starts nothing until you trust it.',
      '[Manage Workspace Trust]',
    ],
    queued: ['Waiting to start', subject, 'Codex', 'Cancel'],
    running: [
      'Reviewing',
      subject,
      facts,
      `Running a command: /bin/bash -lc 'rg -n "idempotency|charge" src test'`,
      'Cancel',
    ],
    runningFirst: ['Reviewing', subject, facts, 'Reasoning', 'Cancel'],
    waiting: [
      'Waiting for the usage limit',
      subject,
      facts,
      'Usage limit reached, continues at 16:00',
      'Cancel',
    ],
    cancelling: ['Cancelling', subject, facts],
    failed: [
      'Review failed',
      subject,
      facts,
      'Codex is not logged in (401 Unauthorized).',
      'Run “codex login” in a terminal, then try again.',
      '[Try Again] | Show Log | Restart Codex',
    ],
    cancelled: ['Review cancelled', subject, facts, '[Try Again] | Show Log'],
    interrupted: [
      'Review interrupted',
      subject,
      facts,
      'VS Code was closed while the review ran.',
      'Start it again.',
      '[Try Again] | Show Log',
    ],
    clean: ['No findings', subject, facts, states.clean.summary, 'Review Again | Raw Answer'],
    inconclusive: [
      'No verdict',
      subject,
      facts,
      'The reviewer could not read the code: its sandbox was denied.',
      'Check that bubblewrap works on this machine.',
      '> I was unable to run any command.',
      '[Try Again] | Show Raw Answer',
    ],
    findings: [
      '5 findings: 1 P0, 1 P1, 2 P2, 1 P3',
      subject,
      facts,
      `> ${states.findings.summary}`,
      'Review Again | Raw Answer | Clear',
    ],
    branch: [
      '1 finding: 1 P1',
      'Changes against origin/main (1 file)',
      facts,
      'The findings were recovered from the reviewer’s text; something may be missing.',
      `> ${states.branch.summary}`,
      'Review Again | Raw Answer | Clear',
    ],
    adversarial: [
      '1 finding: 1 P1',
      subject,
      `Adversarial review · ${facts}`,
      `> ${states.adversarial.summary}`,
      'Review Again | Raw Answer | Clear',
    ],
    demo: [
      '5 findings: 1 P0, 1 P1, 2 P2, 1 P3',
      subject,
      'Codex · demo-rules · tandem-demo',
      `> ${states.demo.summary}`,
      'Review Again | Raw Answer | Clear',
    ],
  };
  for (const [name, shown] of Object.entries(states)) {
    it(name, () => assert.deepEqual(told(shown), expected[name as keyof typeof states]));
  }

  it('before the first snapshot', () => assert.deepEqual(told(null), ['Loading']));

  it('for findings that outlived their review', () => {
    assert.deepEqual(told(snapshot({ findings: [finding()] })), [
      '1 finding of earlier reviews',
      '[Review Changes] | Clear',
    ]);
  });

  it('asks the host for its own commands only', () => {
    for (const shown of Object.values(states)) {
      for (const { command } of headerModel(shown, now).actions)
        assert.ok(pageCommands.some((known) => known === command));
    }
  });
});

describe('a review by both reviewers', () => {
  const run = { id: 'run-1', frozen: null };
  const codex = job({ id: 'c', run });
  const claude = job({ id: 'd', run, reviewer: 'claude', kind: 'review' });
  const failed = {
    ...claude,
    state: 'failed',
    verdict: 'failed',
    failure: { message: 'It broke.', advice: 'See `Show Log`.' },
  } as const;
  const ofBoth = [finding({ id: 'a', job: 'c' }), finding({ id: 'b', job: 'd' })];

  it('counts the findings of both, and leads to the comparison', () => {
    const shown = snapshot({ job: claude, partner: codex, findings: ofBoth });
    assert.deepEqual(told(shown), [
      '2 findings: 2 P1',
      subject,
      'Codex and Claude',
      'Compare | Review Again | Clear',
    ]);
    assert.equal(headerModel(shown, now).actions[0]?.run, 'd');
    assert.equal(listTitle(shown), '');
  });

  it('one failed: the other one’s verdict stands, and it is said whose it is', () => {
    const shown = snapshot({ job: failed, partner: codex, findings: ofBoth.slice(0, 1) });
    assert.deepEqual(told(shown), [
      '1 finding by Codex: 1 P1',
      subject,
      'Codex and Claude',
      'No result of Claude. It broke. See “Show Log”.',
      'Compare | Review Again | Clear',
    ]);
    assert.equal(headerModel(shown, now).icon, 'warning');
    const clean = snapshot({ job: failed, partner: { ...codex, verdict: 'clean' } });
    assert.equal(told(clean)[0], 'No findings by Codex');
    const before = snapshot({ job: { ...failed, state: 'running' } });
    assert.equal(announcement(before, clean), 'Review finished: no findings');
  });

  it('both failed: no verdict of either', () => {
    const shown = snapshot({ job: failed, partner: { ...failed, id: 'c', reviewer: 'codex' }, former: true });
    const lines = told(shown);
    assert.equal(lines[0], 'Review failed');
    assert.deepEqual(lines.slice(3, 5), [
      'No result of Claude. It broke. See “Show Log”.',
      'No result of Codex. It broke. See “Show Log”.',
    ]);
  });
});

describe('what a review was not about, or did not look at', () => {
  const { job: clean, ...others } = states.clean;
  const paragraphs = (notes: string[]) =>
    headerModel({ ...others, job: clean && { ...clean, notes } }, now).paragraphs;

  it('is said beside its verdict', () => {
    const notes = [
      'Left out by tandem.review.exclude: package-lock.json.',
      '1 of 3 changed places was not looked at',
    ];
    assert.deepEqual(paragraphs(notes), notes);
  });

  it('is counted where there is much of it', () => {
    const notes = ['a', 'b', 'c', 'd', 'e'];
    assert.deepEqual(paragraphs(notes), ['a', 'b', 'c', 'And 2 more notes: see Reviews.']);
    assert.deepEqual(paragraphs(['a', 'b', 'c', 'd']).at(-1), 'And 1 more note: see Reviews.');
  });
});

describe('a verdict is never better than its evidence', () => {
  for (const verdict of [null, 'inconclusive', 'failed'] as const) {
    it(`a success with the verdict ${verdict ?? 'null'} is not clean`, () => {
      assert.equal(headerModel(snapshot({ job: job({ verdict }) }), now).kind, 'inconclusive');
    });
  }

  it('a failed job with a good verdict is failed', () => {
    assert.equal(
      headerModel(snapshot({ job: job({ state: 'failed', verdict: 'clean' }) }), now).kind,
      'failed',
    );
  });

  it('only the findings of the review itself are counted as its own', () => {
    const earlier = finding({ id: 'old', job: 'job-1' });
    const mixed = snapshot({ job: job(), findings: [finding(), earlier] });
    assert.equal(headerModel(mixed, now).title.replaceAll('\u00a0', ' '), '1 finding: 1 P1');
    assert.equal(listTitle(mixed), 'Including 1 finding of earlier reviews');
    const clean = snapshot({ job: job({ verdict: 'clean' }), findings: [earlier] });
    assert.equal(headerModel(clean, now).title, 'No findings');
    assert.equal(listTitle(clean), 'Including 1 finding of earlier reviews');
  });
});

describe('findings that are done', () => {
  it('are still counted as found, and not as open', () => {
    const done = finding({ id: 'f2', priority: 'P0', state: 'dismissed' });
    const shown = snapshot({ job: job(), findings: [finding(), done] });
    assert.equal(
      headerModel(shown, now).title.replaceAll('\u00a0', ' '),
      '2 findings: 1 P0, 1 P1, 1 still open',
    );
    const earlier = snapshot({ job: job({ verdict: 'clean' }), findings: [{ ...done, job: 'job-1' }] });
    assert.equal(listTitle(earlier), '', 'what was dismissed in earlier reviews is not there to be done');
  });
});

describe('findings of earlier reviews', () => {
  it('are called so while another one runs, and when it came to nothing', () => {
    for (const name of ['running', 'failed', 'interrupted'] as const)
      assert.equal(listTitle(states[name]), 'Findings of earlier reviews');
    for (const name of ['findings', 'clean', 'empty'] as const) assert.equal(listTitle(states[name]), '');
  });
});

describe('imported findings', () => {
  const imported = finding({ id: 'i', job: '', tool: 'ESLint', reviewers: ['sarif'] });
  const both = [imported, finding({ id: 'old', job: 'job-1' })];
  it('are never called those of a review', () => {
    const title = (...findings: ReturnType<typeof finding>[]) =>
      headerModel(snapshot({ findings }), now).title;
    assert.equal(title(imported), '1 imported finding');
    assert.equal(title(...both), '2 findings of earlier reviews and imports');
    const clean = job({ verdict: 'clean' });
    assert.equal(listTitle(snapshot({ job: clean, findings: [imported] })), 'Including 1 imported finding');
    const running = { job: job({ state: 'running' }), former: true };
    assert.equal(listTitle(snapshot({ ...running, findings: [imported] })), 'Imported findings');
    assert.equal(
      listTitle(snapshot({ ...running, findings: both })),
      'Findings of earlier reviews and imports',
    );
  });
});

describe('the clock', () => {
  it('runs only while a review does', () => {
    const ticking = Object.entries(states).filter(([, shown]) => isTicking(shown));
    assert.deepEqual(
      ticking.map(([name]) => name),
      ['queued', 'running', 'runningFirst', 'waiting', 'cancelling'],
    );
    assert.equal(isTicking(null), false);
    assert.equal(headerModel(states.running, now).time?.text, '1:23');
    assert.equal(headerModel(states.running, now + 1000).time?.text, '1:24');
  });

  it('reads as time does', () => {
    assert.deepEqual([-5, 0, 59_999, 60_000, 3_723_000].map(clockText), [
      '0:00',
      '0:00',
      '0:59',
      '1:00',
      '1:02:03',
    ]);
    assert.deepEqual([400, 7_000, 72_000, 3_720_000].map(durationText), [
      '0 s',
      '7 s',
      '1 min 12 s',
      '1 h 2 min',
    ]);
  });

  it('names the day where it is not today', () => {
    assert.equal(momentText('2026-11-22T15:32:12Z', now, 'UTC'), '15:32');
    assert.equal(momentText('2026-11-22T15:32:12Z', now, 'Asia/Tokyo'), '00:32');
    assert.equal(momentText('2026-11-21T15:32:12Z', now, 'UTC'), 'Nov 21, 15:32');
    assert.equal(momentText('yesterday', now), 'yesterday', 'a damaged record does not break the page');
  });

  it('says when an ended review ended and how long it took', () => {
    assert.match(headerModel(states.findings, now).time?.hint ?? '', /^Ended .*\d\d:\d\d, took 1 min 12 s$/);
  });
});

describe('a screen reader is told', () => {
  const before = states.running;
  const cases: readonly (readonly [string, Snapshot | null, Snapshot, string | null])[] = [
    ['nothing about what was there when the page opened', null, states.findings, null],
    [
      'that a review started',
      states.empty,
      states.running,
      'Review of uncommitted changes (3 files) started',
    ],
    ['nothing of its steps', before, states.runningFirst, null],
    ['that it waits', before, states.waiting, 'The review is waiting'],
    ['that it is being cancelled', before, states.cancelling, 'Cancelling the review'],
    ['how many findings there are', before, states.findings, 'Review finished: 5 findings'],
    ['that there are none', before, states.clean, 'Review finished: no findings'],
    [
      'why there is no verdict',
      before,
      states.inconclusive,
      'Review finished without a verdict: The reviewer could not read the code: its sandbox was denied',
    ],
    [
      'why it failed, and what became of the findings',
      before,
      states.failed,
      'Review failed: Codex is not logged in (401 Unauthorized). The findings of earlier reviews are still listed',
    ],
    ['that it was cancelled', states.cancelling, states.cancelled, 'Review cancelled'],
    ['once only', states.findings, { ...states.findings, findings: findings.slice(1) }, null],
    [
      'of a review that ended between two snapshots',
      states.empty,
      states.findings,
      'Review finished: 5 findings',
    ],
  ];
  for (const [what, from, to, text] of cases) it(what, () => assert.equal(announcement(from, to), text));
});
