import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ensureEngine } from '../engine/install.ts';
import { serveEngine } from '../engine/serve.ts';
import { openDesktop } from './desktop.ts';
import { type DemoOptions, parseDemoOptions, usage } from './options.ts';
import { type DemoWindow, type Stage, createStage } from './stage.ts';

/*
 * The main job in one command: Tandem's VSIX in a real VS Code, with the real Codex and the real Claude Code.
 * Everything it makes lies in one temp folder, and everything it starts ends with it.
 */

const root = path.resolve(import.meta.dirname, '../..');
const vsix = path.join(root, 'dist', 'tandem.vsix');
const say = (line: string) => console.log(line);

async function main(): Promise<void> {
  const options = readOptions();
  buildExtension();
  const stage = await createStage(options);
  const window = await (options.desktop ? openDesktop(stage, vsix) : openInEngine(stage));
  say(instructions(options, stage, window.where));
  const ended = await Promise.race([window.closed.then(() => 'closed' as const), interrupted()]);
  if (ended === 'interrupted') say('\nEnding …');
  await window.dispose();
  await stage.dispose();
}

async function openInEngine(stage: Stage): Promise<DemoWindow> {
  const engine = await ensureEngine(say);
  const server = await serveEngine({
    engine,
    profile: path.join(stage.scratch, 'vscode'),
    token: randomBytes(24).toString('base64url'),
    baseEnvironment: stage.env,
    settings: {
      'workbench.colorTheme': 'Default Dark Modern',
      'terminal.integrated.defaultLocation': 'view',
    },
    install: [vsix],
  });
  return {
    where: `Open this address in your browser (it works only on this machine):\n\n  ${server.url(stage.folder)}`,
    closed: new Promise(() => undefined),
    dispose: async () => {
      await server.dispose();
    },
  };
}

function buildExtension(): void {
  say('Building and packaging the extension …');
  const args = ['esbuild.mjs', '--production', '--package'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The build failed:\n${stdout}${stderr}`);
}

function instructions({ real }: DemoOptions, { folder }: Stage, where: string): string {
  const models = real
    ? 'Codex and Claude Code use your own logins: reviews count towards your limits.'
    : 'Codex and Claude Code are the real programs; their answers come from a demo model: fixed rules, not a model.';
  return `
Tandem is ready in ${folder}
${models}

${where}

What to try:
  1. F1, “Tandem: Review Changes…”, Enter: the findings stand in the Problems panel, in the editor and in the Tandem view.
  2. On a finding, for instance the one about the time zone: Ctrl+., “Fix with Codex”. It asks before it runs the tests, shows its
     change, and is asked for a proof once you have applied it.
  3. F1, “Tandem: Review with Claude and Codex…”, then Compare: what both found, and what only one saw.
  4. F1, “Tandem: Install Claude Code Plugin”. Then open a terminal (Ctrl+\`), type  claude  and in it  /codex:review
  5. In another terminal of the window:  codex

Ctrl+C here ends everything and leaves nothing behind.
`;
}

function interrupted(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => resolve('interrupted'));
  });
}

function readOptions(): DemoOptions {
  try {
    return parseDemoOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

await main();
process.exit(0);
