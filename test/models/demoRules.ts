import { type ReviewOutput, type ReviewOutputFinding } from './reviewOutput.ts';
import { type AddedLine } from './unifiedDiff.ts';

/** What the demo model says of itself wherever it says anything. */
export const demoNotice = 'Demo model: fixed rules, not a real model';

/** One pattern, for one line of JavaScript or TypeScript at a time, with the explanation of why it is worth a look. */
export interface DemoRule {
  readonly priority: 0 | 1 | 2 | 3;
  /** Imperative, without the priority; at most 75 characters. */
  readonly title: string;
  /** Markdown of one paragraph. `code` is the text that matched, as a code span. */
  explain(code: string): string;
  readonly pattern: RegExp;
  /** The line as it should be, null to delete it; left out where a rule that sees one line cannot know. */
  fix?(line: string): string | null;
}

export const demoRules: readonly DemoRule[] = [
  {
    priority: 1,
    title: 'Say which time zone a date filter means',
    pattern:
      /new Date\((?:['"`]\d{4}-\d{2}-\d{2}['"`]|[^()]*\b(?:from|to|since|until|start|end|day|date|query|params)\b(?![^()]*T\d\d:)[^()]*)\)/i,
    explain: (code) =>
      `${code} reads a date without a time, such as \`2026-01-31\`, as midnight UTC. Code that goes on in local time sees the day before it, everywhere west of Greenwich, so that a filter by day is off by one. Compare the texts \`YYYY-MM-DD\`, or build the date from its parts in the zone that is meant.`,
    fix: (line) => line.replaceAll(/new Date\((\w+)\)/g, 'new Date(`${$1}T00:00`)'),
  },
  {
    priority: 1,
    title: 'Check the value before it gets this type',
    pattern:
      /\b(?:body|input|query|params|payload|category|type|kind|status|role)\b(?:\.\w+|\[[^\]]+\])* as [A-Z]\w*/,
    explain: (code) =>
      `${code} only quiets the compiler: at run time any text that a client sends is accepted and stored. Compare the value with the set that is allowed, and answer with an error otherwise.`,
  },
  {
    priority: 2,
    title: 'Keep money in whole cents',
    pattern: /\b(?:parseFloat|Number)\([^;]*\b(?:amount|price|total|cost|sum|balance)\b[^;]*\)/i,
    explain: (code) =>
      `${code} makes a binary floating point number out of money. Sums of such numbers are off by fractions of a cent (\`0.1 + 0.2\`), and the error grows with every addition. Add whole cents and format them only where they are shown.`,
  },
  {
    priority: 2,
    title: 'Wait for the write to finish',
    pattern:
      /^\s*(?:this\.)?#?(?:store|repository|database|db|client)\.(?:add|save|insert|update|remove|delete|write)\w*\(/,
    explain: (code) =>
      `${code} starts a write and nobody waits for it. A failure becomes an unhandled rejection, and the answer goes out before the data is there. Put \`await\` in front of it.`,
    fix: (line) => line.replace(/^(\s*)/, '$1await '),
  },
  {
    priority: 2,
    title: 'Do not swallow the error',
    pattern: /\bcatch\s*(?:\(\w*\))?\s*\{\s*\}/,
    explain: (code) =>
      `${code} hides every failure, the unexpected ones too: nobody will learn why the result is missing. Handle the one error that is expected and pass the others on.`,
  },
  {
    priority: 3,
    title: 'Take the debug output out',
    pattern: /\bconsole\.(?:log|debug)\(/,
    explain: (code) =>
      `${code} was useful while writing this. In a service it prints what clients send, possibly private data, on every request.`,
    fix: () => null,
  },
];

const codeFile = /\.(?:[cm]?[jt]s|[jt]sx)$/;

/** Everything that the rules say about these lines; `root` is the absolute path of the repository. */
export function applyDemoRules(lines: readonly AddedLine[], root: string): ReviewOutputFinding[] {
  const hits = lines
    .filter((line) => codeFile.test(line.file))
    .flatMap((line) => demoRules.flatMap((rule) => hitOf(rule, line)));
  return hits
    .filter((hit) => !continues(hit, hits))
    .map((hit) => findingOf(hit, lastLineFrom(hit, hits), root));
}

interface Hit {
  readonly rule: DemoRule;
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

function hitOf(rule: DemoRule, { file, line, text }: AddedLine): Hit[] {
  const match = rule.pattern.exec(text);
  return match === null ? [] : [{ rule, file, line, code: match[0].trim() }];
}

/** Lines in a row that break the same rule are one finding. */
function continues(hit: Hit, hits: readonly Hit[]): boolean {
  return hits.some(
    (other) => other.rule === hit.rule && other.file === hit.file && other.line === hit.line - 1,
  );
}

function lastLineFrom(hit: Hit, hits: readonly Hit[]): number {
  const next = hits.find(
    (other) => other.rule === hit.rule && other.file === hit.file && other.line === hit.line + 1,
  );
  return next === undefined ? hit.line : lastLineFrom(next, hits);
}

function findingOf({ rule, file, line, code }: Hit, lastLine: number, root: string): ReviewOutputFinding {
  return {
    title: `[P${rule.priority}] ${rule.title}`,
    body: `${rule.explain(`\`${code.replaceAll('`', "'")}\``)}\n\n*${demoNotice}: this line matches a pattern.*`,
    // A pattern knows nothing of its surroundings, so it is never very sure.
    confidence_score: 0.6,
    priority: rule.priority,
    code_location: { absolute_file_path: `${root}/${file}`, line_range: { start: line, end: lastLine } },
  };
}

/** The whole answer of the demo reviewer. `limits`: what it could not look at, as sentences. */
export function demoReview(
  lines: readonly AddedLine[],
  root: string,
  limits: readonly string[] = [],
): ReviewOutput {
  const found = applyDemoRules(lines, root).sort((a, b) => a.priority - b.priority);
  const serious = found.some((finding) => finding.priority <= 1);
  const looked = `It looked at ${lines.length} added lines`;
  const outcome =
    found.length === 0
      ? `${looked} and none of its ${demoRules.length} patterns matched, so it has nothing to say against this change.`
      : `${looked} and ${found.length === 1 ? 'one place matches' : `${found.length} places match`} its patterns.`;
  return {
    findings: found,
    overall_correctness: serious ? 'patch is incorrect' : 'patch is correct',
    overall_explanation: [`${demoNotice}.`, outcome, ...limits].join(' '),
    overall_confidence_score: 0.5,
  };
}
