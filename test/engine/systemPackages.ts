import { existsSync } from 'node:fs';
import { run } from './processes.ts';

/**
 * Installs Debian packages, where this process may.
 * @returns why it could not be done; empty when it was
 */
export async function installFromSystem(
  packages: readonly string[],
  log: (line: string) => void,
): Promise<string[]> {
  const what = packages.join(' and ');
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    const problem = `${what}: not installed, because that needs root and apt-get.`;
    log(problem);
    return [problem];
  }
  log(`Installing ${what} with apt-get.`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run('/usr/bin/apt-get', ['update', '-qq'], { env, timeout: 5 * 60_000 });
    await run('/usr/bin/apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
      env,
      timeout: 10 * 60_000,
    });
    return [];
  } catch (error) {
    log(`apt-get could not install ${what}.`);
    return [String(error)];
  }
}
