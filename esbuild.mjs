// Builds one bundle per process and assembles the companion plugin. `--production` minifies, `--watch` rebuilds.
import { cp, mkdir, rm, writeFile, readFile } from 'node:fs/promises';
import * as esbuild from 'esbuild';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const { version } = JSON.parse(await readFile('package.json', 'utf8'));

const common = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  define: { TANDEM_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
};
const node = { ...common, platform: 'node', target: 'node20', mainFields: ['module', 'main'] };

// CommonJS dependencies inside an ES module bundle call `require` for Node's own modules.
const requireForEsm =
  "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);";

// Only the extension may resolve `vscode`: anywhere else a stray import breaks the build.
const bundles = [
  {
    ...node,
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/extension.cjs',
    format: 'cjs',
    external: ['vscode'],
  },
  ...[
    ['src/companion/main.ts', 'dist/claude-plugin/tandem.mjs'],
    ['src/headless.ts', 'dist/claude-plugin/headless.mjs'],
  ].map(([entry, outfile]) => ({
    ...node,
    entryPoints: [entry],
    outfile,
    format: 'esm',
    banner: { js: requireForEsm },
  })),
  {
    ...common,
    entryPoints: ['webview/main.ts'],
    outfile: 'dist/webview.js',
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
  },
  { ...common, entryPoints: ['webview/styles.css'], outfile: 'dist/webview.css' },
];

await rm('dist', { recursive: true, force: true });
await mkdir('dist', { recursive: true });
if (watch) for (const options of bundles) await (await esbuild.context(options)).watch();
else await Promise.all(bundles.map((options) => esbuild.build(options)));
await assemblePlugin();

/** The plugin folder is at once the plugin and the marketplace that offers it. */
async function assemblePlugin() {
  await cp('prompts/plugin', 'dist/claude-plugin', { recursive: true });
  for (const file of ['plugin.json', 'marketplace.json']) {
    const path = `dist/claude-plugin/.claude-plugin/${file}`;
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll('0.0.0', version));
  }
}
