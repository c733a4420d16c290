import { safeMarkdown } from '../base/safeMarkdown.ts';
import { examinationHeading, standingOf, standingText } from '../protocol/examination.ts';
import { examinationMarkdown } from '../protocol/examinationMarkdown.ts';
import { voiceName, voicesText } from '../protocol/finding.ts';
import type { Job, JobKind } from '../protocol/job.ts';
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

/** Jobs whose answer appears in the thread of the finding that they are about. */
export function isToldInThread(kind: JobKind): boolean {
  return kind === 'question' || kind === 'cross-examination' || kind === 'tie-break';
}

/** Longer comments are cut; the whole answer is the result of its job. Characters. */
const maxComment = 30_000;

/** `P1 · Codex`, or `P1 · Codex · Refuted by Claude`. */
export function threadLabel(
  finding: Pick<KnownFinding, 'priority' | 'reviewers' | 'tool' | 'examinations'>,
): string {
  const standing = standingOf(finding);
  const parts = [finding.priority, voicesText(finding), ...(standing ? [standingText(standing)] : [])];
  return plainText(parts.join(' · '));
}

/**
 * What stands in the thread of a finding: the finding, what was said about it, and who is about to say something.
 * @param questions those about it that have not ended, also to agents that examine it
 */
export function threadComments(finding: KnownFinding, questions: readonly Job[]): ThreadComment[] {
  return [
    {
      author: plainText(voicesText(finding)),
      text: hoverMarkdown(finding, { withTitle: true, evidence: null, withExaminations: false }),
      at: null,
    },
    ...saidOf(finding),
    ...questions.map((job) => ({ author: voiceName(job.reviewer), text: `*${answering(job)}*`, at: null })),
  ];
}

/** Comments and examinations, in the order in which they came. */
function saidOf({ comments, examinations }: KnownFinding): (ThreadComment & { at: string })[] {
  const safe = (markdown: string) => safeMarkdown(markdown, maxComment);
  return [
    ...comments.map(({ by, text, at }) => ({ author: actorName(by), text: safe(text), at })),
    ...examinations.map((one) => ({
      author: examinationHeading(one),
      text: examinationMarkdown(one, safe),
      at: one.at,
    })),
  ].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** The activity is a model's text, and stays out of it. */
function answering(job: Job): string {
  const name = voiceName(job.reviewer);
  const [does, isTo] = job.kind === 'question' ? ['answering', 'answer'] : ['examining', 'examine'];
  if (job.state === 'running') return `${name} is ${does}…`;
  return `${name} is to ${isTo}: ${progressText({ ...job, activity: null })}…`;
}
