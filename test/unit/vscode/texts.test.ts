import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CancelledError, UsageError, UserError } from '../../../src/base/errors.ts';
import type { Finding } from '../../../src/protocol/finding.ts';
import type { JobResult } from '../../../src/protocol/report.ts';
import { completion } from '../../../src/vscode/completion.ts';
import { errorMessage, plainText } from '../../../src/vscode/errorMessage.ts';
import { findingsPageHtml } from '../../../src/vscode/findingsPageHtml.ts';
import { progressMessage, progressText, progressTitle, statusText } from '../../../src/vscode/jobTexts.ts';
import { finding, job } from '../webview/fixtures.ts';

function result(findings: Finding[], change: Partial<JobResult> = {}): JobResult {
  const verdict = findings.length === 0 ? 'clean' : 'findings';
  return {
    verdict,
    summary: '',
    findings,
    nextSteps: [],
    changes: [],
    evidence: null,
    news: null,
    rawText: '',
    ...change,
  };
}

describe('how a failure is told', () => {
  test('a failure fit for the user: message and advice, as an error', () => {
    const told = errorMessage(new UserError('Codex was not found.', 'Install it.'));
    assert.deepEqual(told, {
      level: 'error',
      text: 'Codex was not found. Install it.',
      log: 'Codex was not found. Install it.',
    });
  });

  test('message and advice are sentences, also where the message ends in somebody else’s words', () => {
    const told = errorMessage(new UserError('Codex said: no', 'Run `codex login` in a terminal.'));
    assert.equal(told?.text, 'Codex said: no. Run “codex login” in a terminal.');
  });

  test('a wrong request: a warning', () => {
    assert.equal(errorMessage(new UsageError('Nothing to review.'))?.level, 'warning');
  });

  test('what the user cancelled is no news, by our word and by VS Code’s', () => {
    assert.equal(errorMessage(new CancelledError()), null);
    const ofVsCode = new Error('Canceled');
    ofVsCode.name = 'Canceled';
    assert.equal(errorMessage(ofVsCode), null);
  });

  test('a bug: said to be one, with its stack in the log', () => {
    const told = errorMessage(new TypeError('x is not a function'));
    assert.equal(told?.text, 'Something went wrong inside Tandem: x is not a function');
    assert.match(told.log, /texts\.test\.ts/);
    assert.equal(errorMessage('thrown text')?.log, 'thrown text');
  });

  test('words of models and programs do not become links or fill the screen', () => {
    // The pattern by which VS Code 1.139 finds links in a notification's text (base/common/linkedText.ts).
    const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/gi;
    assert.doesNotMatch(plainText('git said [fix it](command:workbench.action.quit)'), link);
    assert.doesNotMatch(plainText('[a]\n(command:b)'), link);
    assert.equal(plainText('x'.repeat(10_000)).length, 500);
    assert.equal(plainText(' two\n\tlines '), 'two lines');
    assert.equal(plainText('a\u202eb\u001b[31m\rc'), 'ab c');
  });
});

