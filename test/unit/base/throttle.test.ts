import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Throttle } from '../../../src/base/throttle.ts';

test('a burst becomes one action soon, and one more at the end of the interval; at rest there is no timer', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const clock = mock.method(performance, 'now', () => now);
  let now = 1_000;
  const tick = (milliseconds: number) => {
    now += milliseconds;
    mock.timers.tick(milliseconds);
  };
  try {
    let actions = 0;
    const throttle = new Throttle(33, () => (actions += 1));
    for (let request = 0; request < 100; request += 1) throttle.request();
    assert.equal(actions, 0);
    tick(0);
    assert.equal(actions, 1);
    for (let request = 0; request < 100; request += 1) throttle.request();
    tick(32);
    assert.equal(actions, 1);
    tick(1);
    assert.equal(actions, 2);
    tick(10_000);
    assert.equal(actions, 2);
    throttle.request();
    throttle.dispose();
    throttle.request();
    tick(10_000);
    assert.equal(actions, 2);
  } finally {
    clock.mock.restore();
    mock.timers.reset();
  }
});
