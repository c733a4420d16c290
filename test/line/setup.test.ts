import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, test } from 'node:test';
import type { Settings } from '../../src/app/settings.ts';
import { UsageError } from '../../src/base/errors.ts';
import { pluginFolder } from '../../src/claude/pluginFolder.ts';
import { readDiscovery } from '../../src/client/discoverHosts.ts';
import { AppServer } from '../../src/codex/appServer.ts';
import { checkTurn } from '../../src/codex/doctor.ts';
import type { SetupResult } from '../../src/protocol/bridge.ts';
import type { SetupCheckId } from '../../src/protocol/setupCheck.ts';
import { answer, hang, httpError } from '../models/responsesReply.ts';
import { type ModelScript, startResponsesModel } from '../models/responses.ts';
import { claudeBinary, codexBinary, codexVersions } from '../support/binaries.ts';
import { createClaudeHome } from '../support/claudeHome.ts';
import { type CodexHomeOptions, createCodexHome } from '../support/codexHome.ts';
import type { Environment } from '../support/environment.ts';
import { createFakeCodex } from '../support/fakeCodex.ts';
import { objectOf } from '../support/json.ts';
import { createRepository } from '../support/repository.ts';
import { createTempFolder } from '../support/temp.ts';
import { createRecordingLogger } from '../unit/bridge/samples.ts';
import { callHost } from './caller.ts';
import { type PlainHostOptions, createPlainHost } from './plainHost.ts';

/** The set-up's report on the real programs, and on what may be wrong with them. */

const nowhere = 'http://127.0.0.1:9/v1';
/** Most reports need no Claude Code, and come sooner without. */
const noClaude = { claudePath: '/nowhere/claude' };
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface LineOptions extends Partial<Omit<PlainHostOptions, 'codex' | 'env' | 'settings'>> {
  readonly codex: string;
  readonly env?: Environment;
  readonly settings?: Partial<Settings>;
}

async function line({ codex, env = createTempHome(), settings = {}, ...options }: LineOptions) {
  const repository = await createRepository({ committed: { 'a.js': '1\n' } });
  const host = createPlainHost({
    ...{ codex, env, folders: [repository.path], ...options },
    settings: { ...noClaude, ...settings },
  });
  await host.app.start();
  ends.push(
    () => repository.dispose(),
    () => host.dispose(),
  );
  const setup = (request: { gate?: boolean; test?: boolean; cwd?: string; session?: string } = {}) =>
    host.app.setup({ cwd: repository.path, session: null, ...request });
  return { repository, host, setup };
}

function createTempHome(): Environment {
  const home = createCodexHome({ modelUrl: nowhere });
  ends.push(() => home.dispose());
  return home.env;
}

async function codexHome(script: ModelScript, options: Partial<CodexHomeOptions> = {}) {
  const model = await startResponsesModel(script);
  const home = createCodexHome({ modelUrl: model.url, ...options });
  ends.push(
    () => home.dispose(),
    () => model.dispose(),
  );
  return { model, home };
}

const ids = ({ checks }: SetupResult) => checks.map(({ id }) => id);
const stateOf = ({ checks }: SetupResult, id: SetupCheckId) => checks.find((check) => check.id === id)?.state;
const lineOf = ({ checks }: SetupResult, id: SetupCheckId) => {
  const { state, detail, advice } = checks.find((check) => check.id === id) ?? assert.fail(`no check ${id}`);
  return `${state}: ${detail}${advice === undefined ? '' : ` → ${advice}`}`;
};

