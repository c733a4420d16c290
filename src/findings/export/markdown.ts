import { groupBy } from '../../base/groupBy.ts';
import { codeSpan } from '../../base/markdownCode.ts';
import { oneLine, printable } from '../../base/printable.ts';
import { safeMarkdown } from '../../base/safeMarkdown.ts';
import { examinationHeading, standingOf, standingText } from '../../protocol/examination.ts';
import { examinationMarkdown } from '../../protocol/examinationMarkdown.ts';
import { type Place, voicesText } from '../../protocol/finding.ts';
import { type KnownFinding, otherStatements, statementHeading } from '../../protocol/knownFinding.ts';
import { exportable, inOrder } from './exportable.ts';
import { plainInMarkdown } from './plainInMarkdown.ts';

const maxText = 50_000;

/** Findings as a report for people: a task list under the name of each file, ticked where nothing is left to do. */
export function toMarkdown(findings: readonly KnownFinding[], { name }: { name: string }): string {
  const files = groupBy(inOrder(findings).map(exportable), fileHeading);
  const sections = [...files].map(([heading, ofFile]) =>
    [`## ${heading}`, ...ofFile.map(findingItem)].join('\n\n'),
  );
  return `${[`# Findings in ${plain(name)}`, countsText(findings), ...sections].join('\n\n')}\n`;
}

/** `3 open, 1 fixed, 2 dismissed.` */
function countsText(findings: readonly KnownFinding[]): string {
  if (findings.length === 0) return 'No findings.';
  const states = groupBy(findings, ({ state }) => state);
  const counts = (['open', 'fixed', 'dismissed'] as const).map((state) => ({
    state,
    count: states.get(state)?.length ?? 0,
  }));
  const there = counts.filter(({ count }) => count > 0);
  return `${there.map(({ state, count }) => `${count} ${state}`).join(', ')}.`;
}

function fileHeading({ file, place }: KnownFinding): string {
  if (place === 'outside')
    return file === '' ? 'No file named' : `${codeSpan(file)} (outside the repository)`;
  return codeSpan(printable(file).replaceAll('\n', ' '));
}

function findingItem(finding: KnownFinding): string {
  const { title, body, recommendation, state } = finding;
  const box = state === 'open' ? '[ ]' : '[x]';
  const advice = recommendation === '' ? '' : `**Recommendation:** ${markdown(recommendation)}`;
  const parts = [
    `- ${box} **${plain(title)}**\\\n${factsText(finding)}`,
    markdown(body),
    advice,
    ...statementsText(finding),
    ...examinationsText(finding),
    ...stateText(finding),
  ];
  return indented(parts.filter((part) => part !== '').join('\n\n'));
}

const placeNotes: Readonly<Record<Place, string>> = {
  anchored: '',
  stale: ', its text is gone',
  missing: ', no such file now',
  outside: '',
};

/** `P1, lines 3-5, Codex, confidence 90 %, confirmed by Claude`. */
function factsText(finding: KnownFinding): string {
  const { priority, startLine, endLine, place, confidence } = finding;
  const standing = standingOf(finding);
  const lines = startLine === endLine ? `line ${startLine}` : `lines ${startLine}-${endLine}`;
  return [
    priority,
    `${lines}${placeNotes[place]}`,
    plain(voicesText(finding)),
    ...(confidence === null ? [] : [`confidence ${Math.round(confidence * 100)} %`]),
    ...(standing === null ? [] : [standingText(standing).replace(/^./, (first) => first.toLowerCase())]),
  ].join(', ');
}

/** What others say of it, each with its name. */
function statementsText(finding: KnownFinding): string[] {
  return otherStatements(finding).flatMap((one) => [
    `**${plain(statementHeading(one, finding))}: ${plain(one.title)}**`,
    markdown(one.body),
    one.recommendation === '' ? '' : `**Recommendation:** ${markdown(one.recommendation)}`,
  ]);
}

function examinationsText({ examinations }: KnownFinding): string[] {
  return examinations.flatMap((one) => [
    `**${plain(examinationHeading(one))}**`,
    examinationMarkdown(one, markdown),
  ]);
}

/** Nothing for what is open; else what became of it, and why. */
function stateText({ state, proof, reason, by }: KnownFinding): string[] {
  if (state === 'open') return [];
  const what =
    state === 'dismissed'
      ? `Dismissed${by === 'team' ? ' by the team' : ''}`
      : proof === 'confirmed'
        ? 'Fixed, confirmed'
        : 'Fixed, as claimed';
  return [reason === '' ? `${what}.` : `${what}: ${markdown(reason)}`];
}

function markdown(source: string): string {
  return safeMarkdown(source, maxText, plainInMarkdown);
}

function plain(text: string): string {
  return plainInMarkdown(oneLine(text, maxText));
}

/** Everything behind the first line belongs to the item. */
function indented(item: string): string {
  return item
    .split('\n')
    .map((line, index) => (index === 0 || line === '' ? line : `  ${line}`))
    .join('\n');
}
