import { safeMarkdown } from '../base/safeMarkdown.ts';
import { type Finding, voiceName, voicesText } from '../protocol/finding.ts';
import type { Job } from '../protocol/job.ts';
import { type KnownFinding, actorName } from '../protocol/knownFinding.ts';
import { plainText } from './errorMessage.ts';
import { hoverMarkdown } from './hoverMarkdown.ts';
import { progressText } from './jobTexts.ts';

/** One comment of a thread. Its text is safe Markdown. */
export interface ThreadComment {
  readonly author: string;
  readonly text: string;
  /** ISO 8601; null for what is said now. */
  readonly at: string | null;
}

/** Longer comments are cut; the whole answer is the result of its job. Characters. */
const maxComment = 30_000;

/** `P1 · Codex`. */
export function threadLabel(finding: Pick<Finding, 'priority' | 'reviewers' | 'tool'>): string {
  return plainText(`${finding.priority} · ${voicesText(finding)}`);
}

/**
 * What stands in the thread of a finding: the finding, what was said about it, and who is about to say something.
 * @param questions those about it that have not ended
 */
export function threadComments(finding: KnownFinding, questions: readonly Job[]): ThreadComment[] {
  return [
    {
      author: plainText(voicesText(finding)),
      text: hoverMarkdown(finding, { withTitle: true, evidence: null }),
      at: null,
    },
    ...finding.comments.map(({ by, text, at }) => ({
      author: actorName(by),
      text: safeMarkdown(text, maxComment),
      at,
    })),
    ...questions.map((job) => ({ author: voiceName(job.reviewer), text: `*${answering(job)}*`, at: null })),
  ];
}

/** The activity is a model's text, and stays out of it. */
function answering(job: Job): string {
  const name = voiceName(job.reviewer);
  if (job.state === 'running') return `${name} is answering…`;
  return `${name} is to answer: ${progressText({ ...job, activity: null })}…`;
}
