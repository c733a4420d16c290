import { dataBlock } from './dataBlock.ts';

/** Files whose content is not handed over, and why. */
export type LeftOutText = readonly { readonly file: string; readonly reason: string }[];

/** Names of more files are not listed. */
const maxLeftOut = 100;

/** Names them, and keeps the reviewer from opening what should stay closed. Empty where there are none. */
export function leftOutText(leftOut: LeftOutText): string[] {
  if (leftOut.length === 0) return [];
  const lines = leftOut.slice(0, maxLeftOut).map(({ file, reason }) => `${JSON.stringify(file)}: ${reason}`);
  if (leftOut.length > maxLeftOut) lines.push(`… and ${leftOut.length - maxLeftOut} more`);
  return [
    `The content of these files was left out. Do not open those that look like a secret or leave the repository;
that they are part of what you review may itself be a finding.`,
    dataBlock('LEFT OUT', lines.join('\n')),
  ];
}
