#!/usr/bin/env node
/**
 * A `codex` that misbehaves on request: `codex --version` and `codex app-server` over stdio, without a model and without dependencies.
 * For the faults that no real App Server shows on demand; everything else is tested with the real one.
 *
 * Environment:
 *   FAKE_CODEX_BEHAVIOUR  one name, or several with commas: the first start shows the first, the last one stays (names: fakeCodex.ts)
 *   FAKE_CODEX_LOG        file that gets one JSON line per start, per received message and per end
 *   FAKE_CODEX_REVIEW     the reviewer's answer as JSON (default: one finding in README.md of the thread's folder)
 *   FAKE_CODEX_DELAY_MS   how slow `slowStart` is (default 1500)
 */
import { Buffer } from 'node:buffer';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers';
import { createAccountAnswers, initializeResult } from './fakeAppServerAnswers.mjs';
import { createFakeThreads } from './fakeAppServerThreads.mjs';

/** Nothing that this program is told to do may outlive a test run. */
const lifetimeMs = 120_000;

const behaviour = chooseBehaviour();
const version = behaviour === 'oldVersion' ? '0.50.0' : '0.169.0';

if (process.argv.includes('--version')) {
  process.stdout.write(`codex-cli ${version}\n`);
} else if (process.argv[2] === 'app-server') {
  runAppServer();
} else {
  process.stderr.write(`error: the fake codex knows only --version and app-server\n`);
  process.exitCode = 2;
}

function chooseBehaviour() {
  const plan = (process.env.FAKE_CODEX_BEHAVIOUR ?? 'ok').split(',');
  return plan[Math.min(startsSoFar(), plan.length - 1)];
}

function startsSoFar() {
  const log = process.env.FAKE_CODEX_LOG;
  if (log === undefined || !existsSync(log)) return 0;
  return readFileSync(log, 'utf8').split('"event":"start"').length - 1;
}

function note(entry) {
  const log = process.env.FAKE_CODEX_LOG;
  if (log !== undefined) appendFileSync(log, `${JSON.stringify({ pid: process.pid, ...entry })}\n`);
}

function runAppServer() {
  note({ event: 'start', behaviour });
  process.on('exit', (code) => note({ event: 'end', code }));
  setTimeout(() => process.exit(70), lifetimeMs).unref();
  if (behaviour === 'exitAtStart') {
    process.stderr.write('Error: error loading config: fake configuration problem on line 7\n');
    process.exit(1);
  }
  if (behaviour === 'ignoresEnd') {
    // Stays although stdin is closed and SIGTERM came: only SIGKILL ends it (or its lifetime).
    setTimeout(() => {}, lifetimeMs);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
  }
  serve();
}

function serve() {
  const output = { send, sendBytes, exitWhenWritten };
  const threads = createFakeThreads(behaviour, output);
  const accounts = createAccountAnswers(behaviour);
  const client = { name: 'client', initialized: false, experimental: false };

  createInterface({ input: process.stdin })
    .on('line', (line) => receive(JSON.parse(line)))
    .on('close', () => {
      if (behaviour !== 'ignoresEnd') exitWhenWritten(0);
    });

  function receive(message) {
    note({ event: 'received', message });
    if (message.method === undefined) threads.clientAnswered(message);
    else if (message.id !== undefined) answer(message);
  }

  function answer({ id, method, params }) {
    if (method === 'initialize') return initialize(id, params);
    if (!client.initialized) return fail(id, 'Not initialized');
    const known = threads.answers[method] ?? accounts[method];
    if (known === undefined || (behaviour === 'oldVersion' && method === 'review/start')) {
      return fail(
        id,
        `Invalid request: unknown variant \`${method}\`, expected one of \`initialize\`, \`thread/start\``,
      );
    }
    const { result, error, then } = known(params ?? {}, client);
    if (error !== undefined) return fail(id, error);
    if (result !== undefined) send({ id, result });
    then?.();
  }

  function initialize(id, params) {
    if (behaviour === 'neverInitializes') return;
    client.initialized = true;
    client.name = params.clientInfo.name;
    client.experimental = params.capabilities?.experimentalApi === true;
    const answerIt = () => send({ id, result: initializeResult(client.name, version) });
    if (behaviour === 'slowStart') setTimeout(answerIt, Number(process.env.FAKE_CODEX_DELAY_MS ?? 1500));
    else answerIt();
  }

  function fail(id, message) {
    send({ id, error: { code: -32600, message } });
  }
}

function send(message) {
  sendBytes(Buffer.from(`${JSON.stringify(message)}\n`));
}

function sendBytes(bytes) {
  if (behaviour !== 'splitLines') {
    process.stdout.write(bytes);
    return;
  }
  // Five bytes at a time: cuts lines, JSON tokens and characters of several bytes anywhere.
  for (let start = 0; start < bytes.length; start += 5)
    process.stdout.write(bytes.subarray(start, start + 5));
}

/** A pipe takes what does not fit into it later; `process.exit` alone would lose that. */
function exitWhenWritten(code) {
  process.stdout.write('', () => process.exit(code));
}
