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
  return { output: { findings, correctness: '', explanation, confidence: null }, structure: 'parsed' };
}

function parseBlock(block: string): ReportedFinding | null {
  // Greedy up to the last dash whose right side is a place; a title may run over several lines.
  const match = /^- ([\s\S]*) — ([^\n]*):(-?\d+)-(-?\d+)(?:\n([\s\S]*))?$/.exec(firstHeader(block));
  if (!match) return null;
  const [, title = '', path = '', start, end] = match;
  const body = block.slice(firstHeader(block).length);
  return {
    ...withPriority(title),
    body: body.replaceAll(/\n {2}/g, '\n').trim(),
    confidence: null,
    path,
    startLine: Number(start),
    endLine: Number(end),
  };
}

/** The block up to the end of its first line that ends in a place. */
function firstHeader(block: string): string {
  return /^[\s\S]*? — [^\n]*:-?\d+--?\d+(?=\n|$)/.exec(block)?.[0] ?? '';
}

function withPriority(tagged: string): Pick<ReportedFinding, 'title' | 'priority'> {
  const { title, priority } = splitTitle(tagged);
  return { title, priority: priority ?? 'P2' };
}
