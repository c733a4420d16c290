import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Environment } from '../support/environment.ts';
import type { HostProcessOptions } from './hostProcess.ts';

/** Runs a host in a process of its own, and kills that as soon as `until` resolves. */
export async function killHostWhile(
  options: HostProcessOptions,
  env: Environment,
  until: () => Promise<unknown>,
): Promise<void> {
  const file = path.join(import.meta.dirname, 'hostProcess.ts');
  const args = ['--import', 'tsx', file, JSON.stringify(options)];
  const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await until();
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}
