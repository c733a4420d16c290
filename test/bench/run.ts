import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { spawnSync } from 'node:child_process';
import { measureActivation } from './activation.ts';
import { measureAnchors } from './anchors.ts';
import { measureCompanion } from './companion.ts';
import { measureMerge, measureMergeQuality } from './merge.ts';
import { measurePage } from './page.ts';
import type { MergeQuality } from '../support/mergePairs.ts';
import { measureProblems } from './problems.ts';
import { measureReview } from './reviews.ts';

/*
 * Times are medians of one run on whatever machine this is; the ratios are what can be compared. Sizes are of the
 * production build.
 */

const root = path.resolve(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: { json: { type: 'string' }, rounds: { type: 'string', default: '9' } },
});
const rounds = Number(values.rounds);

const files = [
  'tandem.vsix',
  'extension.cjs',
  'webview.js',
  'claude-plugin/tandem.mjs',
  'claude-plugin/headless.mjs',
  'claude-plugin/mcp.mjs',
];

build();
const companion = await measureCompanion(rounds);
const review = await measureReview(rounds);
const activation = await measureActivation();
const problems = await measureProblems();
const anchors = await measureAnchors(rounds);
const merge = await measureMerge(rounds);
const quality = measureMergeQuality();
const page = await measurePage(rounds);
const result = {
  sizes: Object.fromEntries(files.map((file) => [file, statSync(path.join(root, 'dist', file)).size])),
  companion: {
    ...companion,
    ratio: companion.status / companion.node,
    stopRatio: companion.stop / companion.node,
  },
  review: { ...review, ratio: review.tandem / review.bare },
  activation: { ...activation, ratio: (activation.load + activation.call) / companion.node },
  anchors: { ...anchors, refindRatio: anchors.refind / anchors.index },
  problems,
  merge: { ...merge, quality },
  page,
};

console.log('\nSizes (production build)');
for (const [file, size] of Object.entries(result.sizes))
  console.log(`  ${file.padEnd(28)}${(size / 1024).toFixed(0).padStart(6)} KiB`);
console.log('\nRatios (one run, medians)');
line(
  '`status` in a terminal / `node -e 0`',
  result.companion.ratio,
  `${ms(companion.status)} / ${ms(companion.node)}`,
);
line(
  'a Stop hook with the gate off / `node -e 0`',
  result.companion.stopRatio,
  `${ms(companion.stop)} / ${ms(companion.node)}`,
);
line(
  'a review with an instant model / the bare App Server',
  result.review.ratio,
  `${ms(review.tandem)} / ${ms(review.bare)}`,
);
line(
  'activation in VS Code / `node -e 0`',
  result.activation.ratio,
  `${ms(activation.load)} load + ${ms(activation.call)} activate / ${ms(companion.node)}`,
);
growthLine('10,000 findings published in VS Code / 100', problems.publish, ms);
growthLine('a keystroke in VS Code, 10,000 findings in 100 files / 100', problems.spread, micro);
growthLine('a keystroke in VS Code, 10,000 findings in one file / 100', problems.together, micro);
growthLine('following a keystroke, 10,000 findings in 100 files / 100', anchors.spread, micro);
growthLine('following a keystroke, 10,000 findings in one file / 100', anchors.together, micro);
line(
  're-finding 1,000 findings in 10,000 lines / indexing these',
  result.anchors.refindRatio,
  `${ms(anchors.refind)} / ${ms(anchors.index)}`,
);
growthLine('merging 2 x 10,000 findings, ten in a file / 2 x 1,000', merge.spread, ms);
growthLine('merging 2 x 10,000 findings in one file / 2 x 1,000', merge.together, ms);
growthLine('first paint of 10,000 findings in the view / of 100', page.paint, ms);
growthLine('a filter over 10,000 findings in the view / over 100', page.filter, ms);
growthLine('what the extension sends of 10,000 findings / of 100', page.slice, micro);
console.log('\nMerge of two reviews, by labelled pairs');
qualityLine('those that its thresholds come from', quality.tuning);
qualityLine('those held out', quality.heldOut);
disputeLine('opposite advice among those held out', quality.heldOut);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
process.exit(0);

function line(what: string, ratio: number, times: string): void {
  console.log(`  ${what.padEnd(60)}${ratio.toFixed(2).padStart(6)}   (${times})`);
}

function qualityLine(what: string, { pairs, there, said, right, precision, recall }: MergeQuality): void {
  const numbers = `precision ${precision.toFixed(2)}, recall ${recall.toFixed(2)}`;
  console.log(
    `  ${what.padEnd(60)}${numbers}   (${pairs} pairs, ${there} the same, ${said} merged, ${right} rightly)`,
  );
}

function disputeLine(what: string, { contradictions }: MergeQuality): void {
  const { there, said, right, asked, merged } = contradictions;
  console.log(
    `  ${what.padEnd(60)}${there} pairs: ${said} disputes, ${right} rightly; ${asked} left to a second opinion, ${merged} merged`,
  );
}

/** How much longer the last takes than the first, of the same with ever more findings; ms. */
function growthLine(what: string, times: readonly number[], text: (time: number) => string): void {
  line(what, (times.at(-1) ?? 0) / (times[0] ?? 0), times.map(text).join(', '));
}

/** @param time in ms */
function micro(time: number): string {
  return `${(time * 1000).toFixed(0)} µs`;
}

function ms(time: number): string {
  return `${time.toFixed(0)} ms`;
}

function build(): void {
  const args = ['esbuild.mjs', '--production', '--package'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The build failed:\n${stdout}${stderr}`);
}
