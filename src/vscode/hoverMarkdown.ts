import { type Finding, voicesText } from '../protocol/finding.ts';
import { escapeMarkdown, safeMarkdown } from '../base/safeMarkdown.ts';

/**
 * A finding as Markdown for VS Code.
 * @param withTitle where several findings stand at one place; else their diagnostics show the titles well enough
 */
export function hoverMarkdown(finding: Finding, withTitle: boolean): string {
  const { title, priority, confidence, body, recommendation } = finding;
  const facts = [
    `**${priority}**`,
    escapeMarkdown(voicesText(finding)),
    ...(confidence === null ? [] : [`confidence ${Math.round(confidence * 100)} %`]),
  ].join(' · ');
  const head = withTitle ? [`**${escapeMarkdown(title.replaceAll(/\s+/g, ' ').trim())}**`, facts] : [facts];
  const advice = recommendation === '' ? '' : `**Recommendation**\n\n${safeMarkdown(recommendation)}`;
  return [...head, safeMarkdown(body), advice].filter((part) => part !== '').join('\n\n');
}
