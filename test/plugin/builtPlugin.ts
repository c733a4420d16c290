import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { createTempFolder } from '../support/temp.ts';

const root = path.resolve(import.meta.dirname, '../..');
const entries = { 'tandem.mjs': 'src/companion/main.ts', 'headless.mjs': 'src/headless.ts' };
/** CommonJS dependencies inside an ES module bundle use these two; see esbuild.mjs. */
const banner = [
  "import { createRequire as createRequireForBundle } from 'node:module';",
  "import { fileURLToPath as fileURLToPathForBundle } from 'node:url';",
  'const require = createRequireForBundle(import.meta.url);',
  'const __filename = fileURLToPathForBundle(import.meta.url);',
].join(' ');

/** Builds the companion plugin of this source tree as that version, the way `esbuild.mjs` does, into a temp folder. */
export async function buildPlugin(version: string): Promise<string> {
  const folder = path.join(createTempFolder('plugin').path, 'claude-plugin');
  cpSync(path.join(root, 'prompts/plugin'), folder, { recursive: true });
  for (const name of ['plugin.json', 'marketplace.json']) {
    const file = path.join(folder, '.claude-plugin', name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('0.0.0', version));
  }
  for (const [outfile, entry] of Object.entries(entries)) {
    await build({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile: path.join(folder, outfile),
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      mainFields: ['module', 'main'],
      define: { TANDEM_VERSION: JSON.stringify(version) },
      banner: { js: banner },
      logLevel: 'warning',
    });
  }
  return folder;
}
