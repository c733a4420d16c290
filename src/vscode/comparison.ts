import { contradictions } from '../findings/contradiction.ts';
import { decisionOf } from '../findings/dispute.ts';
import type { Worded } from '../findings/likeness.ts';
import { type FindKnown, findKnown } from '../findings/nowKnown.ts';
import { agreementOf } from '../jobs/agreement.ts';
import type { RunPart } from '../jobs/runReport.ts';
import type { ComparedReview, ComparedRow, Comparison, Reported, Silence } from '../protocol/comparePage.ts';
import { type Finding, type ReviewerId, priorities } from '../protocol/finding.ts';
import { isTerminal } from '../protocol/job.ts';
import { type KnownFinding, joinHeading } from '../protocol/knownFinding.ts';
import { listedFinding, listedRun, summaryOf } from './snapshot.ts';

/*
 * The two reviews of a run side by side, from what the window knows.
 */

/** Null where nothing is kept of the run. */
export function comparison(
  run: string,
  parts: readonly RunPart[],
  known: readonly KnownFinding[],
): Comparison | null {
  const [first] = parts;
  if (!first) return null;
  const of = (reviewer: ReviewerId) => parts.find(({ job }) => job.reviewer === reviewer);
  const [codex, claude] = [of('codex'), of('claude')];
  const find = findKnown(known);
  const rows = rowsOf(codex, claude, find);
  const ids = new Set(rows.flatMap((row) => [row.codex, row.claude].flatMap((one) => one?.id ?? [])));
  return {
    run,
    repository: first.job.repository,
    title: first.job.title,
    codex: codex ? comparedReview(codex) : null,
    claude: claude ? comparedReview(claude) : null,
    rows,
    findings: known.filter(({ id }) => ids.has(id)).map(listedFinding),
  };
}

function comparedReview({ job, result }: RunPart): ComparedReview {
  const { waitingFor, phase, activity, cost, notes } = job;
  return {
    ...listedRun(job),
    waitingFor,
    phase,
    activity,
    cost,
    notes,
    explanation: isTerminal(job.state) ? summaryOf(result) : '',
  };
}

/** Each finding of a reviewer is in one row, but for one that contradicts several. */
function rowsOf(codex: RunPart | undefined, claude: RunPart | undefined, find: FindKnown): ComparedRow[] {
  const [ones, others] = [codex, claude].map((part) => reportedBy(part, find));
  if (!ones || !others) return [];
  const agreement = agreementOf(ones, others);
  const disputes = disputesOf(agreement.ones, agreement.others, find);
  const disputed = new Set(disputes.flatMap(({ codex: a, claude: b }) => [a?.id, b?.id]));
  const alone = (all: readonly Finding[]) => all.filter(({ id }) => !disputed.has(id));
  const none = { codex: null, claude: null, silence: null, decision: null };
  return [
    ...disputes,
    ...agreement.both.map(([one, other]) => ({
      ...none,
      codex: words(one),
      claude: words(other),
      ...joinedText(find(one, 'codex')),
    })),
    ...alone(agreement.ones).map((one) => ({ ...none, codex: words(one), silence: silenceOf(claude, one) })),
    ...alone(agreement.others).map((one) => ({
      ...none,
      claude: words(one),
      silence: silenceOf(codex, one),
    })),
  ].sort((a, b) => rank(a) - rank(b));
}

function joinedText(known: KnownFinding | undefined): Pick<ComparedRow, 'joined'> {
  const join = known?.joins?.findLast(({ by }) => by !== 'tandem');
  const heading = join ? joinHeading(join) : null;
  if (!join || heading === null) return {};
  return { joined: join.reason === '' ? `${heading}.` : `${heading}: ${join.reason}` };
}

/** With the ids and places that they have now. */
function reportedBy(part: RunPart | undefined, find: FindKnown): Finding[] {
  if (!part?.result || !isTerminal(part.job.state)) return [];
  return part.result.findings.map((reported) => {
    const now = find(reported, part.job.reviewer);
    return now ? { ...reported, id: now.id, ...placeOf(now) } : reported;
  });
}

function placeOf({ file, startLine, endLine }: Finding): Pick<Finding, 'file' | 'startLine' | 'endLine'> {
  return { file, startLine, endLine };
}

function disputesOf(ones: readonly Finding[], others: readonly Finding[], find: FindKnown): ComparedRow[] {
  const byId = new Map([...ones, ...others].map((finding) => [finding.id, finding]));
  return contradictions(ones satisfies readonly Worded[], others).flatMap((pair) => {
    const [one, other] = [byId.get(pair.one), byId.get(pair.other)];
    if (!one || !other) return [];
    const [codex, claude] = [find(one, 'codex'), find(other, 'claude')];
    const decision = codex && claude ? decisionOf({ codex, claude }) : 'over';
    return [{ codex: words(one), claude: words(other), silence: null, decision }];
  });
}

function words(finding: Finding): Reported {
  const { id, title, body, recommendation, priority, confidence, file, startLine, endLine } = finding;
  return { id, title, body, recommendation, priority, confidence, file, startLine, endLine };
}

/** What it means that this review does not report what the other one does. */
function silenceOf(part: RunPart | undefined, { file }: Finding): Silence {
  if (!part) return 'unknown';
  const { job, result } = part;
  if (!isTerminal(job.state)) return 'running';
  if (job.verdict !== 'clean' && job.verdict !== 'findings') return 'no verdict';
  const evidence = result?.evidence;
  if (!evidence) return 'unknown';
  return evidence.files.includes(file) ? 'looked' : 'not looked';
}

/** Kinds of rows in their order, and in each the most urgent first. */
function rank({ codex, claude, decision }: ComparedRow): number {
  const kind = decision !== null ? 0 : codex && claude ? 1 : codex ? 2 : 3;
  const urgency = [codex, claude].flatMap((one) => (one ? [priorities.indexOf(one.priority)] : []));
  return kind * priorities.length + Math.min(...urgency);
}
