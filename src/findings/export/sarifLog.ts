import type { FindingState, Proof } from '../../protocol/knownFinding.ts';
import type { Place, Priority } from '../../protocol/finding.ts';

/*
 * The part of SARIF 2.1.0 (OASIS Standard, errata 01) that Tandem writes.
 */

export const sarifVersion = '2.1.0';

/** The SARIF viewer of VS Code tells by its last part whether it can read the log, and GitHub requires it. */
export const sarifSchema = 'https://json.schemastore.org/sarif-2.1.0.json';

/** Stands for the root of the repository; where that is, the log does not say. */
export const sourceRoot = 'SRCROOT';

/** Converter in the logs that Tandem writes, by which it recognises them. */
export const converterName = 'Tandem';

/** Name of our partial fingerprint; its value is the finding's fingerprint, which is the same on every machine. */
export const fingerprintName = 'tandem/v1';

export type SarifLevel = 'error' | 'warning' | 'note';

export interface SarifLog {
  $schema: string;
  version: typeof sarifVersion;
  runs: SarifRun[];
}

export interface SarifMessage {
  text: string;
  markdown?: string;
}

export interface SarifRun {
  tool: { driver: { name: string; rules: SarifRule[] } };
  conversion: { tool: { driver: { name: string; version: string } } };
  originalUriBaseIds: Record<string, { description: SarifMessage }>;
  results: SarifResult[];
}

export interface SarifRule {
  id: string;
  name: string;
  shortDescription: SarifMessage;
  fullDescription: SarifMessage;
  help: SarifMessage;
  defaultConfiguration: { level: SarifLevel };
  properties: { tags: string[] };
}

export interface SarifResult {
  ruleId: string;
  ruleIndex: number;
  level: SarifLevel;
  message: SarifMessage;
  locations: SarifLocation[];
  partialFingerprints: Record<string, string>;
  /** 0 to 100. */
  rank?: number;
  /** On each result of a run, or on none (3.27.24). */
  baselineState?: BaselineState;
  /** An empty list says that it is known not to be suppressed (3.27.23). */
  suppressions: { kind: 'external'; status: 'accepted'; justification?: string }[];
  provenance: { firstDetectionTimeUtc: string; lastDetectionTimeUtc: string };
  properties: {
    priority: Priority;
    confidence: number | null;
    state: FindingState;
    proof: Proof | null;
    reason: string;
    recommendation: string;
    place: Place;
    /** Names of all that raised it, of which others may have runs of their own. */
    raisedBy: string[];
  };
}

export type BaselineState = 'new' | 'unchanged' | 'absent';

export interface SarifLocation {
  physicalLocation: {
    artifactLocation: { uri: string; uriBaseId: string };
    region?: { startLine: number; endLine: number; snippet?: { text: string } };
  };
}
