import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { claudeBinary, claudeVersions, type ClaudeVersion } from '../support/binaries.ts';
import { createClaudeHome, type ClaudeHomeOptions } from '../support/claudeHome.ts';
import { endsWithThisProcess } from '../support/cleanup.ts';
import { isObject, type JsonObject } from '../support/json.ts';
import { type Leftovers, nothingLeft, snapshotLeftovers } from '../support/processes.ts';
import { createRepository, type TestRepository } from '../support/repository.ts';
import { type MessagesModel, type MessagesScript, startMessagesModel } from './messages.ts';
import { gone } from './sse.ts';
import { apiError, hangs, inOneMessage, says, saysInPieces, usesTool } from './messagesReply.ts';

for (const version of claudeVersions)
  describe(`the Messages stand-in under claude ${version}`, () => withClaude(version));

function withClaude(version: ClaudeVersion): void {
  let started: Leftovers;
  let repository: TestRepository;
  before(async () => {
    started = await snapshotLeftovers();
    repository = await createRepository({ committed: { 'note.txt': 'the secret word is heron\n' } });
  });
  after(async () => {
    await repository.dispose();
    await nothingLeft(started);
  });

  interface Run {
    /** The `result` that the program printed. */
    readonly result: JsonObject;
    readonly model: MessagesModel;
  }

  async function claude(
    script: MessagesScript,
    prompt: string,
    options: Partial<ClaudeHomeOptions> = {},
    whileRunning: (model: MessagesModel, interrupt: () => void) => Promise<void> = () => Promise.resolve(),
  ): Promise<Run> {
    const model = await startMessagesModel(script);
    const home = createClaudeHome({ modelUrl: model.url, ...options });
    try {
      const started = startClaude(
        claudeBinary(version).native,
        ['-p', '--output-format', 'json', prompt],
        repository.path,
        home.env,
      );
      await whileRunning(model, started.interrupt);
      const output = await started.output;
      return { result: output === '' ? {} : resultOf(output), model };
    } finally {
      await model.dispose();
      await home.dispose();
    }
  }

  it('lets the model use a tool and answer by its result', async () => {
    const script: MessagesScript = (request) =>
      request.step === 0
        ? inOneMessage(says('I look.'), usesTool('Read', { file_path: `${repository.path}/note.txt` }))
        : saysInPieces(['It says: ', request.toolResults[0] ?? 'nothing']);
    const { result, model } = await claude(script, 'What is in note.txt?');
    assert.match(String(result['result']), /^It says: .*the secret word is heron/s);
    assert.deepEqual(
      model.requests.map((request) => [request.userText, request.step]),
      [
        ['What is in note.txt?', 0],
        ['What is in note.txt?', 1],
      ],
    );
    const [first] = model.requests;
    assert.ok(first?.tools.includes('Read') === true);
    assert.equal(first.sessionId, result['session_id']);
    assert.match(first.systemText, /Claude/);
  });

  it('shows the model what a hook adds to the turn', async () => {
    const context = {
      hookEventName: 'UserPromptSubmit',
      additionalContext: '<tandem-report>2 findings</tandem-report>',
    };
    const print = `process.stdout.write(${JSON.stringify(JSON.stringify({ hookSpecificOutput: context }))})`;
    const hook = { type: 'command', command: process.execPath, args: ['-e', print] };
    const settings = { hooks: { UserPromptSubmit: [{ hooks: [hook] }] } };
    const { model } = await claude(() => says('Seen.'), 'Go on.', { settings });
    const [request] = model.requests;
    assert.equal(request?.userText, 'Go on.');
    assert.match(request.turnText, /<tandem-report>2 findings<\/tandem-report>/);
  });

  it('fails a turn with the error of the model', async () => {
    const { result } = await claude(() => apiError(403, 'permission_error', 'not for you'), 'Hello.');
    assert.deepEqual([result['is_error'], result['api_error_status']], [true, 403]);
    assert.match(String(result['result']), /not for you/);
  });

  it('hangs until the client is interrupted', async () => {
    const { model } = await claude(
      () => hangs(),
      'Hello.',
      {},
      async (running, interrupt) => {
        const { signal } = await running.waitFor();
        interrupt();
        await gone(signal);
      },
    );
    assert.equal(model.requests.length, 1);
  });

  it('is not asked at all by a program that is not logged in', async () => {
    const { result, model } = await claude(() => says('Hello.'), 'Hello.', { account: 'none' });
    assert.match(String(result['result']), /Not logged in/);
    assert.equal(model.requests.length, 0);
  });
}

interface StartedClaude {
  readonly output: Promise<string>;
  readonly interrupt: () => void;
}

function startClaude(
  file: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): StartedClaude {
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
  endsWithThisProcess(child);
  const finished = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const output = finished.then(([stdout, stderr]) => {
    // Exit code 1 goes with a result that says why; without a result it is a failure of the run.
    if (stdout === '' && stderr !== '') throw new Error(`claude failed: ${stderr}`);
    return stdout;
  });
  return { output, interrupt: () => child.kill('SIGINT') };
}

function resultOf(output: string): JsonObject {
  const parsed: unknown = JSON.parse(output);
  assert.ok(isObject(parsed));
  return parsed;
}
