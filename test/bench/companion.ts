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
}

export async function measureCompanion(rounds: number): Promise<CompanionTimes> {
  const repository = await createRepository({ committed: { 'a.ts': '1\n' } });
  const host = createPlainHost({ codex: '', env: {}, folders: [repository.path] });
  await host.app.start();
  const program = path.resolve(import.meta.dirname, '../../dist/claude-plugin/tandem.mjs');
  const env = cleanEnvironment({ TANDEM_HOME: host.stateHome });
  const node = (...args: string[]) => run(args, repository.path, env);
  const times = await timeInTurns(
    { node: () => node('-e', '0'), status: () => node(program, 'status') },
    rounds,
  );
  await host.dispose();
  await repository.dispose();
  return times;
}

function run(args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, env, stdio: 'ignore' });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`node ${args.join(' ')} ended with exit code ${code ?? 'none'}`));
    });
  });
}
