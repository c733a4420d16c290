import type { UserSettings } from './userSettings.ts';

/** What a run may do: look at the files of its folder, or change them too. */
export type Rights = 'read' | 'edit';

/** How a run of `claude -p` is started. */
export interface HeadlessLaunch {
  rights: Rights;
  /** Absolute; holds `settingsOfRun`. */
  settingsFile: string;
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
 * What stands in the file of `--settings`: what of the user's own settings a run needs, what is forbidden to it (see forbidden.ts),
 * and no hooks, so that our own gate does not review the reviewer.
 */
export function settingsOfRun(user: UserSettings['settings']): object {
  return { ...user, disableAllHooks: true };
}

/**
 * Arguments that isolate a run (facts: claude-code.md, 5.2; measured on 2.1.197 and 2.1.330):
 * - no settings file at all but our own: those of a repository may name hooks, a program that gives the API key and the address
 *   of the model, and the rules of any may allow to read and write outside of the folder. Only what an organisation manages
 *   on this machine cannot be switched off. Without them `CLAUDE.md` of the repository is not read either, and the program's
 *   own transcripts are not tidied by an age that is not the user's;
 * - no plugins, no MCP servers, no skills and commands. Without the safe mode 2.1.197 starts the MCP servers of plugins, whose
 *   tools it then does not offer. That mode leaves out the user's own `CLAUDE.md`;
 * - no session is kept: the next `claude --continue` in that folder would go on with it.
 */
export function headlessArgs(launch: HeadlessLaunch): string[] {
  const { rights, settingsFile, model, effort, budget, schema } = launch;
  return [
    '-p',
    ...['--output-format', 'stream-json', '--verbose', '--include-partial-messages'],
    ...['--safe-mode', '--setting-sources=', `--settings=${settingsFile}`],
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

/** Where the user's settings are is not said by themselves: the login is there too. */
const ofPlace = /^CLAUDE_CONFIG_DIR$/i;

/** Tries after the first one that failed, where the user has not said. By itself the program tries for minutes, also after 401. */
const maxRetries = '2';

/**
 * The user's environment without what belongs to a session that this host was started from.
 * @param own what the user's settings of Claude Code set; it goes before the rest, as in Claude Code itself
 */
export function headlessEnvironment(
  env: NodeJS.ProcessEnv,
  own: UserSettings['env'] = {},
): NodeJS.ProcessEnv {
  const set = Object.entries(own).filter(([name]) => !ofPlace.test(name));
  const kept = [...Object.entries(env), ...set].filter(([name]) => !ofSession.test(name));
  return {
    CLAUDE_CODE_MAX_RETRIES: maxRetries,
    ...Object.fromEntries(kept),
    // Else it puts the file behind `@/any/path` in a prompt into it without asking, and a change under review may say so (measured
    // on both versions).
    CLAUDE_CODE_DISABLE_ATTACHMENTS: '1',
    DISABLE_AUTOUPDATER: '1',
    NO_COLOR: '1',
  };
}
