import { UsageError } from '../base/errors.ts';
import { type TerminalCommandName, terminalUsages, usages } from '../protocol/commandLine.ts';
import { check } from './check.ts';
import { commands } from './commands.ts';
import { expand } from './hook.ts';
import { errorJson, errorText, exitCodeOfError, exitCodes } from './outcome.ts';
import { type HookEnd, session, stop } from './sessionHooks.ts';
import { statusLine } from './statusLine.ts';
import { printable, printableJson } from '../base/printable.ts';

/*
 * The program that the plugin's hooks, people and scripts run. Every slash command starts it anew, so it has to stay
 * small. Measured: loading parts of it on demand gains nothing, and keeps esbuild from dropping what they do not use
 * (zod alone: 330 kB).
 */

const help = `Tandem: reviews and tasks by Codex and Claude from any terminal.

Usage: node tandem.mjs COMMAND

${Object.values({ ...usages, ...terminalUsages })
  .map((usage) => `  ${usage}`)
  .join('\n')}
  status-line  (for the setting \`statusLine\` of Claude Code: the model, and how much of the limits is used)

A VS Code window that has the folder open serves the command, and asks you what Codex asks. Without one, Tandem runs on
its own, and asks here if this is a terminal.
Exit codes: 0 done, 1 failed or no verdict, 2 wrong usage or nothing to review, 130 cancelled.
`;

async function run([command, ...args]: readonly string[]): Promise<number> {
  if (command !== undefined && isCommand(command)) return commands[command](args);
  switch (command) {
    case 'hook':
      return hookCommand(args);
    case 'status-line':
      process.stdout.write(`${printable(await statusLine(await readStdin(), process.env, Date.now()))}\n`);
      return exitCodes.completed;
    case 'check': {
      process.stdout.write(`${JSON.stringify(await check(process.env))}\n`);
      return exitCodes.completed;
    }
    case '--version':
      process.stdout.write(`${TANDEM_VERSION}\n`);
      return exitCodes.completed;
    case '--help':
    case '-h':
    case 'help':
      process.stdout.write(help);
      return exitCodes.completed;
    case undefined:
    default:
      throw new UsageError(
        command === undefined ? 'Which command?' : `“${command}” is not a command.`,
        'Try --help.',
      );
  }
}

function isCommand(word: string): word is TerminalCommandName {
  return Object.hasOwn(commands, word);
}

/** Claude Code takes any other exit code, or anything but JSON, for a broken hook and lets the prompt through. */
async function hookCommand([event]: readonly string[]): Promise<number> {
  const input = await readStdin();
  switch (event) {
    case 'expand':
      process.stdout.write(JSON.stringify(await expand(input, process.env)));
      return exitCodes.completed;
    case 'session':
      return leave(await session(input, process.env));
    case 'stop':
      return leave(await stop(input, process.env, 'blocking'));
    case 'stop-waking':
      return leave(await stop(input, process.env, 'waking'));
    case undefined:
    default:
      throw new UsageError(`“${event ?? ''}” is not a hook of Tandem.`);
  }
}

function leave({ stdout, stderr, exitCode }: HookEnd): number {
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  return exitCode;
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function main(args: readonly string[]): Promise<void> {
  // A reader that has seen enough (`| head`) is no failure of ours.
  process.stdout.on('error', () => process.exit(exitCodes.failed));
  try {
    process.exitCode = await run(args);
  } catch (error) {
    if (args.includes('--json')) process.stdout.write(`${printableJson(errorJson(error))}\n`);
    process.stderr.write(`tandem: ${printable(errorText(error))}\n`);
    if (process.env['TANDEM_LOG'] === 'debug' && error instanceof Error)
      process.stderr.write(`${error.stack}\n`);
    process.exitCode = exitCodeOfError(error);
  }
}

await main(process.argv.slice(2));
