import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, before, describe, test } from 'node:test';
import { buildPlugin } from '../../esbuild.mjs';
import { deferred } from '../../src/base/async.ts';
import { waitFor } from '../engine/wait.ts';
import { type ModelScript, type ResponsesModel, startResponsesModel } from '../models/responses.ts';
import { answer, calls, callsMcp, patches, runs, together } from '../models/responsesReply.ts';
import { type Terminal, openTerminal, whyNoTmux } from '../plugin/tmux.ts';
import { codexBinary } from '../support/binaries.ts';
import { type CodexHome, type CodexHomeOptions, createCodexHome } from '../support/codexHome.ts';
import type { Environment } from '../support/environment.ts';
import { type TestRepository, createRepository } from '../support/repository.ts';
import { createTempFolder } from '../support/temp.ts';
import { startListening } from './listening.ts';
import { createPlainHost } from './plainHost.ts';

const noTmux = await whyNoTmux();

/** What Codex asks where there is no window: a person at a real terminal, the headless host, the real App Server. */
describe('questions in a terminal', { skip: noTmux ?? false }, () => {
  let program: string;
  const cleanUps: (() => Promise<unknown>)[] = [];
  function kept<T extends { dispose(): Promise<unknown> }>(part: T): T {
    cleanUps.push(() => part.dispose());
    return part;
  }
  before(async () => {
    const folder = path.join(createTempFolder('built').path, 'claude-plugin');
    await buildPlugin(folder, { ownVersion: '0.0.0' });
    program = path.join(folder, 'tandem.mjs');
  });
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  interface Line {
    repository: TestRepository;
    model: ResponsesModel;
    home: CodexHome;
    env: Environment;
    /** A place that the sandbox keeps Codex from. */
    outside: string;
  }

  async function line(script: ModelScript, options: Partial<CodexHomeOptions> = {}): Promise<Line> {
    const repository = kept(await createRepository({ committed: { 'a.js': 'export const one = 1;\n' } }));
    const model = kept(await startResponsesModel(script));
    const home = kept(createCodexHome({ modelUrl: model.url, ...options }));
    const env = {
      ...home.env,
      TANDEM_HOME: createTempFolder('state').path,
      TANDEM_CODEX_PATH: codexBinary().native,
    };
    return { repository, model, home, env, outside: createTempFolder('outside').path };
  }

  /** A person types the command; the terminal stays, and says how it ended. */
  async function rescue(
    { repository, env }: Line,
    changes: Environment = {},
    access = '--write',
  ): Promise<Terminal> {
    const command = [process.execPath, program, 'rescue', access, 'Go', 'on'];
    // Ctrl+C reaches the shell too, which is to stay.
    const args = ['-c', 'trap : INT; "$@"; echo "exit code $?"; exec cat', 'sh', ...command];
    return kept(await openTerminal({ file: 'sh', args, cwd: repository.path, env: { ...env, ...changes } }));
  }

  const leaves = (file: string) =>
    runs(`touch '${file}'`, { sandbox_permissions: 'require_escalated', justification: 'For the cache' });
  const choice = /a allow once, s allow for this session, d decline, c cancel the task: $/m;
  const patience = 30_000;

  async function enter(terminal: Terminal, text: string): Promise<void> {
    await terminal.type(text);
    await terminal.press('Enter');
  }

  test('a command: shown whole with folder and reason, what is hidden in it shown; once allowed it runs', async () => {
    const there = await line(({ step }) =>
      step === 0 ? leaves(`${there.outside}/x\u202e\u001b[2J.txt`) : answer('Made it.'),
    );
    const terminal = await rescue(there);
    const screen = await terminal.waitFor(choice, patience);
    const lines = screen.split('\n').map((text) => text.trimEnd());
    assert.match(screen, /^Codex asks \(task-\w+\):$/m);
    assert.match(screen, /^ {2}Run this command, outside of its sandbox:$/m);
    assert.ok(screen.includes("x\\u{202e}\\u{1b}[2J.txt'"), screen);
    assert.ok(
      lines.some((text) => text.startsWith('  in /')),
      'the folder',
    );
    assert.ok(lines.includes('  Reason, in its own words: For the cache'), screen);
    assert.match(screen, /^Without an answer it is declined at \d\d:\d\d\.$/m);
    await enter(terminal, 'x');
    await terminal.waitFor(/task: x\n.*cancel the task: $/m, patience);
    assert.ok(!existsSync(`${there.outside}/x\u202e\u001b[2J.txt`));
    await enter(terminal, 'a');
    assert.match(await terminal.waitFor(/^exit code \d+$/m, patience), /Made it\.[^]*^exit code 0$/m);
    assert.ok(existsSync(`${there.outside}/x\u202e\u001b[2J.txt`));
  });

  test('allowed for the session it is not asked again', async () => {
    const there = await line(({ step }) => (step < 2 ? leaves(`${there.outside}/x`) : answer('Done.')));
    const terminal = await rescue(there);
    await terminal.waitFor(choice, patience);
    await enter(terminal, 's');
    const screen = await terminal.waitFor(/^exit code 0$/m, patience);
    assert.equal(screen.match(/Codex asks/g)?.length, 1);
    assert.ok(existsSync(`${there.outside}/x`));
  });

  test('declined, and the reason reaches Codex', async () => {
    const there = await line(({ step, userText }) =>
      step === 0 && userText.includes('Go on') ? leaves(`${there.outside}/x`) : answer('Well.'),
    );
    const terminal = await rescue(there);
    await terminal.waitFor(choice, patience);
    await enter(terminal, 'd');
    await terminal.waitFor(/Why\? .*: $/m, patience);
    await enter(terminal, 'Use the folder of the project.');
    const screen = await terminal.waitFor(/^exit code 0$/m, patience);
    assert.match(screen, /declined by you: Use the folder of the\s+project\./);
    assert.ok(!existsSync(`${there.outside}/x`));
    const told = there.model.requests.map(({ body }) => JSON.stringify(body)).join('\n');
    assert.ok(told.includes('My reason: Use the folder of the project.'));
  });

  for (const [name, cancel] of [
    ['with c', (terminal: Terminal) => enter(terminal, 'c')],
    ['with Ctrl+C', (terminal: Terminal) => terminal.type('\u0003')],
  ] as const)
    test(`the task is cancelled ${name}, and nothing runs`, async () => {
      const there = await line(({ step }) => (step === 0 ? leaves(`${there.outside}/x`) : answer('Well.')));
      const terminal = await rescue(there);
      await terminal.waitFor(choice, patience);
      await cancel(terminal);
      await terminal.waitFor(/^exit code 130$/m, patience);
      assert.ok(!existsSync(`${there.outside}/x`));
    });

  test('nobody answers in time: declined, said so, and the task goes on', async () => {
    const there = await line(({ step }) => (step === 0 ? leaves(`${there.outside}/x`) : answer('Well.')));
    const terminal = await rescue(there, { TANDEM_APPROVALS_TIMEOUT_MINUTES: '0.02' });
    const screen = await terminal.waitFor(/^exit code \d+$/m, patience);
    assert.match(screen, /^Nobody answered in time: it was declined\.$/m);
    assert.match(screen, /declined because nobody answered in\s+time/);
    assert.match(screen, /^exit code 0$/m);
    assert.ok(!existsSync(`${there.outside}/x`));
  });

  test('two at once are asked one after the other; what is typed ahead answers nothing', async () => {
    const there = await line(({ step }) =>
      step === 0 ? together(leaves(`${there.outside}/one`), leaves(`${there.outside}/two`)) : answer('Done.'),
    );
    const terminal = await rescue(there);
    await enter(terminal, 'a');
    const asked = /outside-\d+\/(one|two)'/g;
    // Which one comes first is Codex's business.
    const [[, first = ''] = []] = [...(await terminal.waitFor(choice, patience)).matchAll(asked)];
    await enter(terminal, 'a');
    const screen = await terminal.waitFor(/Codex asks[^]*Codex asks[^]*cancel the task: $/m, patience);
    const second = [...screen.matchAll(asked)].at(-1)?.[1] ?? '';
    assert.deepEqual([first, second].sort(), ['one', 'two']);
    assert.ok(!existsSync(path.join(there.outside, second)));
    await enter(terminal, 'd');
    await terminal.waitFor(/Why\? .*: $/m, patience);
    await terminal.press('Enter');
    await terminal.waitFor(/^exit code 0$/m, patience);
    assert.deepEqual(
      [first, second].map((name) => existsSync(path.join(there.outside, name))),
      [true, false],
    );
  });

  test('a change of files is shown as a difference', async () => {
    const patch = '*** Begin Patch\n*** Add File: b.js\n+export const two = 2;\n*** End Patch\n';
    const there = await line(({ step }) => (step === 0 ? patches(patch) : answer('Done.')));
    const terminal = await rescue(there, {}, '--read-only');
    const screen = await terminal.waitFor(choice, patience);
    assert.match(screen, /^ {2}- add: .*b\.js$/m);
    assert.match(screen, /^ {2}\+export const two = 2;$/m);
    await enter(terminal, 'a');
    await terminal.waitFor(/^exit code 0$/m, patience);
    assert.equal(readFileSync(path.join(there.repository.path, 'b.js'), 'utf8'), 'export const two = 2;\n');
  });

  test('a question with options is answered by its number', async () => {
    const options = ['Red', 'Blue'].map((label) => ({ label, description: `${label} it is` }));
    const questions = [{ id: 'color', header: 'Colour', question: 'Which one?', options }];
    const there = await line(
      ({ step }) => (step === 0 ? calls('request_user_input', { questions }) : answer('Done.')),
      { features: { default_mode_request_user_input: true } },
    );
    const terminal = await rescue(there);
    await terminal.waitFor(/^w answer, d decline, c cancel the task: $/m, patience);
    await enter(terminal, 'w');
    await terminal.waitFor(/^ {2}2 Blue \(Blue it is\)$/m, patience);
    await enter(terminal, '2');
    await terminal.waitFor(/^exit code 0$/m, patience);
    assert.match(there.model.requests.at(-1)?.toolOutputs.at(-1) ?? '', /Blue/);
  });

  test('the form of an MCP server', async () => {
    const server = path.join(import.meta.dirname, 'askingServer.mjs');
    const extraToml = [
      '[mcp_servers.asking]',
      `command = ${JSON.stringify(process.execPath)}`,
      `args = [${JSON.stringify(server)}]`,
    ].join('\n');
    const there = await line(
      ({ step }) => (step === 0 ? callsMcp('mcp__asking', 'paint') : answer('Done.')),
      { extraToml },
    );
    const terminal = await rescue(there);
    await terminal.waitFor(/run tool "paint"[^]*cancel the task: $/m, patience);
    await enter(terminal, 'a');
    await terminal.waitFor(/Which colour\?[^]*^w answer, d decline, c cancel the task: $/m, patience);
    await enter(terminal, 'w');
    await terminal.waitFor(/^1 to 2: $/m, patience);
    await enter(terminal, '3');
    await terminal.waitFor(/Type a number from 1 to 2\.\n1 to 2: $/m, patience);
    await enter(terminal, '2');
    await terminal.waitFor(/^exit code 0$/m, patience);
    assert.match(there.model.requests.at(-1)?.toolOutputs.at(-1) ?? '', /accept.*blue/);
  });

  test('answered by another client of the same App Server: the question goes, with a line', async () => {
    const listening = deferred<undefined>();
    const there = await line(async ({ step }) => {
      await listening.promise;
      return step === 0 ? leaves(`${there.outside}/x`) : answer('Done.');
    });
    const server = kept(await startListening({ version: '0.169.0', env: there.home.env }));
    const settings = { appServerEndpoint: server.endpoint };
    const stateHome = there.env['TANDEM_HOME'] ?? '';
    const other = kept(createPlainHost({ codex: '/no/codex', env: {}, stateHome, settings }));
    const terminal = await rescue(there, { TANDEM_APP_SERVER_ENDPOINT: server.endpoint });
    await there.model.waitFor();
    await other.app.appServer.use(async (connection) => {
      const [job] = await other.app.jobs.list(there.repository.path);
      const threadId = job?.threadId ?? assert.fail('no thread');
      await connection.request('thread/resume', { threadId });
      const nothing = { job: 'other', note: () => undefined, changesOf: () => [], asksToLeave: true };
      other.app.approvals.listen(threadId, { ...nothing, steer: () => Promise.resolve() });
      listening.resolve(undefined);
      await terminal.waitFor(choice, patience);
      const asked = await waitFor('the question', () => other.app.approvals.pending[0]);
      await other.app.approvals.decide(asked.id, { kind: 'allow', session: false });
      const screen = await terminal.waitFor(/^exit code \d+$/m, patience);
      assert.match(screen, /^Codex no longer asks this: it was answered elsewhere/m);
      assert.match(screen, /^exit code 0$/m);
      assert.ok(existsSync(`${there.outside}/x`));
    });
  });

  test('where a window has the folder open it asks, and the terminal does not', async () => {
    const there = await line(({ step }) => (step === 0 ? leaves(`${there.outside}/x`) : answer('Done.')));
    const { repository, home, env } = there;
    const stateHome = env['TANDEM_HOME'] ?? '';
    const codex = codexBinary().native;
    const window = kept(createPlainHost({ codex, env: home.env, folders: [repository.path], stateHome }));
    await window.app.start();
    const terminal = await rescue(there);
    const asked = await waitFor('the question', () => window.app.approvals.pending[0], patience);
    await terminal.waitFor(/waiting for an approval/, patience);
    await window.app.approvals.decide(asked.id, { kind: 'allow', session: false });
    const screen = await terminal.waitFor(/^exit code 0$/m, patience);
    assert.doesNotMatch(screen, /Codex asks/);
  });

  test('without a terminal nobody is asked: declined, with a note', async () => {
    const there = await line(({ step }) => (step === 0 ? leaves(`${there.outside}/x`) : answer('Well.')));
    const child = spawn(process.execPath, [program, 'rescue', '--write', 'Go on'], {
      cwd: there.repository.path,
      env: there.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 0, output);
    assert.match(output, /declined because nobody can be asked here/);
    assert.doesNotMatch(output, /Codex asks \(/);
    assert.ok(!existsSync(`${there.outside}/x`));
  });
});
