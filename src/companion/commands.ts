import {
  type JobOptions,
  type TerminalCommandName,
  parseAdversarialReview,
  parseCancel,
  parseFindings,
  parseRescue,
  parseResult,
  parseReview,
  parseScore,
  parseSetup,
  parseStatus,
  parseTransfer,
} from '../protocol/commandLine.ts';
import { isTerminal } from '../protocol/job.ts';
import type { Order } from '../protocol/order.ts';
import { type Report, stateOf } from '../protocol/report.ts';
import { Interrupt } from './interrupt.ts';
import { type JobAnswer, startJob } from './job.ts';
import type { Door } from './openHost.ts';
import { exitCodeOfReport, exitCodes } from './outcome.ts';
import { ProgressLine } from './progressLine.ts';
import { writeOutput } from './output.ts';
import { TerminalAsker } from './terminalAsker.ts';
import { askCancel, askExport, askResult, askScore, askSetup, askStatus } from './queries.ts';
import { reportJson, statusJson } from './reportJson.ts';
import { inBackground } from './reportText.ts';
import { printable, printableJson } from '../base/printable.ts';

/** The commands as a terminal sees them: results on stdout, everything else on stderr. Each gives the exit code. */
type Command = (args: readonly string[]) => Promise<number>;

export const commands: Readonly<Record<TerminalCommandName, Command>> = {
  review: (args) => runJob(parseReview(args)),
  'adversarial-review': (args) => runJob(parseAdversarialReview(args)),
  rescue: (args) => {
    const { order, ...options } = parseRescue(args);
    // Nobody is asked at a terminal: without a word it is a fresh thread.
    return runJob({ ...options, order: { ...order, thread: order.thread ?? 'fresh' } });
  },
  transfer: (args) => runJob(parseTransfer(args)),
  status: statusCommand,
  result: resultCommand,
  cancel: cancelCommand,
  setup: setupCommand,
  findings: findingsCommand,
  score: scoreCommand,
};

async function runJob({ order, mode, json }: JobOptions<Order>): Promise<number> {
  const progress = new ProgressLine(process.stderr);
  const interrupt = new Interrupt();
  const asker = TerminalAsker.at(process.stdin, process.stderr, progress);
  let answer: JobAnswer;
  try {
    answer = await startJob({
      door: terminalDoor(),
      order,
      mode,
      onProgress: (step) => progress.show(step),
      ...(asker && { asker }),
      onStarted: () => interrupt.arm(),
      signal: interrupt.signal,
    });
  } catch (error) {
    progress.clear();
    if (!interrupt.signal.aborted) throw error;
    process.stderr.write('tandem: The end of the job was not confirmed.\n');
    return exitCodes.cancelled;
  } finally {
    asker?.dispose();
  }
  progress.clear();
  const { report, waited } = answer;
  if (json) printJson(reportJson(report));
  else print(waited ? report.markdown : backgroundText(report));
  return waited ? exitCodeOfReport(report) : exitCodes.completed;
}

async function statusCommand(args: readonly string[]): Promise<number> {
  const options = parseStatus(args);
  const progress = new ProgressLine(process.stderr);
  const status = await askStatus(terminalDoor(), options, (step) => progress.show(step));
  progress.clear();
  if (options.json) printJson(statusJson(status));
  else print(status.markdown);
  return exitCodes.completed;
}

async function resultCommand(args: readonly string[]): Promise<number> {
  const options = parseResult(args);
  const report = await askResult(terminalDoor(), options);
  printReport(report, options.json);
  return isTerminal(stateOf(report)) ? exitCodeOfReport(report) : exitCodes.completed;
}

async function cancelCommand(args: readonly string[]): Promise<number> {
  const options = parseCancel(args);
  printReport(await askCancel(terminalDoor(), options), options.json);
  return exitCodes.completed;
}

/** Fails if something is missing, so that a script can ask “would a review work here?”. */
async function setupCommand(args: readonly string[]): Promise<number> {
  const options = parseSetup(args);
  const { checks, markdown } = await askSetup(terminalDoor(), options);
  if (options.json) printJson({ checks });
  else print(markdown);
  return checks.some(({ state }) => state === 'missing') ? exitCodes.failed : exitCodes.completed;
}

async function findingsCommand(args: readonly string[]): Promise<number> {
  const { output, ...options } = parseFindings(args);
  const text = await askExport(terminalDoor(), options);
  if (output === undefined) print(text);
  else await writeOutput(output, text);
  return exitCodes.completed;
}

async function scoreCommand(args: readonly string[]): Promise<number> {
  const options = parseScore(args);
  const { markdown, json } = await askScore(terminalDoor());
  print(options.json ? json : markdown);
  return exitCodes.completed;
}

function terminalDoor(): Door {
  return {
    kind: 'cli',
    cwd: process.cwd(),
    env: process.env,
    notice: (line) => void process.stderr.write(`${line}\n`),
  };
}

function backgroundText(report: Report): string {
  const { id } = report.job;
  return `${inBackground(report)}. \`status ${id}\` shows how it goes, \`result ${id}\` what came of it.`;
}

function printReport(report: Report, json: boolean): void {
  if (json) printJson(reportJson(report));
  else print(report.markdown);
}

function print(text: string): void {
  process.stdout.write(`${printable(text).trimEnd()}\n`);
}

function printJson(value: unknown): void {
  process.stdout.write(`${printableJson(value)}\n`);
}
