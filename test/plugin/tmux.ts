import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { identityOf, isAlive, run } from '../../src/base/childProcess.ts';
import { installFromSystem } from '../engine/systemPackages.ts';
import { waitFor } from '../engine/wait.ts';
import { atProcessEnd } from '../support/cleanup.ts';
import type { Environment } from '../support/environment.ts';
import { createTempFolder } from '../support/temp.ts';

/** A terminal that a test types into and looks at. */
export interface Terminal {
  /** Types as a person would; `\r` is the Enter key. */
  type(text: string): Promise<void>;
  press(key: 'Enter' | 'Escape'): Promise<void>;
  /** What the screen shows, scrolled-off lines included. */
  screen(): Promise<string>;
  /** Resolves with the screen once it matches. */
  waitFor(pattern: RegExp, timeoutMs?: number): Promise<string>;
  dispose(): Promise<void>;
}

/**
 * Installs tmux where it is missing; without it nothing real can be typed into.
 * @returns why there is none, or undefined where there is one
 */
export async function whyNoTmux(): Promise<string | undefined> {
  if (hasTmux()) return undefined;
  const problems = await installFromSystem(['tmux'], console.error);
  return hasTmux() ? undefined : `tmux is not installed: ${problems.join(' ')}`;
}

function hasTmux(): boolean {
  return spawnSync('tmux', ['-V']).status === 0;
}

const columns = 110;
const rows = 45;

/** Starts a program in a terminal of its own tmux server, which ends with it. */
export async function openTerminal(options: {
  file: string;
  args?: readonly string[];
  cwd: string;
  env: Environment;
}): Promise<Terminal> {
  const folder = createTempFolder('tmux');
  const socket = path.join(folder.path, 's');
  const tmux = async (...args: string[]) => {
    const { code, stdout, stderr } = await run('tmux', ['-S', socket, '-f', '/dev/null', ...args], {
      cwd: options.cwd,
      env: { ...options.env, TERM: 'xterm-256color' },
    });
    if (code !== 0) throw new Error(`tmux ${args[0]}: ${stderr}`);
    return stdout;
  };
  await tmux(
    ...['new-session', '-d', '-s', 'test', '-x', String(columns), '-y', String(rows)],
    ...[options.file, ...(options.args ?? [])],
  );
  const kill = () => void execFileSync('tmux', ['-S', socket, 'kill-server'], { stdio: 'ignore' });
  const forget = atProcessEnd(kill);
  const screen = () => tmux('capture-pane', '-t', 'test', '-p', '-J', '-S', '-500');
  return {
    type: async (text) => {
      await tmux('send-keys', '-t', 'test', '-l', text);
    },
    press: async (key) => {
      await tmux('send-keys', '-t', 'test', key);
    },
    screen,
    waitFor: async (pattern, timeoutMs) => {
      let last = '';
      try {
        return await waitFor(
          `${pattern} on the screen`,
          async () => {
            last = await screen();
            return pattern.test(last) && last;
          },
          timeoutMs,
        );
      } catch (error) {
        throw new Error(`The screen never showed ${pattern}:\n${last}`, { cause: error });
      }
    },
    dispose: async () => {
      const program = identityOf(Number(await tmux('display-message', '-p', '-t', 'test', '#{pane_pid}')));
      forget();
      kill();
      // It still writes into its home while it ends.
      await waitFor('the end of the program', () => !isAlive(program), 10_000);
      await folder.dispose();
    },
  };
}
