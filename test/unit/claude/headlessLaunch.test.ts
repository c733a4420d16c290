import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headlessArgs, headlessEnvironment, settingsOfRun } from '../../../src/claude/headlessLaunch.ts';

const launch = { rights: 'read', settingsFile: '/s/1.json', model: '', effort: '', budget: 0 } as const;

test('a run is isolated, and can only read unless it is to change files', () => {
  const args = headlessArgs(launch);
  for (const flag of [
    '-p',
    '--safe-mode',
    '--strict-mcp-config',
    '--no-session-persistence',
    '--disable-slash-commands',
  ])
    assert.ok(args.includes(flag), flag);
  const valueOf = (name: string, of = args) => of[of.indexOf(name) + 1];
  assert.ok(args.includes('--setting-sources='));
  assert.ok(args.includes('--settings=/s/1.json'));
  assert.deepEqual(settingsOfRun({ model: 'opus' }), { model: 'opus', disableAllHooks: true });
  assert.deepEqual([valueOf('--tools'), valueOf('--permission-mode')], ['Read,Grep,Glob', 'default']);
  const editing = headlessArgs({ ...launch, rights: 'edit' });
  assert.deepEqual(
    [valueOf('--tools', editing), valueOf('--permission-mode', editing)],
    ['Read,Grep,Glob,Edit,Write', 'acceptEdits'],
  );
});

test('a value is never an option, whatever it begins with', () => {
  const args = headlessArgs({
    ...launch,
    model: '--dangerously-skip-permissions',
    effort: 'high',
    budget: 1.5,
  });
  assert.ok(args.includes('--model=--dangerously-skip-permissions'));
  assert.ok(!args.includes('--dangerously-skip-permissions'));
  assert.ok(args.includes('--effort=high'));
  assert.ok(args.includes('--max-budget-usd=1.5'));
  assert.ok(!headlessArgs(launch).some((arg) => /^--(model|effort|max-budget-usd|json-schema)/.test(arg)));
});

test('what belongs to the session that started this host, or to us, is not handed on; the user’s own is', () => {
  const own = {
    PATH: '/bin',
    HOME: '/home/me',
    CLAUDE_CONFIG_DIR: '/home/me/.claude',
    CLAUDE_CODE_OAUTH_TOKEN: 'token',
    CLAUDE_CODE_USE_BEDROCK: '1',
    ANTHROPIC_BASE_URL: 'http://proxy',
  };
  const ofSession = {
    CLAUDECODE: '1',
    CLAUDE_CODE_ENTRYPOINT: 'cli',
    CLAUDE_CODE_SESSION_ID: 'x',
    CLAUDE_CODE_CHILD_SESSION: '1',
    CLAUDE_CODE_SSE_PORT: '1',
    CLAUDE_CODE_MESSAGING_SOCKET: '/tmp/x',
    CLAUDE_CODE_MESSAGING_SOCKET_TOKEN: 'x',
    CLAUDE_CODE_EXECPATH: '/x',
    CLAUDE_PLUGIN_ROOT: '/x',
    CLAUDE_PROJECT_DIR: '/x',
    CLAUDE_ENV_FILE: '/x',
    CLAUDE_EFFORT: 'max',
    CLAUDE_PID: '1',
    AI_AGENT: 'x',
    TANDEM_HOME: '/x',
    TANDEM_SOCKET: '/x',
  };
  const extra = {
    CLAUDE_CODE_MAX_RETRIES: '2',
    CLAUDE_CODE_DISABLE_ATTACHMENTS: '1',
    DISABLE_AUTOUPDATER: '1',
    NO_COLOR: '1',
  };
  assert.deepEqual(headlessEnvironment({ ...own, ...ofSession }), { ...own, ...extra });
  assert.equal(headlessEnvironment({ CLAUDE_CODE_MAX_RETRIES: '5' })['CLAUDE_CODE_MAX_RETRIES'], '5');
});

test('what the user’s settings of Claude Code set goes before the rest, but opens nothing that we close', () => {
  const set = {
    HTTPS_PROXY: 'http://of-settings',
    CLAUDE_CODE_MAX_RETRIES: '7',
    CLAUDE_CODE_DISABLE_ATTACHMENTS: '0',
    CLAUDE_CONFIG_DIR: '/elsewhere',
    TANDEM_SOCKET: '/x',
  };
  const env = headlessEnvironment({ HTTPS_PROXY: 'http://of-shell', CLAUDE_CONFIG_DIR: '/home' }, set);
  assert.deepEqual(env, {
    HTTPS_PROXY: 'http://of-settings',
    CLAUDE_CONFIG_DIR: '/home',
    CLAUDE_CODE_MAX_RETRIES: '7',
    CLAUDE_CODE_DISABLE_ATTACHMENTS: '1',
    DISABLE_AUTOUPDATER: '1',
    NO_COLOR: '1',
  });
});
