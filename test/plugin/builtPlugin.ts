import path from 'node:path';
import { buildPlugin as build } from '../../esbuild.mjs';
import { createTempFolder } from '../support/temp.ts';

/** Builds the companion plugin of this source tree as that version into a temp folder. */
export async function buildPlugin(version: string): Promise<string> {
  const folder = path.join(createTempFolder('plugin').path, 'claude-plugin');
  await build(folder, { ownVersion: version });
  return folder;
}
