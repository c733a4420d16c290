import { spawn } from 'node:child_process';
import path from 'node:path';
import { createPlainHost } from '../line/plainHost.ts';
import { createRepository } from '../support/repository.ts';
import { cleanEnvironment } from '../support/environment.ts';
import { timeInTurns } from './sample.ts';

export interface CompanionTimes {
  /** `node -e 0`: what any program of Node costs. Median, ms. */
  readonly node: number;
  /** `tandem.mjs status` with a window that answers. Median, ms. */
  readonly status: number;
  /** `tandem.mjs hook stop` where the gate is off: what every turn of Claude costs, in the background too. Median, ms. */
  readonly stop: number;
}

export async function measureCompanion(rounds: number): Promise<CompanionTimes> {
  const repository = await createRepository({ committed: { 'a.ts': '1\n' } });
  const host = createPlainHost({ codex: '', env: {}, folders: [repository.path] });
  await host.app.start();
  const program = path.resolve(import.meta.dirname, '../../dist/claude-plugin/tandem.mjs');
  const env = cleanEnvironment({ TANDEM_HOME: host.stateHome });
  const node = (...args: string[]) => run(args, repository.path, env);
  const times = await timeInTurns(
    {
      node: () => node('-e', '0'),
      status: () => node(program, 'status'),
      stop: () => run([program, 'hook', 'stop'], repository.path, env, stopInput(repository.path)),
    },
    rounds,
  );
  await host.dispose();
  await repository.dispose();
  return times;
}

/** As Claude Code sends it (facts: claude-code.md, 3). */
function stopInput(cwd: string): string {
  return JSON.stringify({
    session_id: 'bench',
    cwd,
    hook_event_name: 'Stop',
    stop_hook_active: false,
  });
}

function run(args: string[], cwd: string, env: NodeJS.ProcessEnv, input = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, env, stdio: ['pipe', 'ignore', 'ignore'] });
    child.stdin.end(input);
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`node ${args.join(' ')} ended with exit code ${code ?? 'none'}`));
    });
  });
}
