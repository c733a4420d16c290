import { describeChange } from '../git/change.ts';
import { describeCode } from '../git/chosenFiles.ts';
import type { LeftOut } from '../git/untracked.ts';
import type { ReviewBrief } from '../jobs/agent.ts';
import { type Estimate, estimateOf } from '../jobs/estimate.ts';
import type { Job } from '../jobs/job.ts';
import { type ReviewerId, reviewers } from '../protocol/finding.ts';
import { type ReviewOrder, type reviewChoices } from '../protocol/order.ts';
import { type Target, targetLabel } from '../protocol/target.ts';
import { type BriefOptions, briefOf } from './briefs.ts';
import { inPlace } from './handedBriefs.ts';

/** What a review would send to the vendor of one agent, as far as Tandem hands it over. */
export interface Leaving {
  agent: ReviewerId;
  /** Of the text that is handed over: instructions, what is known of earlier findings, and the files' text. */
  bytes: number;
  /** Files of which that text has some content; relative to the repository, with `/`. */
  files: readonly string[];
  /** The agent gets at the change itself, and is handed none of it. */
  readsByItself: boolean;
  estimate: Estimate;
}

/** What leaves the machine with a review. */
export interface WhatLeaves {
  /** What is reviewed, for people. */
  title: string;
  repository: string;
  target: Target;
  kind: ReviewOrder['kind'];
  agents: readonly Leaving[];
  /** Who is asked afterwards whether findings of both are the same; left out for nobody. */
  secondOpinion?: ReviewerId;
  /** Files of the review whose text is handed to nobody because it looks like a secret. */
  secrets: readonly string[];
  /** Other files whose text is handed to nobody, and why. */
  others: readonly LeftOut[];
}

export type WhatLeavesParts = BriefOptions & {
  /** Jobs of the repository, newest first. */
  jobs(): Promise<readonly Job[]>;
};

/** Who reviews, by the choice of the order or the setting. */
export function reviewersOf(choice: (typeof reviewChoices)[number]): readonly ReviewerId[] {
  return choice === 'both' ? reviewers : [choice];
}

/**
 * Looks at what a review would hand over, without starting it. It reads the repository as the review does, a moment earlier.
 * @throws UserError as the review would
 */
export async function whatLeaves(
  {
    repository,
    target,
    kind,
    focus,
  }: Pick<ReviewOrder, 'kind' | 'focus'> & { repository: string; target: Target },
  agents: readonly ReviewerId[],
  parts: WhatLeavesParts,
): Promise<WhatLeaves> {
  const { files, leftOut } = await handedFiles(repository, target, parts);
  const jobs = await parts.jobs();
  const leaving: Leaving[] = [];
  for (const agent of agents) {
    const brief = await briefOf({ kind, reviewer: agent }, inPlace(repository), { target, focus }, parts);
    const readsByItself = brief.form !== 'structured';
    leaving.push({
      agent,
      bytes: Buffer.byteLength(textOf(brief)),
      files: readsByItself ? [] : files,
      readsByItself,
      estimate: estimateOf(jobs, { kind, reviewer: agent, target }),
    });
  }
  return {
    title: targetLabel(target),
    repository,
    target,
    kind,
    agents: leaving,
    secrets: leftOut.filter(({ reason }) => reason === 'looks like a secret').map(({ file }) => file),
    others: leftOut.filter(({ reason }) => reason !== 'looks like a secret'),
  };
}

/** The files whose text is part of a prompt that holds what is reviewed, and those that it leaves out. */
async function handedFiles(
  repository: string,
  target: Target,
  options: BriefOptions,
): Promise<{ files: readonly string[]; leftOut: readonly LeftOut[] }> {
  if (target.kind === 'plan') return { files: [target.file], leftOut: [] };
  if (target.kind === 'files' || target.kind === 'selection') {
    const { texts, leftOut } = await describeCode(repository, target, options);
    return { files: (texts ?? []).map(({ file }) => file), leftOut };
  }
  const { files, diff, leftOut } = await describeChange(repository, target, options);
  const isLeftOut = new Set(leftOut.map(({ file }) => file));
  const handed = diff === null ? [] : files.filter(({ path }) => !isLeftOut.has(path));
  return { files: handed.map(({ path }) => path), leftOut };
}

function textOf(brief: ReviewBrief): string {
  switch (brief.form) {
    case 'structured':
      return brief.prompt + JSON.stringify(brief.schema);
    case 'custom':
      return brief.instructions + brief.context;
    case 'native':
      return brief.context;
  }
}
