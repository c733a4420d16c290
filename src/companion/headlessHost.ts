import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { settlesWithin, withDeadline } from '../base/async.ts';
import { UserError, messageOf } from '../base/errors.ts';
import { readDiscovery } from '../client/discoverHosts.ts';
import { HostConnection } from '../client/hostConnection.ts';
import { hostVariable } from '../protocol/discovery.ts';
import { failureSchema } from '../protocol/job.ts';
import type { Caller } from './findHost.ts';

/** Milliseconds. Starting takes about 0.3 s; ending includes the App Server's end. */
const startTimeout = 30_000;
const endTimeout = 5_000;
const maxFirstLineLength = 64 * 1024;

/** The one line that a headless host prints. */
const firstLineSchema = z.union([z.object({ discovery: z.string() }), z.object({ error: failureSchema })]);

export interface HeadlessHost {
  connection: HostConnection;
  /** Lets go of the host, which ends itself once nothing runs; with `wait` returns when it is gone (or after 5 s). */
  release(wait: boolean): Promise<void>;
}

/**
 * Starts the program beside this one that runs Tandem without VS Code. It lives in its own process group, so that Ctrl+C
 * reaches only the companion, which then cancels properly; its stdin is the life line that tells it when we are gone.
 * @throws UserError if it does not come up
 */
export async function startHeadlessHost(
  caller: Caller,
  program = fileURLToPath(new URL('headless.mjs', import.meta.url)),
): Promise<HeadlessHost> {
  if (!existsSync(program)) throw new UserError(`${program} is missing.`, reinstallAdvice);
  const child = spawn(process.execPath, [program], {
    cwd: caller.folder,
    env: { ...caller.env, [hostVariable]: undefined },
    stdio: ['pipe', 'pipe', caller.env['TANDEM_LOG'] === 'debug' ? 'inherit' : 'pipe'],
    detached: true,
    windowsHide: true,
  });
  try {
    const discovery = await readDiscovery(await withDeadline(firstLine(child), startTimeout, 'Tandem'));
    if (discovery === null) throw new UserError('Tandem ended right after it had started.', reinstallAdvice);
    const connection = await HostConnection.open(discovery, caller.client);
    return { connection, release: (wait) => release(child, wait) };
  } catch (error) {
    child.kill('SIGTERM');
    await release(child, false);
    throw error;
  }
}

const reinstallAdvice =
  'Open the folder in VS Code, or install the plugin again (“Tandem: Install Claude Code Plugin”).';

/** The path of its discovery file; rejects with the host's own words if it could not start. */
async function firstLine(child: ChildProcess): Promise<string> {
  const { line, errors } = await readFirstLine(child);
  const parsed = z.safeParse(firstLineSchema, parseJson(line));
  if (!parsed.success) {
    const lines = errors.trim().split('\n');
    const words = lines.find((text) => /^\w*Error\b/.test(text)) ?? lines.at(-1) ?? '';
    throw new UserError(`Tandem could not be started without VS Code. ${words}`.trim(), reinstallAdvice);
  }
  if ('error' in parsed.data) throw new UserError(parsed.data.error.message, parsed.data.error.advice);
  return parsed.data.discovery;
}

function readFirstLine(child: ChildProcess): Promise<{ line: string; errors: string }> {
  return new Promise((resolve, reject) => {
    let output = '';
    let errors = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(0, maxFirstLineLength);
      if (output.includes('\n')) resolve({ line: output.split('\n')[0] ?? '', errors });
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-maxFirstLineLength);
    });
    child.once('error', (error) => reject(new UserError(`Tandem could not be started: ${messageOf(error)}`)));
    child.once('close', () => resolve({ line: output, errors }));
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // It ended before it could say anything; its stderr says why.
    return null;
  }
}

async function release(child: ChildProcess, wait: boolean): Promise<void> {
  child.stdin?.end();
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
  const isGone = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  if (wait && !isGone()) {
    await settlesWithin(new Promise((resolve) => child.once('exit', resolve)), endTimeout);
  }
}
