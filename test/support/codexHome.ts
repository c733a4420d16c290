import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanEnvironment, type Environment } from './environment.ts';
import { createHome } from './home.ts';

export interface CodexHomeOptions {
  /** `url` of a `ResponsesModel` (ends in `/v1`). */
  readonly modelUrl: string;
  /**
   * Who pays, as Codex sees it (default `provider`):
   * - `provider`: an own provider that needs no login; the model answers at once.
   * - `none`: the built-in provider, not logged in.
   * - `{ apiKey }`: the built-in provider with this key, as `account/login/start` would have stored it.
   *
   * The built-in provider is sent to `modelUrl` too, so that nothing leaves the machine.
   */
  readonly account?: 'provider' | 'none' | { readonly apiKey: string };
  /** Id and name of the own provider. The name is what Codex shows to a user. */
  readonly provider?: { readonly id: string; readonly name: string };
  /** Default `gpt-5.5`: known to both Codex versions, with plain function tools. */
  readonly model?: string;
  /** Default 0: one failure of the model fails the turn. Binds requests and streams; only the own provider can be told. */
  readonly requestMaxRetries?: number;
  /**
   * Off by default: `shell_snapshot`, because a login shell per thread costs seconds on a small machine, and
   * `daemon_auto_start` (0.169), with which a session in a terminal starts a server that outlives it.
   */
  readonly features?: Readonly<Record<string, boolean>>;
  /** TOML lines of the top level, before all tables. */
  readonly topToml?: string;
  /** Whole TOML tables, put at the end of config.toml. Features belong into `features`. */
  readonly extraToml?: string;
  /** An existing folder to use as HOME instead of a new one. */
  readonly home?: string;
}

export interface CodexHome {
  /** HOME. */
  readonly home: string;
  /** CODEX_HOME. */
  readonly codexHome: string;
  /** The whole environment for the program: start it with exactly this. */
  readonly env: Environment;
  dispose(): Promise<void>;
}

/** An isolated CODEX_HOME and HOME that send a real Codex to a loopback model (facts: app-server.md 1.2 and 11). */
export function createCodexHome(options: CodexHomeOptions): CodexHome {
  const home = createHome(options.home);
  const codexHome = path.join(home.path, '.codex');
  mkdirSync(codexHome, { recursive: true, mode: 0o700 });
  writeFileSync(path.join(codexHome, 'config.toml'), configToml(options), { mode: 0o600 });
  if (typeof options.account === 'object') {
    const login = { auth_mode: 'apikey', OPENAI_API_KEY: options.account.apiKey };
    writeFileSync(path.join(codexHome, 'auth.json'), JSON.stringify(login), { mode: 0o600 });
  }
  return {
    home: home.path,
    codexHome,
    env: cleanEnvironment({ ...home.environment, CODEX_HOME: codexHome, NO_COLOR: '1' }),
    dispose: () => home.dispose(),
  };
}

function configToml(options: CodexHomeOptions): string {
  const features = Object.entries({ shell_snapshot: false, daemon_auto_start: false, ...options.features });
  const lines = [
    `model = ${quoted(options.model ?? 'gpt-5.5')}`,
    ...accountLines(options),
    options.topToml ?? '',
    '[features]',
    ...features.map(([name, on]) => `${name} = ${on}`),
    ...providerTable(options),
    options.extraToml ?? '',
  ];
  return `${lines.join('\n')}\n`;
}

const standIn = { id: 'standin', name: 'Stand-in provider' };

function accountLines(options: CodexHomeOptions): string[] {
  if (usesOwnProvider(options)) return [`model_provider = ${quoted((options.provider ?? standIn).id)}`];
  const backend = new URL('/backend-api', options.modelUrl).href;
  // auth.json instead of the machine's keyring, whatever the platform's default is.
  return [
    `openai_base_url = ${quoted(options.modelUrl)}`,
    `chatgpt_base_url = ${quoted(backend)}`,
    'cli_auth_credentials_store = "file"',
  ];
}

function providerTable(options: CodexHomeOptions): string[] {
  if (!usesOwnProvider(options)) return [];
  const { id, name } = options.provider ?? standIn;
  const retries = options.requestMaxRetries ?? 0;
  return [
    `[model_providers.${quoted(id)}]`,
    `name = ${quoted(name)}`,
    `base_url = ${quoted(options.modelUrl)}`,
    'wire_api = "responses"',
    `request_max_retries = ${retries}`,
    `stream_max_retries = ${retries}`,
  ];
}

function usesOwnProvider(options: CodexHomeOptions): boolean {
  return (options.account ?? 'provider') === 'provider';
}

/** A TOML basic string; JSON's escapes are a subset of TOML's. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
