import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { panelQuery } from '../../../src/vscode/claudePanelLink.ts';
import { type WaysSeen, claudeWays, maxPanelPrompt } from '../../../src/vscode/claudeWays.ts';

const free = { session: 1, name: 'zsh', readiness: 'free' } as const;
const busy = { session: 2, name: 'node', readiness: 'busy' } as const;
const ways = (seen: Partial<WaysSeen<number>>) =>
  claudeWays({ sessions: [], hasPanel: false, length: 100, canBeTask: false, preference: 'ask', ...seen });
const kinds = (seen: Partial<WaysSeen<number>>) => ways(seen).offered.map(({ way }) => way.kind);

describe('the ways to Claude Code', () => {
  test('are the sessions that wait for a prompt, and always a new one', () => {
    assert.deepEqual(kinds({ sessions: [free, busy] }), ['session', 'new terminal']);
    assert.deepEqual(kinds({}), ['new terminal']);
  });

  test('are its own panel only where no session runs in a terminal, and the prompt is not too long for it', () => {
    assert.deepEqual(kinds({ hasPanel: true }), ['new terminal', 'panel']);
    assert.deepEqual(kinds({ hasPanel: true, sessions: [busy] }), ['new terminal']);
    const long = { hasPanel: true, length: maxPanelPrompt + 1 };
    assert.deepEqual(kinds(long), ['new terminal']);
    assert.equal(ways(long).offered[0]?.detail, 'This is too long for Claude’s own panel.');
  });

  test('are a task in the background where it can be one, which the setting can have at once', () => {
    const seen = { canBeTask: true, hasPanel: true };
    assert.deepEqual(kinds(seen), ['new terminal', 'task', 'panel']);
    const preference = 'background';
    assert.deepEqual(ways({ ...seen, preference, sessions: [busy] }).obvious, { kind: 'task' });
    assert.equal(ways({ preference, sessions: [free] }).obvious, null, 'what is no task is asked about');
  });

  test('are not what is busy or asks something, and that is said', () => {
    const asking = { session: 3, name: '[x](command:y)', readiness: 'asks' } as const;
    assert.equal(
      ways({ sessions: [busy, asking] }).offered[0]?.detail,
      'The session in terminal “node” is busy, and is left alone. ' +
        'The session in terminal “[x] (command:y)” has a question or a dialog open, and is left alone.',
    );
  });

  test('are chosen by the user, unless the setting says otherwise and one is meant', () => {
    assert.equal(ways({ sessions: [free] }).obvious, null);
    const preference = 'terminal';
    assert.deepEqual(ways({ sessions: [free], preference }).obvious, { kind: 'session', session: 1 });
    assert.deepEqual(ways({ preference, hasPanel: true }).obvious, { kind: 'new terminal' });
    for (const sessions of [[free, { ...free, session: 4 }], [busy], [free, busy]])
      assert.equal(ways({ sessions, preference }).obvious, null);
  });
});

test('the link to the panel holds the prompt and nothing else', () => {
  const prompt = 'a&session=x#y\n"%41" + ü';
  assert.deepEqual([...new URLSearchParams(panelQuery(prompt))], [['prompt', prompt]]);
});
