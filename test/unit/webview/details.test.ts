import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunDetail } from '../../../src/protocol/pageSlices.ts';
import type { VNode } from '../../../webview/dom.ts';
import { viewClose } from '../../../webview/viewParts.ts';
import { viewDetail } from '../../../webview/viewDetail.ts';
import { viewRun } from '../../../webview/viewRun.ts';
import { examination } from '../findings/known.ts';
import { raisedByBoth } from '../findings/sample.ts';
import { detail, finding, run, runDetail } from './fixtures.ts';

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

it('what both reviewers raised has the words of each, once', () => {
  const both = raisedByBoth();
  const text = textOf(viewDetail(finding(both), detail(both), [], 0));
  assert.match(
    text,
    /One day early\..*Codex \(P2, confidence 90 %\)\nParse dates in local time\nMidnight is UTC\./s,
  );
  assert.equal(text.split('One day early.').length, 2);
});

it('a finding that a second opinion joined says so, with its reason', () => {
  const both = raisedByBoth();
  const join = { at: '', id: 'c', voices: ['claude' as const], by: 'codex' as const, job: 'opinion-1' };
  const read = (reason: string) => {
    const joined = { ...detail(both), joins: [{ ...join, reason }] };
    return textOf(viewDetail(finding(both), joined, [], 0));
  };
  assert.match(read('One fix settles both.'), /Joined by a second opinion of Codex\nOne fix settles both\./);
  assert.match(read(''), /Joined by a second opinion of Codex/);
});

it('what another agent said stands with its quotes, of which those are marked that are not in the file', () => {
  const quote = { file: 'src/a.ts', startLine: 3, lines: ['  return 2;'] };
  const quotes = [
    { ...quote, verified: true },
    { ...quote, startLine: 8, verified: false },
  ];
  const looks = [{ command: 'cat src/a.ts', succeeded: true }];
  const disputed = finding({
    examinations: [examination({ quotes, looks }), examination({ current: false })],
  });
  const text = textOf(viewDetail(disputed, detail(disputed), [], 0));
  assert.match(text, /\nDisputed\n/);
  assert.match(text, /Refuted by Claude\n[^\n]*\nIt is meant\.\nsrc\/a\.ts:3\n {2}return 2;/);
  assert.match(
    text,
    /Said to be src\/a\.ts:8, but not in that file:\n {2}return 2;[^]*Succeeded:\ncat src\/a\.ts/,
  );
  assert.match(
    text,
    /before the finding was last reported\nIt is meant\.\nIt was not seen reading anything\./,
  );
});

it('the button that closes details names no key that does something else', () => {
  assert.equal(viewClose('closeDetail').attributes['title'], 'Close details');
});
