import type { Finding } from '../protocol/finding.ts';
import { reviewerName } from './reviewTexts.ts';
import { escapeMarkdown, safeMarkdown } from './safeMarkdown.ts';

/**
 * A finding as Markdown for VS Code.
 * @param withTitle where several findings stand at one place; else their diagnostics show the titles well enough
 */
export function hoverMarkdown(finding: Finding, withTitle: boolean): string {
  const { title, priority, confidence, reviewers, body } = finding;
  const facts = [
    `**${priority}**`,
    reviewers.map(reviewerName).join(' and '),
    ...(confidence === null ? [] : [`confidence ${Math.round(confidence * 100)} %`]),
  ].join(' · ');
  const head = withTitle ? [`**${escapeMarkdown(title.replaceAll(/\s+/g, ' ').trim())}**`, facts] : [facts];
  return [...head, safeMarkdown(body)].filter((part) => part !== '').join('\n\n');
}
