import { dataBlock, untrusted } from './dataBlock.ts';
import { type EarlierFinding, earlierText } from './earlier.ts';
import { type LeftOutText, leftOutText } from './leftOut.ts';

/** What a reviewer is told besides its target. */
export interface ReviewContext {
  readonly earlier: readonly EarlierFinding[];
  /** Files that the user's settings leave out. */
  readonly excluded: readonly string[];
}

/**
 * For Codex's own reviewer, as developer instructions of its thread: they reach it, and its target stays its own
 * (facts: app-server.md, 2.1). Empty where there is nothing to say.
 * @param heldBack files that are part of what is reviewed, and not where it reads
 */
export function nativeContext({ earlier, excluded }: ReviewContext, heldBack: LeftOutText = []): string {
  const parts = [...excludedText(excluded), ...heldBackText(heldBack), ...earlierText(earlier, 'native')];
  return parts.length === 0 ? '' : ['# About this review', untrusted, ...parts].join('\n\n');
}

/** For a prompt of ours, which has said what a block is; its answer is held to `adversarialSchema`. */
export function structuredContext({ earlier, excluded }: ReviewContext): string[] {
  const findings = earlierText(earlier, 'structured');
  return [...excludedText(excluded), ...(findings.length === 0 ? [] : ['# Earlier findings', ...findings])];
}

/** The same for a prompt of ours whose answer is held to `rubricSchema`. */
export function rubricContext({ earlier, excluded }: ReviewContext): string[] {
  const findings = earlierText(earlier, 'native');
  return [...excludedText(excluded), ...(findings.length === 0 ? [] : ['# Earlier findings', ...findings])];
}

function heldBackText(files: LeftOutText): string[] {
  if (files.length === 0) return [];
  const where =
    'They are not in this folder, or not as they were: report nothing as missing because of that.';
  return [...leftOutText(files), where];
}

/** More names are not listed. */
const maxNames = 100;

function excludedText(files: readonly string[]): string[] {
  if (files.length === 0) return [];
  const names = files.slice(0, maxNames).map((file) => JSON.stringify(file));
  const more = files.length - names.length;
  if (more > 0) names.push(`… and ${more} more of the same kinds or folders`);
  return [
    `The user's settings leave these files out of reviews: lock files, generated code and the like. Do not review them, and
report nothing about their content. Read them only where that helps to judge other files.`,
    dataBlock('LEFT OUT BY SETTINGS', names.join('\n')),
  ];
}