describe('how the end of a review is told', () => {
  test('findings: count and the most urgent, with a way to them', () => {
    const findings = [finding(), finding({ id: 'f2', priority: 'P3' })];
    const told = completion({ job: job(), result: result(findings) }, findings);
    assert.equal(told?.level, 'info');
    assert.equal(told.text, 'Review of uncommitted changes (3 files): 2 findings, 1 of them P1.');
    assert.deepEqual(
      told.actions.map(({ label }) => label),
      ['Show', 'Show Problems'],
    );
  });

  test('findings without a place in the editor: no way to the Problems panel, which shows none of them', () => {
    const findings = [finding({ place: 'outside' })];
    const told = completion({ job: job(), result: result(findings) }, findings);
    assert.deepEqual(
      told?.actions.map(({ label }) => label),
      ['Show'],
    );
  });

  test('no findings', () => {
    const told = completion({ job: job({ verdict: 'clean' }), result: result([]) }, []);
    assert.equal(told?.text, 'Review of uncommitted changes (3 files): no findings.');
  });

  const failure = { message: 'The model answered with an error.', advice: 'Try again.' };
  for (const [state, level, words] of [
    ['failed', 'error', 'failed. The model answered with an error. Try again. The former findings are kept.'],
    [
      'inconclusive',
      'warning',
      'gave no verdict. The model answered with an error. Try again. The former findings are kept.',
    ],
    ['cancelled', 'info', 'was cancelled. The former findings are kept.'],
  ] as const) {
    test(`${state}: says why, and that the former findings are kept`, () => {
      const ended = job({ state, failure: state === 'cancelled' ? null : failure });
      const told = completion({ job: ended, result: null }, [finding()]);
      assert.equal(told?.level, level);
      assert.equal(told.text, `Review of uncommitted changes (3 files) ${words}`);
      assert.doesNotMatch(completion({ job: ended, result: null }, [])?.text ?? '', /former/);
    });
  }

  test('interrupted, because the window closes: nothing', () => {
    assert.equal(completion({ job: job({ state: 'interrupted' }), result: null }, []), null);
  });

  const told = (change: Parameters<typeof job>[0], produced: JobResult | null = null) => {
    const message = completion({ job: job({ verdict: null, ...change }), result: produced }, [finding()]);
    return [message?.level, message?.text, ...(message?.actions ?? []).map(({ label }) => label)];
  };
  const task = { kind: 'task', title: 'Fix the flaky test', target: null } as const;

  test('next steps of an adversarial review: a way to all of it', () => {
    const findings = [finding()];
    assert.deepEqual(
      told(
        { kind: 'adversarial-review', verdict: 'findings' },
        result(findings, { nextSteps: ['Measure it'] }),
      ),
      [
        'info',
        'Adversarial review of uncommitted changes (3 files): 1 finding (P1).',
        'Show',
        'Show Problems',
        'Show Result',
      ],
    );
  });

  test('a task: what it came to, and what was declined', () => {
    assert.deepEqual(told({ ...task, summary: 'Changed 2 files' }), [
      'info',
      'Task “Fix the flaky test”: changed 2 files.',
      'Show Result',
    ]);
    const notes = ['Declined: rm -rf node_modules', 'Declined: curl x'];
    assert.deepEqual(told({ ...task, summary: 'Answered', notes }), [
      'warning',
      'Task “Fix the flaky test”: answered. Declined: rm -rf node_modules. The result has 1 more note.',
      'Show Result',
    ]);
  });

  test('a task that failed: why, and nothing about findings', () => {
    const failure = { message: 'Codex is not logged in.' };
    assert.deepEqual(told({ ...task, state: 'failed', failure }), [
      'error',
      'Task “Fix the flaky test” failed. Codex is not logged in.',
      'Show Result',
      'Show Log',
    ]);
  });

  test('a transfer: the way on', () => {
    const change = { kind: 'transfer', title: 'Retry payments', target: null } as const;
    assert.deepEqual(told({ ...change, summary: 'In Codex as thread 0199' }), [
      'info',
      'Transfer of “Retry payments”: in Codex as thread 0199.',
      'Resume in Terminal',
      'Show Result',
    ]);
  });

  test('at a limit: a warning that says when it is over', () => {
    const failure = { message: 'Claude’s 5-hour limit is reached.', advice: 'Wait.', limitResetsAt: null };
    const ended = { job: job({ state: 'failed', reviewer: 'claude', failure }), result: null };
    const message = completion(ended, []);
    assert.equal(message?.level, 'warning');
    assert.match(message.text, / is at a limit\. Claude’s 5-hour limit is reached\. Wait\.$/);
  });

  test('a gate: without findings it goes by itself, and cancelled it says what that means', () => {
    const gate = { kind: 'gate', title: 'what Claude changed in this turn (2 files)' } as const;
    assert.deepEqual(told({ ...gate, verdict: 'clean' }, result([])), [
      'info',
      'Review of what Claude changed in this turn (2 files): no findings.',
    ]);
    assert.deepEqual(told({ ...gate, state: 'cancelled' }), [
      'info',
      'Review of what Claude changed in this turn (2 files) was cancelled. Claude may stop. The former findings are kept.',
    ]);
    const failure = { message: 'The model is out of order.' };
    for (const state of ['failed', 'inconclusive'] as const)
      assert.equal(told({ ...gate, state, failure })[0], undefined, 'the gate tells it itself');
  });

  test('buttons know the job that they are about', () => {
    const message = completion({ job: job({ ...task, id: 'task-1', verdict: null }), result: null }, []);
    assert.deepEqual(message?.actions, [
      { label: 'Show Result', command: 'tandem.showJobResult', about: 'task-1' },
    ]);
  });

  test('titles of sessions and tasks do not become links', () => {
    const [, text] = told({ ...task, title: '[x](command:workbench.action.quit)' });
    assert.match(text ?? '', /\[x\] \(command:/);
  });
});

describe('what is being done', () => {
  test('in the notification', () => {
    const running = job({ state: 'running' });
    assert.equal(progressText({ ...running, phase: null }), 'starting');
    assert.equal(progressText({ ...running, phase: 'reasoning' }), 'reasoning');
    assert.equal(
      progressText({ ...running, phase: 'starting', activity: 'Connecting to Codex' }),
      'Connecting to Codex',
    );
    assert.equal(
      progressText({ ...running, phase: 'running a command', activity: 'git diff\nHEAD' }),
      'running a command: git diff HEAD',
    );
    assert.equal(progressText({ ...running, phase: 'reading', activity: 'x'.repeat(500) }).length, 89);
    assert.equal(progressText({ ...running, phase: 'writing', activity: 'git diff' }), 'writing');
    assert.equal(progressText({ ...running, state: 'cancelling', phase: 'reading' }), 'cancelling');
  });

  test('in the status bar', () => {
    assert.deepEqual(statusText([], []), { text: '$(code-review) Tandem', label: 'Tandem: no findings' });
    assert.deepEqual(statusText([], [finding()]), {
      text: '$(code-review) Tandem: 1',
      label: 'Tandem: 1 finding (P1)',
    });
    const running = job({ state: 'running', phase: 'reasoning' });
    assert.deepEqual(statusText([running], []), {
      text: '$(loading~spin) Tandem: reasoning',
      label: 'Tandem: Review of uncommitted changes (3 files), reasoning; no findings',
    });
    assert.match(statusText([running, running], []).text, /reasoning \(and 1 more\)$/);
    const queued = job({ state: 'queued' });
    assert.match(statusText([queued], []).text, /Tandem: queued$/);
    assert.match(statusText([running, queued], []).text, /Tandem: reasoning \(and 1 more\)$/);
    const waiting = job({ state: 'waiting', waitingFor: 'network', phase: 'reasoning' });
    assert.match(statusText([waiting], []).text, /Tandem: waiting for the network$/);
  });

  test('what waits says for what', () => {
    assert.equal(progressText(job({ state: 'queued' })), 'waiting for other jobs');
    assert.equal(progressText(job({ state: 'waiting', waitingFor: 'limit' })), 'waiting for the usage limit');
  });

  test('in the notification: who does what, and what Cancel means for a gate', () => {
    const task = job({ kind: 'task', title: 'Fix the flaky test' });
    const gate = job({ kind: 'gate', title: 'what Claude changed in this turn (2 files)' });
    assert.deepEqual([job(), task, gate, job({ kind: 'adversarial-review' })].map(progressTitle), [
      'Codex reviews uncommitted changes (3 files)',
      'Codex works on “Fix the flaky test”',
      'Codex reviews what Claude changed in this turn (2 files)',
      'Adversarial review of uncommitted changes (3 files)',
    ]);
    assert.equal(progressMessage(job({ state: 'running', phase: 'reading' })), 'reading');
    assert.equal(
      progressMessage({ ...gate, state: 'running', phase: 'reading' }),
      'reading. Cancel lets Claude stop now.',
    );
  });
});

test('the page’s HTML allows its own script and styles, and nothing inline', () => {
  const html = findingsPageHtml({
    script: 'https://x.test/webview.js',
    styles: 'https://x.test/webview.css',
    cspSource: 'https://x.test',
    nonce: 'abc',
  });
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.split('; ');
  assert.deepEqual(policy, [
    "default-src 'none'",
    "script-src 'nonce-abc'",
    "style-src https://x.test 'nonce-abc'",
    'font-src https://x.test',
    'img-src https://x.test',
  ]);
  assert.doesNotMatch(html, /<style|style=|\son\w+=|<script(?! nonce="abc" src=)/);
  assert.match(html, /<div id="app"><\/div>\s*<script nonce="abc" src="https:\/\/x\.test\/webview\.js">/);
});
