// Builds one bundle per process, and the companion plugin. `--production` minifies, `--package` writes dist/tandem.vsix too,
// `--watch` rebuilds.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = path.dirname(fileURLToPath(import.meta.url));
const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));

/** CommonJS dependencies use these, which an ES module does not have. */
const commonJsNames = [
  "import { createRequire as createRequireForBundle } from 'node:module';",
  "import { fileURLToPath as fileURLToPathForBundle } from 'node:url';",
  'const require = createRequireForBundle(import.meta.url);',
  'const __filename = fileURLToPathForBundle(import.meta.url);',
].join(' ');

function common(production) {
  return {
    absWorkingDir: root,
    bundle: true,
    minify: production,
    sourcemap: production ? false : 'linked',
    legalComments: 'none',
    logLevel: 'warning',
  };
}

function forNode(production, ownVersion = version) {
  const define = { TANDEM_VERSION: JSON.stringify(ownVersion) };
  return {
    ...common(production),
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    define,
  };
}

/** Only the extension may resolve `vscode`: anywhere else a stray import breaks the build. */
function extensionBundles(production) {
  const page = { ...common(production), platform: 'browser', target: 'es2022' };
  return [
    {
      ...forNode(production),
      entryPoints: ['src/extension.ts'],
      outfile: 'dist/extension.cjs',
      format: 'cjs',
      external: ['vscode'],
    },
    { ...page, entryPoints: ['webview/main.ts'], outfile: 'dist/webview.js', format: 'iife' },
    { ...page, entryPoints: ['webview/styles.css'], outfile: 'dist/webview.css' },
    { ...page, entryPoints: ['webview/compare.ts'], outfile: 'dist/compare.js', format: 'iife' },
    { ...page, entryPoints: ['webview/compare.css'], outfile: 'dist/compare.css' },
  ];
}

function pluginBundles(folder, production, ownVersion) {
  const programs = {
    'tandem.mjs': 'src/companion/main.ts',
    'mcp.mjs': 'src/companion/mcp.ts',
    'headless.mjs': 'src/headless.ts',
  };
  return Object.entries(programs).map(([name, entry]) => ({
    ...forNode(production, ownVersion),
    entryPoints: [entry],
    outfile: path.join(folder, name),
    format: 'esm',
    banner: { js: commonJsNames },
  }));
}

/** Copies what Claude Code reads. The folder is at once the plugin and the marketplace that offers it. */
async function copyPrompts(folder, ownVersion) {
  await cp(path.join(root, 'prompts/plugin'), folder, { recursive: true });
  for (const name of ['plugin.json', 'marketplace.json']) {
    const file = path.join(folder, '.claude-plugin', name);
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll('0.0.0', ownVersion));
  }
}

/** Builds the companion plugin into the folder, as that version (tests build others than the current one). */
export async function buildPlugin(folder, { production = false, ownVersion = version } = {}) {
  await copyPrompts(folder, ownVersion);
  await Promise.all(pluginBundles(folder, production, ownVersion).map((bundle) => esbuild.build(bundle)));
}

const knownFlags = ['--production', '--package', '--watch'];

async function main(flags) {
  const unknown = flags.find((flag) => !knownFlags.includes(flag));
  if (unknown !== undefined) throw new Error(`${unknown} is not one of ${knownFlags.join(', ')}`);
  const production = flags.includes('--production');
  const dist = path.join(root, 'dist');
  const plugin = path.join(dist, 'claude-plugin');
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist);
  if (flags.includes('--watch')) {
    await copyPrompts(plugin, version);
    const bundles = [...extensionBundles(false), ...pluginBundles(plugin, false, version)];
    for (const bundle of bundles) await (await esbuild.context(bundle)).watch();
    return;
  }
  await Promise.all(extensionBundles(production).map((bundle) => esbuild.build(bundle)));
  await buildPlugin(plugin, { production });
  if (flags.includes('--package')) await packageExtension(path.join(dist, 'tandem.vsix'));
}

/** Everything that runs is in the bundles; the README's pictures stay in the repository. */
async function packageExtension(packagePath) {
  const { createVSIX } = await import('@vscode/vsce');
  await createVSIX({ cwd: root, packagePath, dependencies: false, rewriteRelativeLinks: false });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
