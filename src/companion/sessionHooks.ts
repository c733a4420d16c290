import * as z from 'zod/mini';
import { messageOf } from '../base/errors.ts';
import { realPathOrNull, stateHome } from '../base/paths.ts';
import type { StopParams } from '../protocol/bridge.ts';
import { isGated } from '../protocol/gate.ts';
import { type Door, ask, tell } from './openHost.ts';
import { printable } from '../base/printable.ts';

/** stdin of the hooks of a session, as far as it is used (facts: claude-code.md, 3). */
const inputSchema = z.object({
  cwd: z.string(),
  session_id: z.string(),
  hook_event_name: z.string(),
  /** Of `SessionStart`: `startup`, `resume`, `clear` or `compact`. */
  source: z.optional(z.string()),
  stop_hook_active: z.optional(z.boolean()),
});

/** What a hook leaves behind: Claude Code reads all three. */
export interface HookEnd {
  stdout: string;
  stderr: string;
  exitCode: number;
}

const silent: HookEnd = { stdout: '', stderr: '', exitCode: 0 };
/** With this code a hook that runs after the turn wakes the session, which gets stderr (facts: claude-code.md, 3). */
const wake = 2;

/** A session begins or ends: its window hears of it. No host is started, unless the gate needs one to begin. */
export async function session(input: string, env: NodeJS.ProcessEnv): Promise<HookEnd> {
  const { door, gated, source } = await read(input, env);
  // The session goes on, and so does what its turn has to answer for.
  if (source === 'compact') return silent;
  if (door.event === 'SessionEnd') await tell(door, (host, cwd) => host.sessionEnd({ cwd }));
  else if (gated) await ask(door, 'answers', (host, cwd) => host.sessionStart({ cwd }));
  else await tell(door, (host, cwd) => host.sessionStart({ cwd }));
  return silent;
}

/**
 * Claude is about to stop. Where the gate is off, which is the rule, nothing is asked and nothing started. Whatever goes
 * wrong lets Claude stop, and is told to the user.
 */
export async function stop(
  input: string,
  env: NodeJS.ProcessEnv,
  hook: StopParams['hook'],
): Promise<HookEnd> {
  const { door, gated, again } = await read(input, env);
  if (!gated) return silent;
  try {
    const { decision, reason, warning } = await ask(door, 'runs the gate', (host, cwd) =>
      host.stop({ cwd, again, hook }),
    );
    if (decision === 'block') return blocked(printable(reason ?? ''), hook);
    return warning === undefined ? silent : warned(warning, hook);
  } catch (error) {
    return warned(`Tandem’s review gate could not run: ${messageOf(error)}`, hook);
  }
}

function blocked(reason: string, hook: StopParams['hook']): HookEnd {
  return hook === 'waking'
    ? { stdout: '', stderr: reason, exitCode: wake }
    : { ...silent, stdout: JSON.stringify({ decision: 'block', reason }) };
}

function warned(warning: string, hook: StopParams['hook']): HookEnd {
  if (hook === 'waking') return { ...silent, stderr: printable(warning) };
  return { ...silent, stdout: JSON.stringify({ systemMessage: printable(warning) }) };
}

interface SessionEvent {
  door: Door;
  /** The gate is on in this folder's repository. */
  gated: boolean;
  /** Claude goes on already because of a Stop hook. */
  again: boolean;
  source: string | undefined;
}

async function read(text: string, env: NodeJS.ProcessEnv): Promise<SessionEvent> {
  const { cwd, source, ...input } = z.parse(inputSchema, JSON.parse(text));
  const { session_id: session, hook_event_name: event, stop_hook_active: again } = input;
  const door: Door = { kind: 'hook', event, session, cwd, env, notice: () => undefined };
  const folder = await realPathOrNull(cwd);
  const gated = folder !== null && (await isGated(stateHome(env), folder));
  return { door, gated, again: again === true, source };
}
