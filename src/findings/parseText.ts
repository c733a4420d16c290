import type { ReadOutput, ReportedFinding } from './finding.ts';
import { splitTitle } from './parseJson.ts';

/**
 * Reads the text that Codex renders for people (grammar in facts: app-server.md, 2.3):
 * an explanation, then `Review comment:` or `Full review comments:`, then a block per finding,
 * `- TITLE — PATH:START-END` with its body indented by two spaces. Confidence is lost in it, and so is the priority
 * where the model wrote no tag. Null if there is no such block: prose alone is no statement about findings.
 */
export function parseRenderedOutput(text: string): ReadOutput | null {
  const header = /(?:^|\n\n)(?:Review comment|Full review comments):\n\n/.exec(text);
  if (!header) return null;
  const findings: ReportedFinding[] = [];
  for (const block of text.slice(header.index + header[0].length).split(/\n\n(?=- )/)) {
    const finding = parseBlock(block);
    if (!finding) return null;
    findings.push(finding);
  }
  const explanation = text.slice(0, header.index).trim();
  return {
    output: { findings, correctness: '', explanation, confidence: null, nextSteps: [], earlier: [] },
    structure: 'parsed',
  };
}

const dash = ' — ';
const placeAtEnd = /:(-?\d{1,9})-(-?\d{1,9})$/;

function parseBlock(block: string): ReportedFinding | null {
  // The header ends with the first line that ends in a place; a title may run over several lines.
  const lines = block.split('\n');
  const last = lines.findIndex((line) => placeAtEnd.test(line));
  const header = lines.slice(0, last + 1).join('\n');
  const [place, start, end] = placeAtEnd.exec(header) ?? [];
  if (!header.startsWith('- ') || !header.includes(dash) || place === undefined) return null;
  const { title, path } = splitHeader(header.slice('- '.length, -place.length));
  const body = lines.slice(last + 1).map((line) => line.replace(/^ {2}/, ''));
  return {
    ...withPriority(title),
    body: body.join('\n').trim(),
    recommendation: '',
    confidence: null,
    path,
    startLine: Number(start),
    endLine: Number(end),
  };
}

/** Title and path may both hold the dash that separates them: the right-most one before an absolute path it is. */
function splitHeader(header: string): { title: string; path: string } {
  const parts = header.split(dash);
  const absolute = parts.findLastIndex((part, index) => index > 0 && /^(\/|[A-Za-z]:[\\/])/.test(part));
  const at = absolute === -1 ? parts.length - 1 : absolute;
  return { title: parts.slice(0, at).join(dash), path: parts.slice(at).join(dash) };
}

function withPriority(tagged: string): Pick<ReportedFinding, 'title' | 'priority'> {
  const { title, priority } = splitTitle(tagged);
  return { title, priority: priority ?? 'P2' };
}
