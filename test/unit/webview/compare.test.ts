import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Comparison } from '../../../src/protocol/comparePage.ts';
import type { Job } from '../../../src/protocol/job.ts';
import { comparison } from '../../../src/vscode/comparison.ts';
import {
  initialCompareState,
  reduceCompare,
  type CompareAction,
  type CompareState,
} from '../../../webview/compareState.ts';
import { totalText } from '../../../webview/compareText.ts';
import type { VNode } from '../../../webview/dom.ts';
import { viewCompare } from '../../../webview/viewCompare.ts';
import { finding, known } from '../findings/known.ts';
import { part, sample } from './compareFixture.ts';
import { now } from './fixtures.ts';

function after(...actions: CompareAction[]): CompareState {
  return actions.reduce((state, action) => reduceCompare(state, action).state, initialCompareState);
}

const showing = (shown: Comparison | null) => after({ type: 'comparison', comparison: shown });

function all(node: VNode, fits: (one: VNode) => boolean): VNode[] {
  const { content } = node;
  const below = typeof content === 'string' || 'markdown' in content ? [] : content;
  return [...(fits(node) ? [node] : []), ...below.flatMap((one) => all(one, fits))];
}

function textOf({ content }: VNode): string {
  if (typeof content === 'string') return content;
  return 'markdown' in content ? content.markdown : content.map(textOf).join(' ');
}

const view = (state: CompareState) => viewCompare(state, now);
const sections = (state: CompareState) =>
  all(view(state), ({ attributes }) => attributes['class']?.startsWith('kind ') === true);
const buttons = (node: VNode, label: string) =>
  all(node, (one) => one.tag === 'button' && textOf(one) === label);

describe('the comparison of two reviews', () => {
  it('counts what both report, what one does, and the disputes', () => {
    assert.equal(totalText(sample()), '4 findings: 1 by both, 1 only by Codex, 2 in 1 dispute');
    const shown = comparison('run-1', [part('codex', []), part('claude', [], { verdict: 'clean' })], []);
    assert.equal(shown && totalText({ ...shown, codex: shown.claude }), 'No findings');
  });

  it('of one answer alone nobody can say who agrees', () => {
    const failed = {
      state: 'failed',
      verdict: 'failed',
      failure: { message: 'It broke.', advice: 'Use `/login`.' },
    };
    const shown = comparison(
      'run-1',
      [part('codex', [finding('a')]), { ...part('claude', [], failed as Partial<Job>), result: null }],
      [known('a')],
    );
    assert.equal(shown && totalText(shown), '1 finding');
    const text = textOf(view(showing(shown)));
    assert.match(text, /Claude: Failed .*It broke\. Use “\/login”\./);
    assert.match(text, /Claude gave no verdict\./);
  });

  it('has disputes first, and each finding in the words of each', () => {
    const [disputes, both, codex, ...none] = sections(showing(sample()));
    assert.ok(disputes && both && codex);
    assert.deepEqual(none, []);
    assert.match(textOf(disputes), /Disputes 1 .*Remove the lock.*Keep the lock.*Who is right\?/);
    assert.match(textOf(both), /Codex P2 Sum off.*Claude P1 Wrong sum/);
    assert.match(textOf(codex), /Only Codex reports 1 .*alone.*Claude does not report it\./);
  });

  it('what is shown of a model is text or Markdown of its own', () => {
    const [side] = all(view(showing(sample())), ({ key }) => key === 'explanation');
    assert.deepEqual(side?.content, { markdown: '**codex** sums up.' });
  });

  it('a dispute: three decisions, the one that was taken is pressed; none where one is fixed', () => {
    const pressed = (state: CompareState) =>
      ['Codex is right', 'Claude is right', 'Both stand'].map(
        (label) => buttons(view(state), label)[0]?.attributes['aria-pressed'],
      );
    assert.deepEqual(pressed(showing(sample())), ['false', 'false', 'false']);
    assert.deepEqual(pressed(showing(sample({}, { off: 'dismissed' }))), ['false', 'true', 'false']);
    const over = showing(sample({}, { on: 'fixed' }));
    assert.deepEqual(pressed(over), [undefined, undefined, undefined]);
    assert.match(textOf(view(over)), /Nothing is left to decide/);
  });

  it('a decision names both findings; the host decides what follows', () => {
    const decide = { type: 'decide', codex: 'off', claude: 'on', right: 'claude' } as const;
    const { effects } = reduceCompare(showing(sample()), decide);
    assert.deepEqual(effects, [{ type: 'post', message: decide }]);
  });

  it('actions are those of the findings view, and only what is possible', () => {
    const act = (states: Parameters<typeof sample>[1], action: 'dismiss' | 'reopen') =>
      reduceCompare(showing(sample({}, states)), { type: 'perform', action, id: 'alone' }).effects;
    assert.deepEqual(act({}, 'dismiss'), [
      { type: 'post', message: { type: 'act', action: 'dismiss', ids: ['alone'] } },
    ]);
    assert.deepEqual(act({ alone: 'dismissed' }, 'dismiss'), []);
    assert.equal(act({ alone: 'dismissed' }, 'reopen').length, 1);
  });

  it('the menu: opened, moved in, and closed before its command runs', () => {
    const open = { type: 'openMenu', id: 'alone', at: { x: 1, y: 2 } } as const;
    const opened = reduceCompare(showing(sample()), open).state;
    assert.equal(opened.menu?.active, 0);
    const last = reduceCompare(opened, { type: 'moveInMenu', to: -1 }).state;
    assert.ok((last.menu?.active ?? 0) > 3);
    const chosen = reduceCompare(last, { type: 'chooseInMenu', action: 'resolve' });
    assert.equal(chosen.state.menu, null);
    assert.deepEqual(
      chosen.effects.map(({ type }) => type),
      ['focusOpener', 'post'],
    );
    // The finding it is about may go meanwhile.
    const gone = reduceCompare(opened, { type: 'comparison', comparison: { ...sample(), findings: [] } });
    assert.equal(gone.state.menu, null);
  });

  it('tells screen readers when a review ends, and no more', () => {
    const running = sample({ state: 'running', verdict: null, endedAt: null });
    const { effects } = reduceCompare(showing(running), { type: 'comparison', comparison: sample() });
    assert.deepEqual(effects, [{ type: 'announce', text: 'Claude: 2 findings' }]);
    assert.deepEqual(
      reduceCompare(showing(sample()), { type: 'comparison', comparison: sample() }).effects,
      [],
    );
  });

  it('a finding that is no longer known has its words, and nothing to press', () => {
    const shown = showing({ ...sample(), findings: [] });
    assert.match(textOf(view(shown)), /no longer listed/);
    assert.deepEqual(buttons(view(shown), 'Dismiss…'), []);
  });

  it('says what it is while it loads, where nothing is kept, and where it cannot read the host', () => {
    assert.match(textOf(view(initialCompareState)), /Loading/);
    assert.match(textOf(view(showing(null))), /Nothing is kept/);
    assert.match(textOf(view(after({ type: 'unreadable' }))), /Reload the window/);
  });
});