for (const version of codexVersions) {
  describe(`set-up with the real Codex ${version}`, () => {
    const { native } = codexBinary(version);

    test('everything in place, with a provider of the user’s own, and a real turn', async () => {
      const { model, home } = await codexHome(() => answer('ready.\n'), { model: 'not-this-one' });
      const claude = createClaudeHome({ home: home.home, modelUrl: nowhere });
      const { setup, host, repository } = await line({
        codex: native,
        env: { ...claude.env, ...home.env },
        settings: { claudePath: claudeBinary().native, reviewModel: 'gpt-5.5', reviewEffort: 'low' },
      });
      const result = await setup({ test: true });
      const expected = [
        'codex',
        'codex-login',
        'codex-sandbox',
        'claude',
        'plugin',
        'socket',
        'gate',
        'test',
      ];
      assert.deepEqual(withoutCandidates(result), expected);
      assert.equal(lineOf(result, 'codex'), `ok: ${version} at ${native} (from the settings)`);
      assert.equal(lineOf(result, 'codex-login'), 'ok: not needed by the configured model provider');
      assert.equal(stateOf(result, 'codex-sandbox'), 'ok');
      assert.match(lineOf(result, 'claude'), /^ok: 2\.1\.197 at /);
      assert.match(lineOf(result, 'plugin'), /^warning: not installed → /);
      assert.match(
        lineOf(result, 'socket'),
        new RegExp(`^ok: this window listens at .* for ${repository.path}$`),
      );
      assert.match(lineOf(result, 'gate'), /^info: off for repository-/);
      assert.match(lineOf(result, 'test'), /^ok: gpt-5\.5 answered “ready\.” after \d+\.\d s$/);
      assert.match(
        result.markdown,
        /^Tandem set-up\n\n- ✓ Codex: .*\n\nTandem can review; look at what is marked !\.$/s,
      );
      assert.deepEqual(host.complaints, []);

      const [request] = model.requests;
      assert.equal(model.requests.length, 1);
      assert.equal(objectOf(request?.body['reasoning'])['effort'], 'low');
      // The thread of the test is nothing to go on with.
      const { data } = await host.app.appServer.use((connection) => connection.request('thread/list', {}));
      assert.deepEqual(data, []);
      assert.deepEqual(filesBelow(path.join(home.codexHome, 'sessions')), []);
    });

    test('a real turn that fails says why, and that reviews fail too', async () => {
      const { home } = await codexHome(() => httpError(401, { error: { message: 'stand-in: wrong key' } }));
      const { setup } = await line({ codex: native, env: home.env });
      const result = await setup({ test: true });
      assert.match(lineOf(result, 'test'), /^missing: failed after \d+\.\d s: Codex could not finish: .*401/);
      assert.equal(stateOf(result, 'codex'), 'ok');
      assert.match(result.markdown, /cannot review yet/);
    });

    test('not logged in: only a certain “no” is missing; the turn is not tried', async () => {
      const { model, home } = await codexHome(() => answer('ready'), { account: 'none' });
      const { setup } = await line({ codex: native, env: home.env });
      const result = await setup({ test: true });
      assert.match(lineOf(result, 'codex-login'), /^missing: not logged in → .*codex login/);
      assert.match(lineOf(result, 'test'), /^missing: failed .*not logged in/);
      assert.equal(model.requests.length, 0);
    });

    test('logged in with a key', async () => {
      const { home } = await codexHome(() => answer('ready'), { account: { apiKey: 'sk-one' } });
      const { setup } = await line({ codex: native, env: home.env });
      assert.equal(lineOf(await setup(), 'codex-login'), 'ok: API key');
    });

    test('a turn that never ends is given up', async () => {
      const { home } = await codexHome(() => hang());
      const check = await checkTurn(createAppServer(native, home.env), turnIn(home.home), 2_000);
      assert.equal(check.state, 'missing');
      assert.match(check.detail, /^failed after \d+\.\d s: Codex did not answer in time\b/);
    });
  });
}

function createAppServer(codex: string, env: Environment): AppServer {
  const { path: folder } = createTempFolder('state');
  const logger = createRecordingLogger();
  const server = new AppServer({
    executable: () => codex,
    version: '0.0.0',
    env: { ...env },
    folder,
    logger,
  });
  ends.push(() => server.dispose());
  return server;
}

function turnIn(cwd: string) {
  return { cwd, model: '', effort: '', logger: createRecordingLogger(), quietAfter: 90_000 };
}

/** Which others there are depends on the PATH that the tests were started with. */
function withoutCandidates(result: Parameters<typeof ids>[0]): string[] {
  return ids(result).filter((id) => !id.endsWith('-candidates'));
}

