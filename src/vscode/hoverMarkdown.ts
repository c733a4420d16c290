import { oneLine } from '../base/printable.ts';
import { escapeMarkdown, safeMarkdown } from '../base/safeMarkdown.ts';
import {
  type KnownExamination,
  examinationHeading,
  standingOf,
  standingText,
} from '../protocol/examination.ts';
import { examinationMarkdown } from '../protocol/examinationMarkdown.ts';
import type { Evidence } from '../protocol/evidence.ts';
import { voicesText } from '../protocol/finding.ts';
import {
  type KnownFinding,
  type Mark,
  joinHeading,
  otherStatements,
  statementHeading,
} from '../protocol/knownFinding.ts';
import { lowerFirst } from './jobTexts.ts';

export interface HoverOptions {
  /** Where several findings stand at one place; else their diagnostics show the titles well enough. */
  withTitle: boolean;
  /** Of the review that reported it last; null where it is not known. */
  evidence: Evidence | null;
  /** With what other agents said of it; a thread has that among its comments. */
  withExaminations?: boolean;
}

/** Longer titles are cut. Characters. */
const maxTitle = 1_000;

/** Longer reasons too. */
const maxReason = 2_000;

/** A finding as Markdown for VS Code. */
export function hoverMarkdown(
  finding: KnownFinding,
  { withTitle, evidence, withExaminations = true }: HoverOptions,
): string {
  const { title, body, recommendation } = finding;
  const advice = recommendation === '' ? '' : `**Recommendation**\n\n${safeMarkdown(recommendation)}`;
  return [
    withTitle ? `**${escapeMarkdown(oneLine(title, maxTitle))}**` : '',
    factsLine(finding),
    safeMarkdown(body),
    advice,
    ...othersTexts(finding),
    ...joinTexts(finding),
    ...(withExaminations ? finding.examinations.flatMap(examinationTexts) : []),
    evidence === null ? '' : `*${escapeMarkdown(evidenceText(finding, evidence))}*`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** What others that raised it say of it. */
function othersTexts(finding: KnownFinding): string[] {
  return otherStatements(finding).flatMap((one) => [
    `**${escapeMarkdown(statementHeading(one, finding))}: ${escapeMarkdown(oneLine(one.title, maxTitle))}**`,
    safeMarkdown(one.body),
    one.recommendation === '' ? '' : `*Recommendation:* ${safeMarkdown(one.recommendation)}`,
  ]);
}

/** Why it is one finding, where that took more than the words of both. */
function joinTexts({ joins = [] }: KnownFinding): string[] {
  return joins.flatMap(({ reason, ...join }) => {
    const heading = joinHeading(join);
    if (heading === null) return [];
    const why = reason === '' ? '' : `: ${escapeMarkdown(oneLine(reason, maxReason))}`;
    return [`**${escapeMarkdown(heading)}**${why}`];
  });
}

function examinationTexts(one: KnownExamination): string[] {
  return [
    `**${escapeMarkdown(examinationHeading(one))}**`,
    examinationMarkdown(one, (text) => safeMarkdown(text)),
  ];
}

const markTexts: Readonly<Record<Mark, string>> = {
  new: 'new',
  'still there': 'still there',
  'came back': 'came back',
  'not reported': 'not reported by the last review',
  'not looked at': 'not looked at by the last review',
};

function factsLine(finding: KnownFinding): string {
  const { priority, confidence, mark, inChange } = finding;
  const standing = standingOf(finding);
  return [
    `**${priority}**`,
    escapeMarkdown(voicesText(finding)),
    ...(confidence === null ? [] : [`confidence ${Math.round(confidence * 100)} %`]),
    ...(mark === null ? [] : [markTexts[mark]]),
    ...(standing === null ? [] : [lowerFirst(standingText(standing))]),
    ...(inChange === false ? ['outside the change'] : []),
  ].join(' · ');
}

/** What the reviewer was seen doing about the file of the finding. */
function evidenceText({ file }: KnownFinding, { looks, files }: Evidence): string {
  const count = looks.filter((look) => look.files.includes(file)).length;
  if (count > 0)
    return `The reviewer looked at this file with ${count === 1 ? '1 command' : `${count} commands`}.`;
  return files.includes(file)
    ? 'The reviewer was handed this file’s change.'
    : 'The reviewer was not seen looking at this file.';
}
