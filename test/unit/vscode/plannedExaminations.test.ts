import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examinationsText } from '../../../src/vscode/jobTexts.ts';
import { runsText, unexaminedSingles } from '../../../src/vscode/plannedExaminations.ts';
import { examination, known } from '../findings/known.ts';
import { job } from '../webview/fixtures.ts';

const findings = [
  known('of-codex'),
  known('of-claude', { reviewers: ['claude'] }),
  known('of-both', { reviewers: ['codex', 'claude'] }),
  known('of-a-tool', { reviewers: ['sarif'], tool: 'eslint' }),
  known('dismissed', { state: 'dismissed' }),
  known('examined', { examinations: [examination()] }),
  known('examined-before', { examinations: [examination({ current: false })] }),
];

test('planned for the other agent is what one reviewer raised, and nobody has looked at or is about to', () => {
  const planned = unexaminedSingles(findings, []);
  assert.deepEqual(
    planned.map(({ finding: { id }, agent }) => [id, agent]),
    [
      ['of-codex', 'claude'],
      ['of-claude', 'codex'],
      ['examined-before', 'claude'],
    ],
  );
  assert.equal(runsText(planned), '3 runs: 1 of Codex, 2 of Claude');
  const running = job({
    kind: 'cross-examination',
    reviewer: 'claude',
    finding: 'of-codex',
    state: 'queued',
  });
  assert.deepEqual(
    unexaminedSingles(findings, [running]).map(({ finding }) => finding.id),
    ['of-claude', 'examined-before'],
  );
  assert.equal(runsText(planned.slice(0, 1)), '1 run of Claude');
});

test('the end of several is told at once, with the reason of a failure', () => {
  const ended = (summary: string) => job({ kind: 'cross-examination', state: 'succeeded', summary });
  const right = ended('The finding is right');
  const failed = job({
    kind: 'cross-examination',
    state: 'failed',
    failure: { message: 'Claude Code is not logged in.' },
  });
  assert.equal(
    examinationsText([right, ended('The finding is wrong'), right, failed]),
    'Cross-examination of 4 findings: 2 right, 1 wrong, 1 failed. The first failure: Claude Code is not logged in.',
  );
});
