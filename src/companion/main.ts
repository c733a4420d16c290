import { UsageError } from '../base/errors.ts';
import { check } from './check.ts';
import { reviewCommand, setupCommand, statusCommand } from './commands.ts';
import { expand } from './hook.ts';
import { errorJson, errorText, exitCodeOfError, exitCodes } from './outcome.ts';
import { printable, printableJson } from './text.ts';

/*
 * The program that the plugin's hooks, people and scripts run. Every slash command starts it anew, so it has to stay
 * small. Measured: loading parts of it on demand gains nothing, and keeps esbuild from dropping what they do not use
 * (zod alone: 330 kB).
 */

const help = `Tandem: reviews by Codex from any terminal.

Usage: node tandem.mjs COMMAND

  review [--wait|--background] [--base REF] [--scope auto|working-tree|branch]
         [--model MODEL] [--effort EFFORT] [--json]
  status [JOB] [--json]
  setup [--json]

A VS Code window that has the folder open serves the command; without one, Tandem runs on its own.
Exit codes: 0 done, 1 failed or no verdict, 2 wrong usage or nothing to review, 130 cancelled.
`;

async function run([command, ...args]: readonly string[]): Promise<number> {
  switch (command) {
    case 'review':
      return reviewCommand(args);
    case 'status':
      return statusCommand(args);
    case 'setup':
      return setupCommand(args);
    case 'hook':
      return hookCommand(args);
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

/** Claude Code takes any other exit code, or anything but JSON, for a broken hook and lets the prompt through. */
async function hookCommand([event]: readonly string[]): Promise<number> {
  if (event !== 'expand') throw new UsageError(`“${event ?? ''}” is not a hook of Tandem.`);
  process.stdout.write(JSON.stringify(await expand(await readStdin(), process.env)));
  return exitCodes.completed;
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
