import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { resetText } from '../../../src/codex/limits.ts';
import { type KnownModel, effortOf, wrongChoice } from '../../../src/codex/models.ts';

const models: KnownModel[] = [
  { name: 'big', efforts: ['low', 'high'], isDefault: true, hidden: false },
  { name: 'small', efforts: ['low'], isDefault: false, hidden: false },
  { name: 'secret', efforts: ['ultra'], isDefault: false, hidden: true },
];

describe('the choice of a model', () => {
  const problem = (model: string, effort = '', known = models) => {
    const error = wrongChoice(known, { model, effort });
    return error && `${error.message} ${error.advice ?? ''}`;
  };

  test('a model that is not there is refused, with those that are', () => {
    assert.match(
      problem('bigger') ?? '',
      /^Codex has no model “bigger”\. There are: big \(default\), small\. /,
    );
  });

  test('an effort that the model does not have, too; without a model, one that none has', () => {
    assert.equal(problem('small', 'high'), 'Codex’s model “small” has no effort “high”. There are: low.');
    assert.equal(problem('', 'high'), null);
    assert.equal(problem('', 'hihg'), 'No model of Codex has an effort “hihg”. There are: low, high, ultra.');
  });

  test('a hidden model is as good as others', () => {
    assert.equal(problem('secret', 'ultra'), null);
  });

  test('nobody is refused where nothing is known', () => {
    assert.equal(problem('anything', 'any', []), null);
    const vague = [{ name: 'big', efforts: [], isDefault: true, hidden: false }];
    assert.equal(problem('big', 'any', vague), null);
    assert.equal(problem('', 'any', [...models, ...vague]), null);
  });
});

describe('the effort of a small question', () => {
  const effort = (model: string, wanted: string, configured = '') =>
    effortOf({ models, configured }, { model, effort: wanted });

  test('is the one that is wanted, else the lowest that the model has', () => {
    assert.deepEqual([effort('big', 'low'), effort('big', 'max')], ['low', 'low']);
    assert.equal(effort('secret', 'low'), 'ultra');
  });

  test('is that of the model that is configured, else of the default', () => {
    assert.deepEqual([effort('', 'low', 'secret'), effort('', 'high')], ['ultra', 'high']);
  });

  test('is the one that is wanted where nothing is known of the model', () => {
    assert.equal(effort('own', 'low'), 'low');
    assert.equal(effortOf({ models: [], configured: '' }, { model: '', effort: 'low' }), 'low');
  });
});

test('the reset of a limit is told where one is used up: the later one of two', () => {
  const window = (usedPercent: number, resetsAt: number | null) => ({
    usedPercent,
    windowDurationMins: null,
    resetsAt,
  });
  const [at, later] = [Date.UTC(2026, 10, 30, 0, 53) / 1000, Date.UTC(2026, 11, 2, 0, 0) / 1000];
  assert.equal(resetText(null), null);
  assert.equal(resetText({ limitId: null, primary: window(99, at), secondary: null }), null);
  assert.equal(resetText({ limitId: null, primary: window(100, null), secondary: null }), null);
  assert.match(
    resetText({ limitId: null, primary: window(100, at), secondary: window(7, later) }) ?? '',
    /Nov 2026/,
  );
  assert.match(
    resetText({ limitId: null, primary: window(100, at), secondary: window(100, later) }) ?? '',
    /Dec 2026/,
  );
});