describe('set-up where something is wrong', () => {
  test('no Codex: the rest of the report is there all the same, and so is what else was found', async () => {
    const folder = createTempFolder('bin').path;
    symlinkSync(codexBinary().launcher, path.join(folder, 'codex'));
    const env = createTempHome();
    const { setup } = await line({
      codex: '/nowhere/codex',
      env: { ...env, PATH: `${folder}:${env['PATH'] ?? ''}` },
    });
    const result = await setup({ test: true });
    assert.deepEqual(withoutCandidates(result), ['codex', 'claude', 'socket', 'gate', 'test']);
    assert.match(lineOf(result, 'codex'), /^missing: There is no executable file at \/nowhere\/codex .* → /);
    assert.match(lineOf(result, 'codex-candidates'), new RegExp(`^info: ${folder}/codex \\(on PATH\\)`));
    assert.equal(lineOf(result, 'test'), 'missing: not made, because Codex does not run');
    assert.match(lineOf(result, 'claude'), /^warning: There is no executable file at \/nowhere\/claude/);
    assert.match(result.markdown, /\nTandem cannot review yet: see what is marked ✗\.$/);
  });

  test('Codex by its npm launcher on PATH is one program, called by the name that the user knows', async () => {
    const folder = createTempFolder('bin').path;
    symlinkSync(codexBinary().launcher, path.join(folder, 'codex'));
    const { setup } = await line({
      codex: '',
      env: { ...createTempHome(), PATH: `${folder}:/usr/bin:/bin` },
    });
    assert.equal(lineOf(await setup(), 'codex'), `ok: 0.169.0 at ${folder}/codex (on PATH)`);
  });

  test('a Codex that does not start, or is too old, is missing; its words are there', async () => {
    for (const [behaviour, words] of [
      ['exitAtStart', /exited with code 1\.\n.*configuration problem on line 7/],
      ['oldVersion', /0\.50\.0 .*too old: Tandem needs 0\.130\.0.* → Update Codex/],
    ] as const) {
      const fake = createFakeCodex(behaviour);
      const { setup } = await line({ codex: fake.path });
      const result = await setup();
      assert.match(lineOf(result, 'codex'), words);
      assert.deepEqual(withoutCandidates(result), ['codex', 'claude', 'socket', 'gate']);
      assert.equal(stateOf(result, 'codex'), 'missing');
      await fake.dispose();
    }
  });

  test('a Codex that says nothing does not keep the report', async () => {
    const fake = createFakeCodex('neverInitializes');
    const { setup } = await line({ codex: fake.path, timing: { request: 300 } });
    const result = await setup();
    assert.match(lineOf(result, 'codex'), /^missing: Codex \(initialize\) did not answer within 0\.3 s/);
    assert.equal(stateOf(result, 'socket'), 'ok');
    await fake.dispose();
  });

  test('a broken sandbox is a warning', async () => {
    const fake = createFakeCodex('sandboxBroken');
    const { setup } = await line({ codex: fake.path });
    const result = await setup();
    assert.match(lineOf(result, 'codex-sandbox'), /^warning: runs no commands: bwrap: .* → .*inconclusive/);
    assert.match(result.markdown, /Tandem can review; look at what is marked !/);
    await fake.dispose();
  });

  test('a turn that waits for the network says so, one that answers nothing too; both are ended', async () => {
    for (const [behaviour, words] of [
      ['offline', /^failed after .*can’t reach the model\.$/],
      ['stalledTurn', /^failed after .*did not answer in time/],
    ] as const) {
      const fake = createFakeCodex(behaviour);
      const { state, detail } = await checkTurn(createAppServer(fake.path, fake.env), turnIn('/'), 500);
      assert.equal(state, 'missing');
      assert.match(detail, words);
      assert.ok(fake.received().some(({ method }) => method === 'turn/interrupt'));
      await fake.dispose();
    }
  });

  test('another Codex was chosen while one is in use: both are told', async () => {
    const [first, second] = [createFakeCodex('ok'), createFakeCodex('ok')];
    const { setup, host } = await line({ codex: first.path });
    const detail = await host.app.appServer.use(async () => {
      host.settings = { ...host.settings, codexPath: second.path };
      return lineOf(await setup(), 'codex');
    });
    assert.equal(
      detail,
      `ok: 0.169.0 at ${first.path} as long as jobs run on it; the next start takes ${second.path} (from the settings)`,
    );
    assert.equal(lineOf(await setup(), 'codex'), `ok: 0.169.0 at ${second.path} (from the settings)`);
    await first.dispose();
    await second.dispose();
  });

  test('a damaged plugin, or a socket that is gone, are warnings that take nothing else with them', async () => {
    const fake = createFakeCodex('ok');
    const { setup, host } = await line({ codex: fake.path });
    const manifest = path.join(pluginFolder(host.stateHome), '.claude-plugin');
    mkdirSync(manifest, { recursive: true });
    writeFileSync(path.join(manifest, 'plugin.json'), '{');
    const discovery = await readDiscovery(host.app.bridge.discoveryFile ?? '');
    rmSync(discovery?.address ?? '');
    const result = await setup();
    assert.match(lineOf(result, 'socket'), /^warning: .*can’t reach this window: gone\. → Reload/);
    assert.match(lineOf(result, 'runtime'), /^warning: The plugin in .* is damaged/);
    assert.match(lineOf(result, 'hooks'), /^warning: The plugin in .* is damaged/);
    assert.deepEqual([stateOf(result, 'codex'), stateOf(result, 'gate')], ['ok', 'info']);
    assert.match(result.markdown, /Tandem can review/);
    await fake.dispose();
  });

  test('a host that does not listen says so', async () => {
    const fake = createFakeCodex('ok');
    const { setup, host } = await line({ codex: fake.path });
    await host.app.bridge.close();
    assert.match(lineOf(await setup(), 'socket'), /^warning: .*can’t find this window\. → Reload/);
    await fake.dispose();
  });
});

