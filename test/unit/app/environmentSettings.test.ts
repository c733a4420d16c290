import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { settingsOf } from '../../../src/app/environmentSettings.ts';
import { defaultExclude, defaultSettings } from '../../../src/app/settings.ts';

describe('settings without a window', () => {
  test('are the defaults where the environment says nothing, but jobs are kept as long as can be', () => {
    assert.deepEqual(settingsOf({}), { ...defaultSettings, keepJobs: 5000, keepJobsDays: 3650 });
  });

  test('are what the environment says', () => {
    const { codexPath, reviewModel, baseBranch, gateMode } = settingsOf({
      TANDEM_CODEX_PATH: '/opt/codex',
      TANDEM_REVIEW_MODEL: 'm',
      TANDEM_BASE_BRANCH: 'trunk',
      TANDEM_GATE_MODE: 'waking',
    });
    assert.deepEqual([codexPath, reviewModel, baseBranch, gateMode], ['/opt/codex', 'm', 'trunk', 'waking']);
  });

  test('do not take a word that is none of them', () => {
    const { gateMode, modelMayReview } = settingsOf({
      TANDEM_GATE_MODE: 'sometimes',
      TANDEM_MODEL_MAY_REVIEW: '',
    });
    assert.deepEqual([gateMode, modelMayReview], [defaultSettings.gateMode, defaultSettings.modelMayReview]);
  });

  test('say who reviews, and what Claude may cost', () => {
    const said = settingsOf({
      TANDEM_REVIEW_REVIEWERS: 'claude',
      TANDEM_REVIEW_SECOND_OPINION: 'codex',
      TANDEM_REVIEW_SECOND_OPINION_EFFORT: 'medium',
      TANDEM_CLAUDE_MODEL: 'opus',
      TANDEM_CLAUDE_EFFORT: 'high',
      TANDEM_CLAUDE_BUDGET: '2.5',
    });
    assert.deepEqual(
      [
        said.reviewers,
        said.secondOpinion,
        said.secondOpinionEffort,
        said.claudeModel,
        said.claudeEffort,
        said.claudeBudget,
      ],
      ['claude', 'codex', 'medium', 'opus', 'high', 2.5],
    );
    const wrong = settingsOf({ TANDEM_REVIEW_REVIEWERS: 'gemini', TANDEM_CLAUDE_EFFORT: 'minimal' });
    assert.deepEqual([wrong.reviewers, wrong.claudeEffort], ['codex', '']);
    for (const TANDEM_CLAUDE_BUDGET of ['', ' ', 'much', '-1', 'Infinity'])
      assert.equal(settingsOf({ TANDEM_CLAUDE_BUDGET }).claudeBudget, 0, TANDEM_CLAUDE_BUDGET);
  });

  test('say how long a question waits; what is no time, or too long, is not taken', () => {
    const minutes = (TANDEM_APPROVALS_TIMEOUT_MINUTES: string) =>
      settingsOf({ TANDEM_APPROVALS_TIMEOUT_MINUTES }).approvalMinutes;
    assert.deepEqual(['5', '0', '0.5'].map(minutes), [5, 0, 0.5]);
    for (const wrong of ['', 'soon', '-1', '1e9', 'Infinity'])
      assert.equal(minutes(wrong), defaultSettings.approvalMinutes, wrong);
  });

  for (const [what, value, expected] of [
    ['not set', undefined, defaultExclude],
    ['one', 'vendor/**', ['vendor/**']],
    ['several, with blanks around them', ' **/*.lock , dist/** ', ['**/*.lock', 'dist/**']],
    ['with nothing between commas', 'a,,b,', ['a', 'b']],
    ['a blank in a name', 'my files/**', ['my files/**']],
    ['empty: nothing is left out', '', []],
  ] as const)
    test(`TANDEM_REVIEW_EXCLUDE: ${what}`, () => {
      assert.deepEqual(settingsOf({ TANDEM_REVIEW_EXCLUDE: value }).reviewExclude, expected);
    });
});
