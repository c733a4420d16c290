import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunDetail } from '../../../src/protocol/pageSlices.ts';
import type { VNode } from '../../../webview/dom.ts';
import { viewClose } from '../../../webview/viewParts.ts';
import { viewRun } from '../../../webview/viewRun.ts';
import { run, runDetail } from './fixtures.ts';

/** All that can be read in a node. */
function textOf({ content }: VNode): string {
  if (typeof content === 'string') return content;
  return 'markdown' in content ? content.markdown : content.map(textOf).join('\n');
}

describe('what is said of a review’s coverage', () => {
  const coverage = (evidence: RunDetail['evidence']) => {
    const detail = runDetail({ evidence });
    return textOf(viewRun(run(), detail, { rawOpen: false, gone: false, known: () => undefined }, 0));
  };

  it('tells how many of the changed places were looked at', () => {
    const text = coverage({ hunks: 3, notLookedAt: [], notLookedAtCount: 0 });
    assert.match(text, /looked at 3 of 3 changed places/);
  });

  it('tells what is not recorded from what has no changed places to look at', () => {
    assert.match(coverage(null), /was not recorded/);
    const text = coverage({ hunks: null, notLookedAt: [], notLookedAtCount: 0 });
    assert.doesNotMatch(text, /not recorded/);
    assert.match(text, /no change/);
  });
});

it('the button that closes details names no key that does something else', () => {
  assert.equal(viewClose('closeDetail').attributes['title'], 'Close details');
});
