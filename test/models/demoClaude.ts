import { demoNotice, demoReview } from './demoRules.ts';
import { type MessagesScript } from './messages.ts';
import { says, usesTool } from './messagesReply.ts';
import { pause } from './sse.ts';
import { addedLines } from './unifiedDiff.ts';

/** The most of a report that is repeated, in characters. */
const longestReport = 1500;

/**
 * The demo model in the place of Claude: it reviews by its part of the rules, repeats a report that Tandem's plugin has put into the
 * context, and otherwise says what it is.
 * @param delayMs how long it "thinks" before each answer.
 */
export function createDemoClaude(delayMs: number): MessagesScript {
  return async (request) => {
    await pause(delayMs, request.signal);
    if (request.tools.includes(answerTool)) return usesTool(answerTool, review(request.turnText));
    // With an id: the command's own text speaks of the element too.
    const report = /<tandem-report job="[\w.-]+">(.*?)<\/tandem-report>/s.exec(request.turnText)?.[1]?.trim();
    return says(report === undefined ? aboutItself() : aboutReport(report));
  };
}

/** How Claude Code takes an answer that has to have a form (facts: claude-code.md, 5.3). */
const answerTool = 'StructuredOutput';

/** As Tandem's reviewer it has the change in its prompt, and so needs to look at nothing. */
function review(prompt: string): Readonly<Record<string, unknown>> {
  const { findings, ...overall } = demoReview(addedLines(prompt), '', [], 'claude');
  const own = findings.map(({ code_location: { absolute_file_path, line_range }, ...finding }) => ({
    ...finding,
    code_location: { file_path: absolute_file_path.slice(1), line_range },
  }));
  return { ...overall, findings: own };
}

function aboutItself(): string {
  return `${demoNotice}, in the place of Claude. It cannot read, write or judge anything; the commands of the Tandem plugin work all the same. Try \`/codex:review\`.`;
}

/** A line per finding: the whole report has been shown to the user already. */
function aboutReport(report: string): string {
  const findings = report.split('\n').filter((line) => line.startsWith('- ['));
  const list = findings.length === 0 ? report.slice(0, longestReport) : findings.join('\n');
  return `${demoNotice}, in the place of Claude. Codex reports, through Tandem:\n\n${list}\n\nA demo model cannot judge them or fix anything.`;
}
