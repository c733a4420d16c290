import { parseReview, parseSetup, parseStatus } from '../protocol/commandLine.ts';
import type { Report } from '../protocol/report.ts';
import type { Door } from './openHost.ts';
import { exitCodeOfReport, exitCodes } from './outcome.ts';
import { ProgressLine } from './progressLine.ts';
import { review } from './review.ts';
import { reviewJson } from './reviewJson.ts';
import { setup } from './setup.ts';
import { status } from './status.ts';
import { printable, printableJson } from './text.ts';

/** The commands as a terminal sees them: results on stdout, everything else on stderr. Each gives the exit code. */

export async function reviewCommand(args: readonly string[]): Promise<number> {
  const options = parseReview(args);
  const progress = new ProgressLine(process.stderr);
  const interrupt = new Interrupt();
  let report: Report;
  try {
    report = await review({
      door: terminalDoor(),
      options,
      onProgress: (step) => progress.show(step),
      onStarted: () => interrupt.arm(),
      signal: interrupt.signal,
    });
  } catch (error) {
    progress.clear();
    if (!interrupt.signal.aborted) throw error;
    process.stderr.write('tandem: The end of the review was not confirmed.\n');
    return exitCodes.cancelled;
  }
  progress.clear();
  if (options.json) printJson(reviewJson(report));
  else print(options.background ? backgroundText(report) : report.markdown);
  return options.background ? exitCodes.completed : exitCodeOfReport(report);
}

export async function statusCommand(args: readonly string[]): Promise<number> {
  const options = parseStatus(args);
  const { jobs, markdown } = await status(terminalDoor(), options);
  if (options.json) printJson({ jobs });
  else print(markdown);
  return exitCodes.completed;
}

/** Fails if something is missing, so that a script can ask “would a review work here?”. */
export async function setupCommand(args: readonly string[]): Promise<number> {
  const options = parseSetup(args);
  const { checks, markdown } = await setup(terminalDoor());
  if (options.json) printJson({ checks });
  else print(markdown);
  return checks.some(({ state }) => state === 'missing') ? exitCodes.failed : exitCodes.completed;
}

/**
 * Ctrl+C: the first one cancels the review once there is one, the second leaves at once. Before there is a review the
 * first one leaves too: the host sees the connection end and starts nothing, or cancels.
 */
class Interrupt {
  private readonly controller = new AbortController();
  private isArmed = false;
  readonly signal = this.controller.signal;

  constructor() {
    process.on('SIGINT', () => {
      if (!this.isArmed || this.signal.aborted) process.exit(exitCodes.cancelled);
      this.controller.abort();
    });
  }

  arm(): void {
    this.isArmed = true;
  }
}

function terminalDoor(): Door {
  return {
    kind: 'cli',
    cwd: process.cwd(),
    env: process.env,
    notice: (line) => void process.stderr.write(`${line}\n`),
  };
}

function backgroundText({ job }: Report): string {
  return `Codex reviews in the background: job ${job.id}. \`status ${job.id}\` shows how it goes.`;
}

function print(text: string): void {
  process.stdout.write(`${printable(text).trimEnd()}\n`);
}

function printJson(value: unknown): void {
  process.stdout.write(`${printableJson(value)}\n`);
}
