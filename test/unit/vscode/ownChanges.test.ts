import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { OwnChanges } from '../../../src/vscode/ownChanges.ts';

test('a file is the user’s own for as long as news of the change may come', () => {
  mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  try {
    const own = new OwnChanges();
    own.add('/a');
    assert.ok(own.has('/a'));
    assert.ok(own.has('/a'), 'one change may bring several pieces of news');
    assert.ok(!own.has('/b'));
    mock.timers.tick(5_001);
    assert.ok(!own.has('/a'), 'what comes later was somebody else');
    own.add('/a');
    assert.ok(own.has('/a'));
  } finally {
    mock.timers.reset();
  }
});
