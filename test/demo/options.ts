import { statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

export interface DemoOptions {
  /** The user's own Codex and Claude Code, with their logins, instead of the demo model. */
  readonly real: boolean;
  /** Absolute; the sample repository if left out. */
  readonly folder?: string;
  /** Desktop VS Code instead of the engine in the browser. */
  readonly desktop: boolean;
}

export const usage = `npm start [-- OPTIONS]
  --real          use your own Codex and Claude Code logins instead of the demo model
  --folder PATH   open this folder instead of the sample repository
  --desktop       use the desktop VS Code that is on PATH (command \`code\`) instead of the browser
`;

/** @throws Error that says which option is wrong. */
export function parseDemoOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { real: { type: 'boolean' }, folder: { type: 'string' }, desktop: { type: 'boolean' } },
  });
  return {
    real: values.real === true,
    desktop: values.desktop === true,
    ...(values.folder !== undefined && { folder: existingFolder(values.folder) }),
  };
}

/** Relative to where `npm start` was called. */
function existingFolder(given: string): string {
  const folder = path.resolve(process.env['INIT_CWD'] ?? process.cwd(), given);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`There is no folder ${folder}`);
  return folder;
}
