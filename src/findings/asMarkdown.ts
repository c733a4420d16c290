import { codeBlock, codeSpan } from '../base/markdownCode.ts';
import { type Finding, voicesText } from '../protocol/finding.ts';
import type { FindingInFile } from './asPrompt.ts';
import { findingCode } from './findingCode.ts';

/** Findings as Markdown for people: for an issue, a pull request, a message. */
export function asMarkdown(findings: readonly FindingInFile[]): string {
  return `${findings.map(findingMarkdown).join('\n\n---\n\n')}\n`;
}

function findingMarkdown({ finding, lines }: FindingInFile): string {
  const { title, body, recommendation, priority, confidence } = finding;
  const facts = [
    priority,
    voicesText(finding),
    ...(confidence === null ? [] : [`confidence ${Math.round(confidence * 100)} %`]),
  ];
  const code = findingCode(finding, lines);
  return [
    `### ${title.replaceAll(/\s+/g, ' ').trim()}`,
    `${placeText(finding)} (${facts.join(', ')})`,
    ...(code === null ? [] : [codeBlock(code.lines.join('\n'))]),
    ...(body.trim() === '' ? [] : [body.trim()]),
    ...(recommendation.trim() === '' ? [] : [`**Recommendation:** ${recommendation.trim()}`]),
  ].join('\n\n');
}

function placeText({ file, startLine, endLine }: Finding): string {
  if (file === '') return 'No file named';
  return codeSpan(`${file}:${startLine}${endLine === startLine ? '' : `-${endLine}`}`);
}
