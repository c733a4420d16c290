import { groupBy } from '../../base/groupBy.ts';
import { printable } from '../../base/printable.ts';
import { safeMarkdown } from '../../base/safeMarkdown.ts';
import type { Priority, Voice } from '../../protocol/finding.ts';
import type { KnownFinding, Mark } from '../../protocol/knownFinding.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { inWordsOf } from '../statements.ts';
import { exportable, inOrder, nameOf } from './exportable.ts';
import { plainInMarkdown } from './plainInMarkdown.ts';
import { ruleOf } from './sarifRules.ts';
import {
  type BaselineState,
  type SarifLevel,
  type SarifLocation,
  type SarifLog,
  type SarifMessage,
  type SarifResult,
  type SarifRun,
  converterName,
  fingerprintName,
  sarifSchema,
  sarifVersion,
  sourceRoot,
} from './sarifLog.ts';

const maxText = 100_000;
/** Longer texts are no help in a log. Characters. */
const maxSnippet = 10_000;

export interface SarifOptions {
  /** Of Tandem. */
  version: string;
}

/** Findings as a SARIF log: a run for each reviewer and tool. What several of them raised is in the run of each, in its words. */
export function toSarif(findings: readonly KnownFinding[], { version }: SarifOptions): SarifLog {
  const raised = inOrder(findings)
    .map(exportable)
    .flatMap((finding) => voicesOf(finding).map((voice) => ({ finding, voice })));
  const byTool = groupBy(raised, ({ finding, voice }) => nameOf(voice, finding));
  const runs = [...byTool].map(([tool, ofTool]) => runOf(tool, ofTool, version));
  return { $schema: sarifSchema, version: sarifVersion, runs };
}

interface Raised {
  finding: KnownFinding;
  voice: Voice;
}

function namesOf(finding: KnownFinding): string[] {
  return [...new Set(finding.reviewers.map((voice) => nameOf(voice, finding)))];
}

/** A tool may have the name of a reviewer: what both raised is in that run once. */
function voicesOf(finding: KnownFinding): Voice[] {
  const names = finding.reviewers.map((voice) => nameOf(voice, finding));
  return finding.reviewers.filter((_, index) => names.indexOf(names[index] ?? '') === index);
}

function runOf(tool: string, raised: readonly Raised[], version: string): SarifRun {
  const voices = [...new Set(raised.map(({ voice }) => voice))];
  const baseline = raised.map(({ finding }) => baselineOf(finding));
  const isComplete = baseline.every((state) => state !== null);
  return {
    tool: { driver: { name: tool, rules: voices.map((voice) => ruleOf(voice, tool)) } },
    conversion: { tool: { driver: { name: converterName, version } } },
    originalUriBaseIds: { [sourceRoot]: { description: { text: 'The root of the repository.' } } },
    results: raised.map(({ finding, voice }, index) => ({
      ...resultOf(inWordsOf(finding, voice), {
        ruleId: ruleOf(voice, tool).id,
        ruleIndex: voices.indexOf(voice),
      }),
      ...(isComplete && { baselineState: baseline[index] ?? 'unchanged' }),
    })),
  };
}

function resultOf(finding: KnownFinding, rule: Pick<SarifResult, 'ruleId' | 'ruleIndex'>): SarifResult {
  const { priority, confidence, state, proof, reason, recommendation, place } = finding;
  return {
    ...rule,
    level: levels[priority],
    message: messageOf(finding),
    locations: locationsOf(finding),
    // GitHub's upload action adds its own hash beside it, which needs the file.
    partialFingerprints: { [fingerprintName]: fingerprintOf(finding) },
    ...(confidence !== null && { rank: Math.round(confidence * 1000) / 10 }),
    suppressions: suppressionsOf(finding),
    provenance: {
      firstDetectionTimeUtc: finding.firstSeenAt,
      lastDetectionTimeUtc: finding.lastSeenAt,
    },
    properties: {
      priority,
      confidence,
      state,
      proof,
      reason,
      recommendation,
      place,
      raisedBy: namesOf(finding),
    },
  };
}

/** An error is what should be mended before the change goes on: P0 and P1 of the rubric. */
export const levels: Readonly<Record<Priority, SarifLevel>> = {
  P0: 'error',
  P1: 'error',
  P2: 'warning',
  P3: 'note',
};

/**
 * The title comes first: where there is little room, viewers show the first sentence. Braces are not doubled, though the
 * standard wants it (3.11.5): the SARIF viewer of VS Code does not halve them where there are no arguments.
 */
function messageOf({ title, body, recommendation }: KnownFinding): SarifMessage {
  const advice = (heading: string) => (recommendation === '' ? [] : [`${heading} ${recommendation}`]);
  const text = [title, body, ...advice('Recommendation:')].filter((part) => part !== '').join('\n\n');
  const source = [body, ...advice('**Recommendation:**')].filter((part) => part !== '').join('\n\n');
  return {
    text: withoutLinks(text),
    // The SARIF viewer of VS Code would follow `command:` links.
    markdown: `**${plainInMarkdown(title)}**\n\n${safeMarkdown(source, maxText, plainInMarkdown)}`.trim(),
  };
}

/** Plain text may hold links too, `[text](destination)` (3.11.6): those to anything but the web become text. */
function withoutLinks(text: string): string {
  return text.replaceAll(/\]\((?!https?:\/\/)/gi, '] (');
}

/** Empty for what has no place in the repository. Lines are named only where they hold what was found. */
function locationsOf({ file, place, startLine, endLine, anchor }: KnownFinding): SarifLocation[] {
  if (place === 'outside') return [];
  const artifactLocation = { uri: relativeUri(file), uriBaseId: sourceRoot };
  if (place !== 'anchored') return [{ physicalLocation: { artifactLocation } }];
  const isWhole = anchor !== null && anchor.text.length === endLine - startLine + 1;
  const text = isWhole ? printable(anchor.text.join('\n')) : '';
  const snippet = text !== '' && text.length <= maxSnippet ? { snippet: { text } } : {};
  return [{ physicalLocation: { artifactLocation, region: { startLine, endLine, ...snippet } } }];
}

/** A file of the repository as a relative reference (RFC 3986, 4.2). */
function relativeUri(file: string): string {
  // A name may hold what is no text; no URI can.
  const text = Buffer.from(file, 'utf8').toString('utf8');
  return text.split('/').map(encodeURIComponent).join('/');
}

function suppressionsOf({ state, reason }: KnownFinding): SarifResult['suppressions'] {
  if (state !== 'dismissed') return [];
  return [{ kind: 'external', status: 'accepted', ...(reason !== '' && { justification: reason }) }];
}

const baselines: Readonly<Record<Mark, BaselineState>> = {
  new: 'new',
  'came back': 'new',
  'still there': 'unchanged',
  'not reported': 'unchanged',
  'not looked at': 'unchanged',
};

function baselineOf({ state, mark }: KnownFinding): BaselineState | null {
  if (state === 'fixed') return 'absent';
  return mark === null ? null : baselines[mark];
}
