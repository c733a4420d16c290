import type { Finding } from '../../src/protocol/finding.ts';
import { dataBlock, untrusted } from '../review/dataBlock.ts';
import { findingBlock } from '../review/findingBlock.ts';

/** What is known of work that Codex began and another agent is to go on with. */
export interface HandOver {
  /** What the job was, in one line. */
  readonly title: string;
  /** Oldest first. */
  readonly conversation: readonly { readonly role: 'user' | 'assistant'; readonly text: string }[];
  /** Open findings of the review; empty for a task. */
  readonly findings: readonly Finding[];
  readonly change: HandedChange | null;
}

/** The change that it is about. */
export interface HandedChange {
  /** In words: whose change it is, and whether it is in the working tree. */
  readonly what: string;
  /** Unified diff; null where it is too long to be told. */
  readonly diff: string | null;
  /** How large it is and its files. */
  readonly summary: string;
  /** What is not in the diff, in sentences. */
  readonly notes: readonly string[];
}

/** Of each part. Characters. */
const maxConversation = 16_000;
const maxFindings = 12_000;
const maxDiff = 12_000;
const maxSummary = 2_000;

/** The first prompt of a session that goes on with it. Bounded; what is left out is named in it. */
export function handOverPrompt({ title, conversation, findings, change }: HandOver): string {
  return [
    'You take over work from Codex, another coding agent, in this repository. What it knows is below.',
    untrusted,
    `What Codex was asked for: ${oneLine(title)}`,
    ...conversationPart(conversation),
    ...findingsPart(findings),
    ...(change === null ? [] : changePart(change)),
    closing,
  ].join('\n\n');
}

const closing = `Read the code that this is about as it is now; it may have changed since. Then say in a few sentences where the work stands and
what you would do next, and wait: change nothing before the user has said so.`;

function conversationPart(all: HandOver['conversation']): string[] {
  if (all.length === 0) return ['Nothing is kept of what was said.'];
  const told = all.map(({ role, text }) => `${role === 'user' ? 'User' : 'Codex'}:\n${text.trim()}`);
  const text = told.join('\n\n');
  if (text.length <= maxConversation)
    return ['What was said, oldest first:', dataBlock('CONVERSATION', text)];
  // What was said last matters most; of what began it, the first words.
  const first = (told[0] ?? '').slice(0, maxConversation / 8);
  const last = text.slice(first.length - maxConversation);
  const left = text.length - first.length - last.length;
  return [
    `What was said, oldest first. ${left} of ${text.length} characters are left out in the middle, where it says so:`,
    dataBlock('CONVERSATION', `${first}\n[… ${left} characters left out]\n${last}`),
  ];
}

function findingsPart(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const blocks: string[] = [];
  let size = 0;
  for (const finding of findings) {
    const block = findingBlock(finding);
    size += block.length;
    if (size > maxFindings && blocks.length > 0) break;
    blocks.push(
      block.length > maxFindings ? findingBlock({ ...finding, body: finding.body.slice(0, 4_000) }) : block,
    );
  }
  const left = findings.length - blocks.length;
  const heading =
    left === 0
      ? 'Findings of the review that are still open:'
      : `Findings of the review that are still open, the most urgent ${blocks.length}; ${left} more are left out here:`;
  return [heading, ...blocks];
}

function changePart({ what, diff, summary, notes }: HandedChange): string[] {
  const told = diff !== null && diff.length <= maxDiff ? diff : null;
  const files = summary.length > maxSummary ? `${summary.slice(0, maxSummary)}\n[… cut]` : summary;
  return [
    told === null ? `${what} It is too long to be told here; its files:` : what,
    dataBlock('CHANGE', told ?? files),
    ...notes,
  ];
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 300);
}
