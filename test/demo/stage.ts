import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { startDemoModel } from '../models/demo.ts';
import { claudeBinary, codexBinary } from '../support/binaries.ts';
import { createClaudeHome } from '../support/claudeHome.ts';
import { createCodexHome } from '../support/codexHome.ts';
import { createSampleRepository } from '../support/sampleRepository.ts';
import { createTempFolder } from '../support/temp.ts';
import type { DemoOptions } from './options.ts';

/** What the window is opened on, and what its programs are started with. */
export interface Stage {
  /** The workspace folder. */
  readonly folder: string;
  /** The whole environment of the window. */
  readonly env: NodeJS.ProcessEnv;
  /** Thrown away at the end: profile of the window, homes of the programs, state of Tandem, the sample. */
  readonly scratch: string;
  dispose(): Promise<void>;
}

/** A window of either kind, as the demo handles it. */
export interface DemoWindow {
  /** What the user does to see it. */
  readonly where: string;
  /** Resolves when the user has closed it; never where that cannot be seen. */
  readonly closed: Promise<void>;
  dispose(): Promise<void>;
}

export async function createStage(options: DemoOptions): Promise<Stage> {
  const scratch = createTempFolder('demo').path;
  const folder = options.folder ?? (await createSample(scratch));
  if (options.real) return { folder, env: { ...process.env }, scratch, dispose: () => Promise.resolve() };

  const model = await startDemoModel();
  const home = path.join(scratch, 'home');
  mkdirSync(home);
  const provider = { id: 'demo', name: 'Demo model' };
  const codex = createCodexHome({ modelUrl: model.responsesUrl, home, provider });
  const claude = createClaudeHome({ modelUrl: model.messagesUrl, home, trustedFolders: [folder] });
  return {
    folder,
    scratch,
    env: {
      ...codex.env,
      ...claude.env,
      PATH: [linkPrograms(scratch), process.env['PATH'] ?? ''].join(path.delimiter),
      TANDEM_HOME: path.join(scratch, 'tandem'),
      TANDEM_DEMO: '1',
    },
    dispose: () => model.dispose(),
  };
}

async function createSample(scratch: string): Promise<string> {
  const folder = path.join(scratch, 'cashbook');
  mkdirSync(folder);
  return (await createSampleRepository(folder)).path;
}

/** A folder for PATH with the real `codex` and `claude` of the development dependencies. */
function linkPrograms(scratch: string): string {
  const folder = path.join(scratch, 'bin');
  mkdirSync(folder);
  symlinkSync(codexBinary().launcher, path.join(folder, 'codex'));
  symlinkSync(claudeBinary().native, path.join(folder, 'claude'));
  return folder;
}
