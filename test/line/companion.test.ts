import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildPlugin } from '../../esbuild.mjs';
import { waitFor } from '../engine/wait.ts';
import { answer, findings, hang, httpError, patches, runs } from '../models/responsesReply.ts';
import { type ModelScript, type ResponsesModel, startResponsesModel } from '../models/responses.ts';
import { codexBinary } from '../support/binaries.ts';
import { type CodexHome, createCodexHome } from '../support/codexHome.ts';
import type { Environment } from '../support/environment.ts';
import { listOf, objectOf } from '../support/json.ts';
import { newLeftovers, snapshotLeftovers } from '../support/processes.ts';
import { type TestRepository, createRepository, oddFileNames } from '../support/repository.ts';
import { sarifProblems } from '../support/sarifSchema.ts';
import { createTempFolder } from '../support/temp.ts';
import { startListening } from './listening.ts';
import { createPlainHost } from './plainHost.ts';

/** The companion as people and scripts run it: its own process, the socket, a host, and the real App Server. */
describe('the companion in a terminal', () => {
  let program: string;
  let repository: TestRepository;
  let model: ResponsesModel;
  let home: CodexHome;
  let script: ModelScript;
  let env: Environment;
  const name = oddFileNames[2];

  before(async () => {
    const folder = path.join(createTempFolder('built').path, 'claude-plugin');
    await buildPlugin(folder, { ownVersion: '0.0.0' });
    program = path.join(folder, 'tandem.mjs');
    repository = await createRepository({ committed: { [name]: '1\n' }, uncommitted: { [name]: '1\n2\n' } });
    model = await startResponsesModel((request) => script(request));
    home = createCodexHome({ modelUrl: model.url });
    env = {
      ...home.env,
      TANDEM_HOME: createTempFolder('state').path,
      TANDEM_CODEX_PATH: codexBinary().native,
    };
    script = (request) => (request.step === 0 ? runs('git diff HEAD') : findings(oneFinding()));
  });
  after(async () => {
    await model.dispose();
    await home.dispose();
    await repository.dispose();
  });

  const oneFinding = () => ({
    findings: [
      {
        title: '[P1] Two is too many',
        body: 'One was enough.',
        confidence_score: 0.8,
        priority: 1 as const,
        code_location: {
          absolute_file_path: path.join(repository.path, name),
          line_range: { start: 2, end: 2 },
        },
      },
    ],
    overall_correctness: 'patch is incorrect' as const,
    overall_explanation: 'There are too many.',
    overall_confidence_score: 0.8,
  });

  interface Ended {
    code: number | null;
    stdout: string;
    stderr: string;
  }

  function start(
    args: string[],
    changes: Environment = {},
    cwd = repository.path,
  ): ChildProcess & { ended: Promise<Ended> } {
    const child = spawn(process.execPath, [program, ...args], { cwd, env: { ...env, ...changes } });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const ended = new Promise<Ended>((resolve) =>
      child.once('close', (code) => resolve({ code, stdout, stderr })),
    );
    return Object.assign(child, { ended });
  }
  const run = (args: string[], changes?: Environment, cwd?: string) => start(args, changes, cwd).ended;

  test('without a window the environment says which files are left out', async () => {
    const changes = { TANDEM_HOME: createTempFolder('state').path, TANDEM_REVIEW_EXCLUDE: 'x.js, **/*.ts' };
    const { code, stderr } = await run(['review'], changes);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /Nothing to review but files that `tandem\.review\.exclude` leaves out/);
  });

  test('on an App Server elsewhere, by environment variables: no Codex is needed here', async () => {
    const server = await startListening({ version: '0.169.0', env: home.env, token: 't0ken' });
    const tokenFile = path.join(createTempFolder('token').path, 'token');
    writeFileSync(tokenFile, 't0ken\n');
    const elsewhere = {
      TANDEM_HOME: createTempFolder('state').path,
      TANDEM_CODEX_PATH: '/no/codex',
      TANDEM_APP_SERVER_ENDPOINT: server.endpoint,
    };
    const { code, stderr } = await run(['review'], {
      ...elsewhere,
      TANDEM_APP_SERVER_TOKEN_FILE: tokenFile,
    });
    assert.equal(code, 0, stderr);
    const refused = await run(['review'], {
      ...elsewhere,
      TANDEM_HOME: createTempFolder('state').path,
      TANDEM_APP_SERVER_TOKEN: 'wrong',
    });
    assert.equal(refused.code, 1);
    assert.match(refused.stdout + refused.stderr, /refuses the token \(HTTP 401\)/);
    await server.dispose();
  });

  test('without a window: reviews itself, says so in one line, and prints the JSON of the documentation', async () => {
    const left = await snapshotLeftovers();
    const { code, stdout, stderr } = await run(['review', '--json']);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^No VS Code window has this folder open: Tandem runs it itself\.\n/);
    const report = objectOf(JSON.parse(stdout));
    assert.deepEqual(Object.keys(report), ['job', 'verdict', 'summary', 'findings', 'nextSteps', 'notes']);
    const job = objectOf(report['job']);
    assert.deepEqual(Object.keys(job), [
      'id',
      'kind',
      'state',
      'target',
      'reviewer',
      'model',
      'effort',
      'structure',
      'tokens',
      'cost',
      'startedAt',
      'endedAt',
      'failure',
    ]);
    assert.deepEqual([job['state'], job['reviewer'], job['structure']], ['succeeded', 'codex', 'structured']);
    assert.equal(report['verdict'], 'findings');
    assert.ok(Array.isArray(report['findings']));
    const finding = objectOf(report['findings'][0]);
    assert.deepEqual(
      { ...finding, id: null },
      {
        id: null,
        file: name,
        startLine: 2,
        endLine: 2,
        priority: 'P1',
        title: 'Two is too many',
        body: 'One was enough.',
        recommendation: '',
        confidence: 0.8,
        reviewers: ['codex'],
      },
    );
    const { processes } = await newLeftovers(left);
    assert.deepEqual(processes, [], 'the host that was started for this call is gone');
  });

  test('the report for people', async () => {
    const { code, stdout } = await run(['review', '--scope', 'working-tree']);
    assert.equal(code, 0);
    assert.match(stdout, /1 finding \(P1\)\./);
    assert.ok(stdout.includes(`[P1] Two is too many: ${name}:2`));
  });

  test('status afterwards, of all jobs and of one by the beginning of its id', async () => {
    const { code, stdout } = await run(['status', '--json']);
    assert.equal(code, 0);
    const { jobs } = objectOf(JSON.parse(stdout));
    assert.ok(Array.isArray(jobs) && jobs.length >= 2);
    const id = String(objectOf(jobs[0])['id']);
    const one = await run(['status', id.slice(0, -1)]);
    assert.equal(one.code, 0);
    assert.match(one.stdout, new RegExp(`Job ${id}`));
    assert.equal((await run(['status', 'review-nope'])).code, 2);
  });

  test('the score card afterwards: for people and for programs', async () => {
    const card = await run(['score']);
    assert.equal(card.code, 0, card.stderr);
    assert.match(
      card.stdout,
      /^# Score card of .*\n[^]*- \*\*Codex\*\*: 1 raised: 0 fixed, 0 dismissed, 1 open/,
    );
    const { format, rows } = objectOf(JSON.parse((await run(['score', '--json'])).stdout));
    assert.equal(format, 'tandem-score-card');
    const { reviewer, kind, raised, turnedOutRight } = objectOf(listOf(rows)[0]);
    assert.deepEqual([reviewer, kind, raised], ['codex', 'review', 1]);
    assert.deepEqual(turnedOutRight, { part: 0, whole: 0, value: null });
    assert.equal((await run(['score', 'all'])).code, 2);
  });

  test('the findings afterwards: as a report, as data, and as a SARIF log in a file', async () => {
    const report = await run(['findings']);
    assert.equal(report.code, 0, report.stderr);
    assert.match(report.stdout, /^# Findings in .*\n\n1 open\.\n[^]*- \[ \] \*\*Two is too many\*\*/);
    const { findings: list } = objectOf(JSON.parse((await run(['findings', '--format', 'json'])).stdout));
    assert.equal(objectOf(listOf(list)[0])['file'], name);

    const folder = createTempFolder().path;
    const file = path.join(folder, 'log.sarif');
    const written = await run(['findings', '--format', 'sarif', '--all', '--output', file]);
    assert.deepEqual([written.code, written.stdout], [0, ''], written.stderr);
    const text = readFileSync(file, 'utf8');
    assert.deepEqual(sarifProblems(JSON.parse(text)), []);
    assert.ok(!text.includes(repository.path), 'no path of the machine');
    const refused = await run(['findings', '--output', folder]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /could not be written/);
    assert.equal((await run(['findings', '--format', 'html'])).code, 2);
  });

  for (const [what, args, message] of [
    ['an unknown option', ['review', '--bsae', 'main'], /--bsae.*\n.*Usage: review/s],
    ['an unknown branch', ['review', '--base', 'nope'], /no branch, tag or commit “nope”/],
    ['an unknown command', ['reviwe'], /“reviwe” is not a command/],
    ['nothing to review', ['review', '--base', 'HEAD', '--scope', 'branch'], null],
  ] as const) {
    test(`exit code 2 for ${what}`, async () => {
      if (message === null) {
        const clean = await createRepository({ committed: { 'a.ts': '' } });
        const { code, stderr } = await run(['review'], {}, clean.path);
        assert.equal(code, 2);
        assert.match(stderr, /Nothing to review/);
        return;
      }
      const { code, stderr } = await run([...args]);
      assert.equal(code, 2);
      assert.match(stderr, message);
    });
  }

  test('exit code 2 outside of a repository, as JSON if asked for', async () => {
    const { code, stdout } = await run(['review', '--json'], {}, createTempFolder().path);
    assert.equal(code, 2);
    const error = objectOf(objectOf(JSON.parse(stdout))['error']);
    assert.equal(error['code'], 'usage');
    assert.match(String(error['message']), /not inside a git repository/);
  });

  test('a task: its tokens, and what became of its change, also in the list', async () => {
    const before = script;
    const patch = '*** Begin Patch\n*** Add File: made.txt\n+made\n*** End Patch\n';
    script = ({ step }) => (step === 0 ? patches(patch) : answer('Made.'));
    const changes = { TANDEM_TASK_PLACE: 'worktree' };
    const { code, stdout, stderr } = await run(['rescue', '--json', 'Make', 'it'], changes);
    assert.equal(code, 0, stderr);
    const { job, change } = objectOf(JSON.parse(stdout));
    const { id, tokens } = objectOf(job);
    assert.equal(tokens, 240);
    const { state, worktree } = objectOf(change);
    assert.equal(state, 'pending');
    assert.match(String(worktree), /worktrees/);
    const { jobs } = objectOf(JSON.parse((await run(['status', '--json'])).stdout));
    const listed = listOf(jobs)
      .map(objectOf)
      .find((one) => one['id'] === id);
    assert.equal(listed?.['change'], 'pending');
    assert.match((await run(['status'])).stdout, new RegExp(`${String(id)}: changed 1 file, not applied;`));
    script = before;
  });

  test('exit code 1 for a failed review and for one without a verdict', async () => {
    const before = script;
    script = () => httpError(500, { error: { message: 'out of order' } });
    const failed = await run(['review']);
    assert.equal(failed.code, 1);
    assert.match(failed.stdout + failed.stderr, /Failed: Codex could not finish:/);
    script = (request) => (request.step === 0 ? runs('git diff HEAD') : answer('Nice.'));
    const prose = await run(['review']);
    assert.equal(prose.code, 1);
    assert.match(prose.stdout, /Inconclusive: .*prose/);
    assert.match(prose.stdout, /> Nice\./);
    script = before;
  });

  test('exit code 1 without Codex, with what to do', async () => {
    const { code, stdout, stderr } = await run(['review'], { TANDEM_CODEX_PATH: '/nowhere/codex' });
    assert.equal(code, 1);
    assert.match(stdout + stderr, /no executable file at \/nowhere\/codex.*npm install -g @openai\/codex/s);
  });

  test('Ctrl+C cancels the review: exit code 130, nothing left, the job says so', async () => {
    const left = await snapshotLeftovers();
    const before = script;
    script = (request) => (request.step === 0 ? runs('git diff HEAD') : hang());
    const child = start(['review', '--json']);
    await model.waitFor((request) => request.step === 1 && !request.signal.aborted);
    child.kill('SIGINT');
    const { code, stdout } = await child.ended;
    script = before;
    assert.equal(code, 130, stdout);
    const { jobs } = objectOf(JSON.parse((await run(['status', '--json'])).stdout));
    assert.ok(Array.isArray(jobs));
    assert.equal(objectOf(jobs[0])['state'], 'cancelled');
    assert.deepEqual((await newLeftovers(left)).processes, []);
  });

  test('--background returns at once; the job ends by itself, and its host with it', async () => {
    const left = await snapshotLeftovers();
    const { code, stdout } = await run(['review', '--background', '--json']);
    assert.equal(code, 0);
    const id = String(objectOf(objectOf(JSON.parse(stdout))['job'])['id']);
    await waitFor('the job to end', async () => {
      const { jobs } = objectOf(JSON.parse((await run(['status', id, '--json'])).stdout));
      return Array.isArray(jobs) && objectOf(jobs[0])['state'] === 'succeeded';
    });
    await waitFor('its host to end', async () => (await newLeftovers(left)).processes.length === 0);
  });

  test('with a window that has the folder open, the window runs the review and keeps its findings', async () => {
    const window = createPlainHost({
      codex: codexBinary().native,
      env: home.env,
      folders: [repository.path],
      stateHome: createTempFolder('state').path,
    });
    await window.app.start();
    const { code, stderr } = await run(['review'], { TANDEM_HOME: window.stateHome });
    assert.equal(code, 0);
    assert.doesNotMatch(stderr, /No VS Code window/);
    assert.equal(window.app.findings.all()[0]?.title, 'Two is too many');
    await window.dispose();
    assert.deepEqual(readdirSync(path.join(window.stateHome, 'hosts')), []);
  });
});
