import * as z from 'zod/mini';
import { UserError, messageOf } from '../../base/errors.ts';
import { codeSpan } from '../../base/markdownCode.ts';
import { oneLine } from '../../base/printable.ts';
import { converterName, sarifVersion } from '../export/sarifLog.ts';
import type { ReportedFinding } from '../finding.ts';
import { type InputResult, type InputRule, type InputRun, logSchema, readRun } from './sarifInput.ts';
import { pathOf } from './sarifPath.ts';
import { priorityOf } from './sarifPriority.ts';
import { textOfOwnResult, textOfResult } from './sarifText.ts';
import { Skipped } from './skipped.ts';

/** More results are left out: nobody reads them, and everybody waits for them. */
export const maxResults = 10_000;

/** A result of a tool: like a reviewer's finding, nothing in it has been checked. */
export interface ImportedFinding extends ReportedFinding {
  /** Name of the tool. */
  tool: string;
}

export interface ReadSarif {
  findings: ImportedFinding[];
  /** What was left out, in sentences for the user. */
  skipped: string[];
}

/**
 * Reads a SARIF 2.1.0 log. What cannot be read of it is left out and named, and the rest is kept. Pure.
 * @param repository absolute real path of the root; files are only looked for inside of it when the findings are anchored
 * @throws UserError if the text is no such log
 */
export function fromSarif(text: string, { repository }: { repository: string }): ReadSarif {
  const runs = runsOf(text);
  const findings: ImportedFinding[] = [];
  const skipped = new Skipped();
  for (const [index, value] of runs.entries()) {
    const run = readRun(value);
    if (run === null) skipped.say(`Run ${index + 1} names no tool.`);
    else readResults(run, { number: index + 1, repository, findings, skipped });
  }
  const more = findings.length - maxResults;
  const tooMany = more > 0 ? [`${more} results: more than ${maxResults} cannot be imported.`] : [];
  return { findings: findings.slice(0, maxResults), skipped: [...tooMany, ...skipped.sentences()] };
}

function runsOf(text: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UserError(`This is no SARIF log: it is not JSON (${oneLine(messageOf(error), 200)}).`);
  }
  const log = z.safeParse(logSchema, value);
  if (!log.success) throw new UserError('This is no SARIF log: it has no `version` or no list `runs`.');
  const { version, runs } = log.data;
  if (version !== sarifVersion)
    throw new UserError(
      `This is a log of SARIF ${oneLine(version, 40)}; only version ${sarifVersion} can be imported.`,
    );
  return runs ?? [];
}

interface Reading {
  /** 1-based. */
  number: number;
  repository: string;
  findings: ImportedFinding[];
  skipped: Skipped;
}

function readResults(run: InputRun, { number, repository, findings, skipped }: Reading): void {
  if (run.externalPropertyFileReferences?.results.length)
    skipped.say(`Run ${number} keeps results in other files, which are not read.`);
  for (const [index, result] of run.results.entries()) {
    const where = `Run ${number}, result ${index + 1}`;
    if (result === null) skipped.say(`${where}: not a result.`);
    else if (isNoProblem(result)) skipped.count('passed');
    else if (result.baselineState === 'absent') skipped.count('gone');
    else if (isSuppressed(result)) skipped.count('suppressed');
    else {
      const finding = findingOf(result, run, repository);
      if (finding === null) skipped.say(`${where}: no message.`);
      else findings.push(finding);
    }
  }
}

/** 3.27.9: the tool says that all is well, or that it has something to tell. */
function isNoProblem({ kind }: InputResult): boolean {
  return kind === 'pass' || kind === 'notApplicable' || kind === 'informational';
}

/** 3.27.23: only what was not accepted leaves the result as it is. */
function isSuppressed({ suppressions }: InputResult): boolean {
  return suppressions.some((one) => one !== null && (one.status ?? 'accepted') === 'accepted');
}

function findingOf(result: InputResult, run: InputRun, repository: string): ImportedFinding | null {
  const rule = ruleOf(result, run);
  const isOwn = run.conversion?.tool.driver.name === converterName;
  const said = isOwn ? textOfOwnResult(result) : textOfResult(result, rule);
  if (said === null || said.title === '') return null;
  const { elsewhere, ...place } = placeOf(result, run, repository);
  return {
    ...said,
    body: [said.body, elsewhere].filter((part) => part !== '').join('\n\n'),
    priority: priorityOf(result, rule),
    confidence: confidenceOf(result),
    ...place,
    tool: oneLine(run.tool.driver.name ?? '', 100) || 'SARIF',
  };
}

type PlaceOf = Pick<ReportedFinding, 'path' | 'startLine' | 'endLine'>;

/** Of several places the first is the one to look at. A place that is no file is told in words. */
function placeOf(
  { locations }: InputResult,
  run: InputRun,
  repository: string,
): PlaceOf & { elsewhere: string } {
  const { artifactLocation, region } = locations[0]?.physicalLocation ?? {};
  const path = pathOf(artifactLocation, run, repository);
  const uri = artifactLocation?.uri ?? '';
  return {
    path: path ?? '',
    startLine: region?.startLine ?? null,
    endLine: region?.endLine ?? null,
    elsewhere: path === null && uri !== '' ? `Place: ${codeSpan(oneLine(uri, 500))}` : '',
  };
}

/** 3.27.7: by its index in the list of the driver or of an extension, else by its id. */
function ruleOf({ rule, ruleIndex, ruleId }: InputResult, { tool }: InputRun): InputRule | undefined {
  const component = tool.extensions[rule?.toolComponent?.index ?? -1] ?? tool.driver;
  const id = ruleId ?? rule?.id;
  const indexed = component.rules[rule?.index ?? ruleIndex ?? -1];
  return indexed ?? component.rules.find((one) => one !== null && one.id === id) ?? undefined;
}

/** Only what Tandem wrote says how sure a reviewer is; `rank` means something else with every tool. */
function confidenceOf({ properties }: InputResult): number | null {
  const confidence = properties?.['confidence'];
  return typeof confidence === 'number' && confidence >= 0 && confidence <= 1 ? confidence : null;
}
