import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanEnvironment, type Environment } from './environment.ts';
import { createHome } from './home.ts';

export interface ClaudeHomeOptions {
  /** `url` of a `MessagesModel`. */
  readonly modelUrl: string;
  /** Absolute real paths of folders that need no trust dialog. */
  readonly trustedFolders?: readonly string[];
  /**
   * - `apiKey` (default): an API key.
   * - `subscription`: a long-lived OAuth token, so that the program shows and reports limits as for a subscriber.
   * - `none`: not logged in.
   */
  readonly account?: 'apiKey' | 'subscription' | 'none';
  /** Content of the user's settings.json. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Tries after the first one that failed; default 0 (the program's own default is 10, minutes long). */
  readonly maxRetries?: number;
  /** An existing folder to use as HOME instead of a new one. */
  readonly home?: string;
}

export interface ClaudeHome {
  /** HOME. */
  readonly home: string;
  /** CLAUDE_CONFIG_DIR: holds `.claude.json`, settings, plugins and transcripts. */
  readonly configFolder: string;
  /** The whole environment for the program: start it with exactly this. */
  readonly env: Environment;
  dispose(): Promise<void>;
}

const apiKey = 'sk-ant-api03-stand-in-key-that-opens-nothing';
const oauthToken = 'sk-ant-oat01-stand-in-token-that-opens-nothing';

/** Switches that keep the program offline and quiet (facts: claude-code.md 0). */
const quiet = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_AUTOUPDATER: '1',
  DISABLE_TELEMETRY: '1',
  DISABLE_ERROR_REPORTING: '1',
};

/** An isolated home that sends a real Claude Code to a loopback model, with every first-run dialog answered (facts: claude-code.md 2.4). */
export function createClaudeHome(options: ClaudeHomeOptions): ClaudeHome {
  const home = createHome(options.home);
  const configFolder = path.join(home.path, '.claude');
  mkdirSync(configFolder, { recursive: true, mode: 0o700 });
  writeJson(path.join(configFolder, '.claude.json'), {
    hasCompletedOnboarding: true,
    theme: 'dark',
    // The program keeps the last 20 characters of every key that the user said yes to.
    customApiKeyResponses: { approved: [apiKey.slice(-20)], rejected: [] },
    projects: Object.fromEntries(
      (options.trustedFolders ?? []).map((folder) => [
        folder,
        { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true },
      ]),
    ),
  });
  writeJson(path.join(configFolder, 'settings.json'), options.settings ?? {});
  return {
    home: home.path,
    configFolder,
    env: cleanEnvironment({
      ...home.environment,
      ...quiet,
      ...credentials(options.account ?? 'apiKey'),
      CLAUDE_CONFIG_DIR: configFolder,
      CLAUDE_CODE_MAX_RETRIES: String(options.maxRetries ?? 0),
      ANTHROPIC_BASE_URL: options.modelUrl,
    }),
    dispose: () => home.dispose(),
  };
}

function credentials(account: 'apiKey' | 'subscription' | 'none'): Environment {
  if (account === 'apiKey') return { ANTHROPIC_API_KEY: apiKey };
  return account === 'subscription' ? { CLAUDE_CODE_OAUTH_TOKEN: oauthToken } : {};
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value, undefined, 2), { mode: 0o600 });
}
