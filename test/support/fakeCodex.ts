import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ReviewOutput } from '../models/reviewOutput.ts';
import { cleanEnvironment, type Environment } from './environment.ts';
import { type JsonObject, objectOf, textOf } from './json.ts';
import { createTempFolder } from './temp.ts';

/** What the fake App Server can be told to do. A turn is a review or a `turn/start`. */
export type FakeBehaviour =
  /** Answers as 0.169 does: account, thread, a review with findings, short turns, interrupts. */
  | 'ok'
  /** A message on stderr and exit code 1, before anything else. */
  | 'exitAtStart'
  /** Runs, and never answers `initialize`. */
  | 'neverInitializes'
  /** Answers `initialize` late (`delayMs`). */
  | 'slowStart'
  /** Says 0.50.0 and does not know `review/start`. */
  | 'oldVersion'
  /** `account/read`: no account, and one is needed. */
  | 'notLoggedIn'
  /** Every command, `command/exec` too, fails because the sandbox cannot start. The review still ends with findings. */
  | 'sandboxBroken'
  /** A panic on stderr and exit code 101 in the middle of a turn. */
  | 'exitMidTurn'
  /** Half a line, no newline, exit code 0 in the middle of a turn. */
  | 'halfLine'
  /** In the first turn an `error` that will not be retried, and no `turn/completed` ever; else as `ok`. */
  | 'errorWithoutCompletion'
  /** Never answers `review/start`. */
  | 'silence'
  /** The turn starts, and nothing more comes. Interrupting works. */
  | 'stalledTurn'
  /** As `stalledTurn`, but the thread reads as idle: the turn is over, and nobody was told. */
  | 'lostTurn'
  /** As `stalledTurn`, and no question about the thread is answered any more. */
  | 'freezesMidTurn'
  /** The turn waits for the network, for ever. */
  | 'offline'
  /** A turn asks for approval of a command, and goes on with the answer. */
  | 'asksApproval'
  /** As `stalledTurn`; an interrupt is answered and changes nothing. */
  | 'ignoresInterrupt'
  /** Lines that are not messages in the middle of a turn; else as `ok`. */
  | 'garbageLine'
  /** One line of 64 MiB in the middle of a turn; else as `ok`. */
  | 'hugeLine'
  /** 10,000 notifications in the middle of a turn; else as `ok`. */
  | 'manyNotifications'
  /** A request (id 0) that no client knows; the turn goes on once it is answered, with a result or an error. */
  | 'unknownRequest'
  /** Everything is written five bytes at a time; else as `ok`. */
  | 'splitLines'
  /** As `ok`, but stays alive when stdin is closed and on SIGTERM. Ends by itself after 2 minutes. */
  | 'ignoresEnd';

export interface FakeCodexOptions {
  /** The reviewer's answer; a string is sent as it is. */
  readonly review?: ReviewOutput | string;
  /** For `slowStart`; default 1500. */
  readonly delayMs?: number;
}

export interface FakeCodex {
  /** An executable that is used like `codex`. Its behaviour is built in: no environment is needed. */
  readonly path: string;
  /** A clean environment; whatever the program is started with, it behaves the same. */
  readonly env: Environment;
  /** Every App Server that was started so far. */
  starts(): readonly FakeStart[];
  /** Every message that an App Server received so far, in order. */
  received(): readonly JsonObject[];
  dispose(): Promise<void>;
}

export interface FakeStart {
  readonly pid: number;
  readonly behaviour: string;
}

/**
 * A fake `codex` for a test. Several behaviours: the first start shows the first one, and so on; the last one stays.
 * Linux and macOS only (a script with a `#!` line).
 */
export function createFakeCodex(
  behaviour: FakeBehaviour | readonly FakeBehaviour[],
  options: FakeCodexOptions = {},
): FakeCodex {
  const folder = createTempFolder('fakeCodex');
  const file = path.join(folder.path, 'codex');
  const log = path.join(folder.path, 'log.jsonl');
  writeFileSync(log, '');
  writeFileSync(file, script({ ...settings(behaviour, options), FAKE_CODEX_LOG: log }), { mode: 0o755 });
  const entries = () => readLog(log);
  return {
    path: file,
    env: cleanEnvironment(),
    starts: () =>
      entries()
        .filter((entry) => entry['event'] === 'start')
        .map((entry) => ({ pid: Number(entry['pid']), behaviour: textOf(entry['behaviour']) })),
    received: () =>
      entries()
        .filter((entry) => entry['event'] === 'received')
        .map((entry) => objectOf(entry['message'])),
    dispose: () => folder.dispose(),
  };
}

function settings(
  behaviour: FakeBehaviour | readonly FakeBehaviour[],
  options: FakeCodexOptions,
): Environment {
  const { review, delayMs } = options;
  return {
    FAKE_CODEX_BEHAVIOUR: [behaviour].flat().join(','),
    ...(review === undefined
      ? {}
      : { FAKE_CODEX_REVIEW: typeof review === 'string' ? review : JSON.stringify(review) }),
    ...(delayMs === undefined ? {} : { FAKE_CODEX_DELAY_MS: String(delayMs) }),
  };
}

function script(environment: Environment): string {
  const program = pathToFileURL(path.join(import.meta.dirname, 'fakeAppServer.mjs')).href;
  return [
    `#!${process.execPath}`,
    `Object.assign(process.env, ${JSON.stringify(environment)});`,
    `import(${JSON.stringify(program)});`,
    '',
  ].join('\n');
}

function readLog(file: string): JsonObject[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => objectOf(JSON.parse(line)));
}
