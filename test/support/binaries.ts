import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The real programs as npm installed them. The packages' own `bin` links are not used where they need a postinstall step. */

export const codexVersions = ['0.169.0', '0.130.0'] as const;
export type CodexVersion = (typeof codexVersions)[number];

export const claudeVersions = ['2.1.197', '2.1.330'] as const;
export type ClaudeVersion = (typeof claudeVersions)[number];

export interface CodexBinary {
  readonly version: CodexVersion;
  /** The npm launcher: a Node script (`node launcher app-server`), and the way most users have it. */
  readonly launcher: string;
  /** The program itself. */
  readonly native: string;
}

export interface ClaudeBinary {
  readonly version: ClaudeVersion;
  readonly native: string;
}

const repositoryRoot = path.resolve(import.meta.dirname, '..', '..');
const codexPackages: Record<CodexVersion, string> = { '0.169.0': '@openai/codex', '0.130.0': 'codex-0.130' };
const claudePackages: Record<ClaudeVersion, string> = {
  '2.1.197': '@anthropic-ai/claude-code',
  '2.1.330': 'claude-code-2.1.330',
};
const targetTriples: Readonly<Record<string, string>> = {
  'linux-x64': 'x86_64-unknown-linux-musl',
  'linux-arm64': 'aarch64-unknown-linux-musl',
  'darwin-x64': 'x86_64-apple-darwin',
  'darwin-arm64': 'aarch64-apple-darwin',
  'win32-x64': 'x86_64-pc-windows-msvc',
  'win32-arm64': 'aarch64-pc-windows-msvc',
};
const platform = `${process.platform}-${process.arch}`;
const executable = (name: string) => (process.platform === 'win32' ? `${name}.exe` : name);

/** @throws Error that says what to install when the version is not there. */
export function codexBinary(version: CodexVersion = '0.169.0'): CodexBinary {
  const packageFolder = path.join(repositoryRoot, 'node_modules', codexPackages[version]);
  const vendor = path.join(platformPackage(packageFolder, [`@openai/codex-${platform}`]), 'vendor');
  const target = path.join(vendor, targetTriples[platform] ?? platform);
  // 0.130 has it in `codex/`, 0.150 and later in `bin/`.
  const native = [
    path.join(target, 'bin', executable('codex')),
    path.join(target, 'codex', executable('codex')),
  ];
  return {
    version,
    launcher: path.join(packageFolder, 'bin', 'codex.js'),
    native: usable(native.find((file) => existsSync(file)) ?? path.join(target, 'bin', executable('codex'))),
  };
}

/** @throws Error that says what to install when the version is not there. */
export function claudeBinary(version: ClaudeVersion = '2.1.197'): ClaudeBinary {
  const packageFolder = path.join(repositoryRoot, 'node_modules', claudePackages[version]);
  const names = [`@anthropic-ai/claude-code-${platform}`, `@anthropic-ai/claude-code-${platform}-musl`];
  return { version, native: usable(path.join(platformPackage(packageFolder, names), executable('claude'))) };
}

function platformPackage(packageFolder: string, names: readonly string[]): string {
  const require = createRequire(path.join(packageFolder, 'package.json'));
  for (const folder of require.resolve.paths(packageFolder) ?? []) {
    for (const name of names) {
      const candidate = path.join(folder, name);
      if (existsSync(path.join(candidate, 'package.json'))) return candidate;
    }
  }
  throw new Error(
    `${names.join(' or ')} is not installed beside ${packageFolder}: run npm ci (with optional dependencies)`,
  );
}

function usable(file: string): string {
  accessSync(file, constants.X_OK);
  return file;
}