describe('set-up from Claude Code', () => {
  test('its hook is seen at once, and the gate is switched for its session', async () => {
    const fake = createFakeCodex('ok');
    const { host, repository } = await line({ codex: fake.path });
    const { gates } = host.app;
    const ask = (gate?: boolean) =>
      callHost(host, { session: 'session-1', event: 'UserPromptExpansion' }, (connection) =>
        connection.setup({ cwd: repository.path, ...(gate !== undefined && { gate }) }),
      );
    const before = await ask();
    assert.equal(lineOf(before, 'hooks'), 'ok: seen UserPromptExpansion just now');
    assert.equal(stateOf(before, 'gate'), 'info');

    const on = await ask(true);
    assert.equal(await gates.isOn(repository.path), true);
    assert.match(
      lineOf(on, 'gate'),
      /^ok: on for repository-\d+: Claude waits .*, at most 1 round and 10 min$/,
    );
    assert.match(on.markdown, /\n\nThe stop-time review gate is now on for .*--disable-review-gate/);
    // What changes from now on is what the session answers for.
    assert.match((await gates.turn(repository.path, 'session-1'))?.baseline ?? '', /^[0-9a-f]{40}$/);

    host.settings = { ...host.settings, gateMode: 'waking', gateMaxRounds: 2 };
    const later = await ask();
    assert.match(
      lineOf(later, 'gate'),
      /^warning: on for .*is woken.*2 rounds.*Stop hook.*not been seen yet → .*afterEdits/,
    );
    await callHost(host, { session: 'session-1', event: 'Stop' }, () => Promise.resolve());
    assert.match(lineOf(await ask(), 'gate'), /^ok: on for /);

    const off = await ask(false);
    assert.equal(await gates.isOn(repository.path), false);
    assert.equal(stateOf(off, 'gate'), 'info');
    assert.match(off.markdown, /is now off for .*--enable-review-gate/);
    await fake.dispose();
  });

  test('outside of a repository nothing can be switched; the checks are made all the same', async () => {
    const fake = createFakeCodex('ok');
    const { setup } = await line({ codex: fake.path });
    const cwd = createTempFolder('plain').path;
    await assert.rejects(setup({ cwd, gate: true }), UsageError);
    const result = await setup({ cwd });
    assert.equal(lineOf(result, 'gate'), 'info: needs a git repository');
    assert.equal(stateOf(result, 'codex-sandbox'), 'ok');
    await fake.dispose();
  });
});

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.jsonl'),
    );
  } catch {
    // Not even made.
    return [];
  }
}
