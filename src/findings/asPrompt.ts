import { findingsPrompt } from '../../prompts/finding/prompt.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import { findingCode } from './findingCode.ts';

/** A finding, and the lines of its file as they are now; null where they cannot be read. */
export interface FindingInFile {
  readonly finding: KnownFinding;
  readonly lines: readonly string[] | null;
}

/** Findings as a prompt for an agent that is to deal with them. Never empty for at least one finding. */
export function asPrompt(findings: readonly FindingInFile[]): string {
  return findingsPrompt(
    findings.map(({ finding, lines }) => ({ finding, code: findingCode(finding, lines) })),
  );
}
