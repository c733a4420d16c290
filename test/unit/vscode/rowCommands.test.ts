import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UsageError } from '../../../src/base/errors.ts';
import { requireRow } from '../../../src/vscode/rowCommands.ts';

describe('a command of a row', () => {
  test('whose row is gone does nothing, whatever else there is', () => {
    for (const id of ['tandem.job.cancel', 'tandem.approval.allow', 'tandem.task.discard'] as const)
      for (const args of [[undefined], [undefined, undefined], [null]])
        assert.throws(() => requireRow(id, args), UsageError, id);
  });

  test('runs on its row, and from the palette without one', () => {
    requireRow('tandem.job.cancel', [{ job: {} }, undefined]);
    requireRow('tandem.task.discard', []);
  });

  test('and one that has no row is not asked for it', () => {
    requireRow('tandem.delegateTask', [undefined]);
  });
});
