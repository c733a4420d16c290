import { type ReviewOutput, type ReviewOutputFinding } from './reviewOutput.ts';
import { type AddedLine } from './unifiedDiff.ts';

/** What the demo model says of itself wherever it says anything. */
export const demoNotice = 'Demo model: fixed rules, not a real model';

/** In whose place the demo model reviews. Each knows some of the rules, as two real reviewers see different things. */
export type DemoVoice = 'codex' | 'claude';

interface DemoWords {
  /** Without the priority; at most 75 characters. */
  readonly title: string;
  /** Markdown of one paragraph. `code` is the text that matched, as a code span. */
  explain(code: string): string;
}

/** One pattern, for one line of JavaScript or TypeScript at a time, with the explanation of why it is worth a look. */
export interface DemoRule {
  readonly priority: 0 | 1 | 2 | 3;
  /** Left out for who does not know the rule. */
  readonly codex?: DemoWords;
  readonly claude?: DemoWords;
  readonly pattern: RegExp;
  /** The line as it should be, null to delete it; left out where a rule that sees one line cannot know. */
  fix?(line: string): string | null;
}

export const demoRules: readonly DemoRule[] = [
  {
    priority: 1,
    codex: {
      title: 'Say which time zone a date filter means',
      explain: (code) =>
        `${code} reads a date without a time, such as \`2026-01-31\`, as midnight UTC. Code that goes on in local time sees the day before it, everywhere west of Greenwich, so that a filter by day is off by one. Compare the texts \`YYYY-MM-DD\`, or build the date from its parts in the zone that is meant.`,
    },
    claude: {
      title: 'A date filter is read as midnight UTC, which shifts it by a day',
      explain: (code) =>
        `${code} parses a date without a time as midnight UTC, and the filter then compares local days: west of Greenwich everything moves to the day before. Build the date in the local zone, or compare the texts.`,
    },
    pattern:
      /new Date\((?:['"`]\d{4}-\d{2}-\d{2}['"`]|[^()]*\b(?:from|to|since|until|start|end|day|date|query|params)\b(?![^()]*T\d\d:)[^()]*)\)/i,
    fix: (line) => line.replaceAll(/new Date\((\w+)\)/g, 'new Date(`${$1}T00:00`)'),
  },
  {
    priority: 1,
    codex: {
      title: 'Check the value before it gets this type',
      explain: (code) =>
        `${code} only quiets the compiler: at run time any text that a client sends is accepted and stored. Compare the value with the set that is allowed, and answer with an error otherwise.`,
    },
    claude: {
      title: 'The category is stored without a check',
      explain: (code) =>
        `${code} is a cast, not a check: whatever a client sends as its value is stored, though the type says that only the known ones are allowed. Compare it with the list first.`,
    },
    pattern:
      /\b(?:body|input|query|params|payload|category|type|kind|status|role)\b(?:\.\w+|\[[^\]]+\])* as [A-Z]\w*/,
  },
  {
    priority: 2,
    codex: {
      title: 'Keep money in whole cents',
      explain: (code) =>
        `${code} makes a binary floating point number out of money. Sums of such numbers are off by fractions of a cent (\`0.1 + 0.2\`), and the error grows with every addition. Add whole cents and format them only where they are shown.`,
    },
    pattern: /\b(?:parseFloat|Number)\([^;]*\b(?:amount|price|total|cost|sum|balance)\b[^;]*\)/i,
  },
  {
    priority: 2,
    codex: {
      title: 'Wait for the write to finish',
      explain: (code) =>
        `${code} starts a write and nobody waits for it. A failure becomes an unhandled rejection, and the answer goes out before the data is there. Put \`await\` in front of it.`,
    },
    pattern:
      /^\s*(?:this\.)?#?(?:store|repository|database|db|client)\.(?:add|save|insert|update|remove|delete|write)\w*\(/,
    fix: (line) => line.replace(/^(\s*)/, '$1await '),
  },
  {
    priority: 2,
    codex: {
      title: 'Do not swallow the error',
      explain: (code) =>
        `${code} hides every failure, the unexpected ones too: nobody will learn why the result is missing. Handle the one error that is expected and pass the others on.`,
    },
    pattern: /\bcatch\s*(?:\(\w*\))?\s*\{\s*\}/,
  },
  {
    priority: 3,
    codex: {
      title: 'Take the debug output out',
      explain: (code) =>
        `${code} was useful while writing this. In a service it prints what clients send, possibly private data, on every request.`,
    },
    pattern: /\bconsole\.(?:log|debug)\(/,
    fix: () => null,
  },
  {
    priority: 2,
    claude: {
      title: 'An unknown category in the filter is ignored',
      explain: (code) =>
        `With ${code} a name that is not known gives no filter at all: the client gets everything, and takes it for what it asked for. Answer with an error, as the other fields do.`,
    },
    pattern: /\.find\(\(?(\w+)\)? => \1 === \w+\.get\([^)]*\)\)/,
  },
];

const codeFile = /\.(?:[cm]?[jt]s|[jt]sx)$/;

/** Everything that the rules of one voice say about these lines; `root` is the absolute path of the repository. */
export function applyDemoRules(
  lines: readonly AddedLine[],
  root: string,
  voice: DemoVoice = 'codex',
): ReviewOutputFinding[] {
  const hits = lines
    .filter((line) => codeFile.test(line.file))
    .flatMap((line) => demoRules.flatMap((rule) => hitOf(rule, voice, line)));
  return hits
    .filter((hit) => !continues(hit, hits))
    .map((hit) => findingOf(hit, lastLineFrom(hit, hits), root));
}

interface Hit {
  readonly rule: DemoRule;
  readonly words: DemoWords;
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

function hitOf(rule: DemoRule, voice: DemoVoice, { file, line, text }: AddedLine): Hit[] {
  const match = rule.pattern.exec(text);
  const words = rule[voice];
  return match === null || words === undefined ? [] : [{ rule, words, file, line, code: match[0].trim() }];
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

function findingOf(
  { rule, words, file, line, code }: Hit,
  lastLine: number,
  root: string,
): ReviewOutputFinding {
  return {
    title: `[P${rule.priority}] ${words.title}`,
    body: `${words.explain(`\`${code.replaceAll('`', "'")}\``)}\n\n*${demoNotice}: this line matches a pattern.*`,
    // A pattern knows nothing of its surroundings, so it is never very sure.
    confidence_score: 0.6,
    priority: rule.priority,
    code_location: { absolute_file_path: `${root}/${file}`, line_range: { start: line, end: lastLine } },
  };
}

/** The whole answer of a demo reviewer. `limits`: what it could not look at, as sentences. */
export function demoReview(
  lines: readonly AddedLine[],
  root: string,
  limits: readonly string[] = [],
  voice: DemoVoice = 'codex',
): ReviewOutput {
  const known = demoRules.filter((rule) => rule[voice] !== undefined);
  const found = applyDemoRules(lines, root, voice).sort((a, b) => a.priority - b.priority);
  const serious = found.some((finding) => finding.priority <= 1);
  const looked = `It looked at ${lines.length} added lines`;
  const outcome =
    found.length === 0
      ? `${looked} and none of its ${known.length} patterns matched, so it has nothing to say against this change.`
      : `${looked} and ${found.length === 1 ? 'one place matches' : `${found.length} places match`} its patterns.`;
  return {
    findings: found,
    overall_correctness: serious ? 'patch is incorrect' : 'patch is correct',
    overall_explanation: [`${demoNotice}.`, outcome, ...limits].join(' '),
    overall_confidence_score: 0.5,
  };
}
