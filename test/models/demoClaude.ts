import { demoNotice } from './demoRules.ts';
import { type MessagesScript } from './messages.ts';
import { says } from './messagesReply.ts';
import { pause } from './sse.ts';

/** The most of a report that is repeated, in characters. */
const longestReport = 1500;

/**
 * The demo model in the place of Claude: it repeats a report that Tandem's plugin has put into the context, and otherwise says what it is.
 * @param delayMs how long it "thinks" before each answer.
 */
export function createDemoClaude(delayMs: number): MessagesScript {
  return async (request) => {
    await pause(delayMs, request.signal);
    // With an id: the command's own text speaks of the element too.
    const report = /<tandem-report job="[\w.-]+">(.*?)<\/tandem-report>/s.exec(request.turnText)?.[1]?.trim();
    return says(report === undefined ? aboutItself() : aboutReport(report));
  };
}

function aboutItself(): string {
  return `${demoNotice}, in the place of Claude. It cannot read, write or judge anything; the commands of the Tandem plugin work all the same. Try \`/codex:review\`.`;
}

function aboutReport(report: string): string {
  const shown = report.length > longestReport ? `${report.slice(0, longestReport)} …` : report;
  return `${demoNotice}, in the place of Claude. Tandem handed over this report:\n\n${shown}\n\nA demo model cannot judge it or fix anything.`;
}
