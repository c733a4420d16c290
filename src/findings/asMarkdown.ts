import { codeBlock, codeSpan } from '../base/markdownCode.ts';
import { safeMarkdown } from '../base/safeMarkdown.ts';
import { type Finding, voicesText } from '../protocol/finding.ts';
import type { FindingInFile } from './asPrompt.ts';
import { otherStatements, statementHeading } from '../protocol/knownFinding.ts';
import { exportable } from './export/exportable.ts';
import { plainInMarkdown } from './export/plainInMarkdown.ts';
import { findingCode } from './findingCode.ts';

const maxText = 50_000;

/** Findings as Markdown for people, each with its code: for an issue, a pull request, a message. */
export function asMarkdown(findings: readonly FindingInFile[]): string {
  return `${findings.map(findingMarkdown).join('\n\n---\n\n')}\n`;
}

function findingMarkdown({ finding: own, lines }: FindingInFile): string {
  const finding = exportable(own);
  const { title, body, recommendation, priority, confidence } = finding;
  const facts = [
    priority,
    plainInMarkdown(voicesText(finding)),
    ...(confidence === null ? [] : [`confidence ${Math.round(confidence * 100)} %`]),
  ];
  const code = findingCode(own, lines);
  return [
    `### ${plainInMarkdown(title)}`,
    `${placeText(finding)} (${facts.join(', ')})`,
    code === null ? '' : codeBlock(code.lines.join('\n')),
    markdown(body),
    recommendation === '' ? '' : `**Recommendation:** ${markdown(recommendation)}`,
    ...otherStatements(finding).flatMap((one) => [
      `**${plainInMarkdown(statementHeading(one, finding))}: ${plainInMarkdown(one.title)}**`,
      markdown(one.body),
      one.recommendation === '' ? '' : `**Recommendation:** ${markdown(one.recommendation)}`,
    ]),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function markdown(source: string): string {
  return safeMarkdown(source, maxText, plainInMarkdown);
}

function placeText({ file, startLine, endLine }: Finding): string {
  if (file === '') return 'No file named';
  return codeSpan(`${file}:${startLine}${endLine === startLine ? '' : `-${endLine}`}`);
}
