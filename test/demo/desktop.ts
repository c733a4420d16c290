import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { findExecutables } from '../../src/base/executables.ts';
import type { DemoWindow, Stage } from './stage.ts';

/**
 * A window of the desktop VS Code, with a profile of its own that is thrown away.
 * @throws Error where there is no `code` on PATH, or where it fails.
 */
export async function openDesktop(stage: Stage, vsix: string): Promise<DemoWindow> {
  const [code] = await findExecutables({ name: 'code', setting: '', env: process.env, knownFolders: [] });
  if (!code) throw new Error('There is no `code` on PATH. Without --desktop, VS Code runs in the browser.');
  const profile = [
    '--user-data-dir',
    path.join(stage.scratch, 'user'),
    '--extensions-dir',
    path.join(stage.scratch, 'extensions'),
  ];
  const install = spawnSync(code.file, [...profile, '--install-extension', vsix], {
    env: stage.env,
    encoding: 'utf8',
  });
  if (install.status !== 0)
    throw new Error(`The extension could not be installed:\n${install.stdout}${install.stderr}`);
  // --wait keeps `code` running until the window is closed.
  const child = spawn(code.file, [...profile, '--new-window', '--wait', stage.folder], {
    env: stage.env,
    stdio: 'ignore',
  });
  const closed = ended(child);
  return {
    where: 'A new window of your VS Code is opening.',
    closed,
    dispose: async () => {
      child.kill('SIGTERM');
      await closed;
    },
  };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => resolve());
  });
}
