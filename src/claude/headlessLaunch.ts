/** What a run may do: look at the files of its folder, or change them too. */
export type Rights = 'read' | 'edit';

/** How a run of `claude -p` is started. */
export interface HeadlessLaunch {
  rights: Rights;
  /** Empty for Claude's own choice. */
  model: string;
  /** One of `claudeEfforts` (protocol/order.ts); empty for Claude's own choice. Another one is ignored (measured on both versions). */
  effort: string;
  /** US dollars that it may cost; 0 for no limit. */
  budget: number;
  /** JSON schema of the answer; left out for text. */
  schema?: unknown;
}

/**
 * No Bash: what a command does nobody can tell beforehand, and `git diff --output=FILE` writes (facts: claude-code.md, 5.2).
 * With these tools there is also nothing that a killed run could leave behind.
 */
const tools: Readonly<Record<Rights, readonly string[]>> = {
  read: ['Read', 'Grep', 'Glob'],
  edit: ['Read', 'Grep', 'Glob', 'Edit', 'Write'],
};

/**
 * In these modes whatever is not allowed is refused, because nobody can be asked: reading outside of the folder, and writing
 * there, below `.git`, `.claude` and `.vscode` (measured on 2.1.197 and 2.1.330). Said in any case: the user's own default
 * may be to allow everything.
 */
const modes: Readonly<Record<Rights, string>> = { read: 'default', edit: 'acceptEdits' };

/**
 * Arguments that isolate a run (facts: claude-code.md, 5.2):
 * - settings of the user alone: those of a repository may name hooks, a program that gives the API key, and the address of
 *   the model. Without them `CLAUDE.md` of the repository is not read either (measured on both versions);
 * - no hooks, so that our own gate does not review the reviewer, no plugins, no MCP servers, no skills and commands. Without
 *   the safe mode 2.1.197 starts the MCP servers of plugins, whose tools it then does not offer (measured). That mode keeps
 *   the user's own `env`, `apiKeyHelper` and `model`, and leaves out their `CLAUDE.md`;
 * - no session is kept: the next `claude --continue` in that folder would go on with it.
 */
export function headlessArgs({ rights, model, effort, budget, schema }: HeadlessLaunch): string[] {
  return [
    '-p',
    ...['--output-format', 'stream-json', '--verbose', '--include-partial-messages'],
    ...['--safe-mode', '--setting-sources', 'user', '--settings', '{"disableAllHooks":true}'],
    ...['--strict-mcp-config', '--disable-slash-commands', '--no-session-persistence'],
    ...['--tools', tools[rights].join(','), '--permission-mode', modes[rights]],
    // In one argument each: whatever a value begins with, it is no option.
    ...(model === '' ? [] : [`--model=${model}`]),
    ...(effort === '' ? [] : [`--effort=${effort}`]),
    ...(budget > 0 ? [`--max-budget-usd=${budget}`] : []),
    ...(schema === undefined ? [] : ['--json-schema', JSON.stringify(schema)]),
  ];
}

/** What a session of Claude Code tells its own children of itself (facts: claude-code.md, 1.5), and what ours have of us. */
const ofSession =
  /^(?:CLAUDECODE|CLAUDE_(?:PID|EFFORT|ENV_FILE|PROJECT_DIR|PLUGIN_\w+|SESSION_\w+)|CLAUDE_CODE_(?:ENTRYPOINT|SESSION_\w+|CHILD_SESSION|EXECPATH|SSE_PORT|MESSAGING_\w+)|AI_AGENT|TANDEM_\w+)$/i;

/** Tries after the first one that failed, where the user has not said. By itself the program tries for minutes, also after 401. */
const maxRetries = '2';

/** The user's environment without what belongs to a session that this host was started from. */
export function headlessEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !ofSession.test(name));
  return {
    CLAUDE_CODE_MAX_RETRIES: maxRetries,
    ...Object.fromEntries(kept),
    DISABLE_AUTOUPDATER: '1',
    NO_COLOR: '1',
  };
}
