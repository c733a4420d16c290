import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { AppServerConnection } from '../../src/codex/connection.ts';
import { threadConfigWithoutMcp } from '../../src/codex/mcpServers.ts';
import type { JsonValue } from '../../src/protocol/appServer.gen.ts';
import { type ResponsesModel, startResponsesModel } from '../models/responses.ts';
import { answer } from '../models/responsesReply.ts';
import { waitFor } from '../engine/wait.ts';
import { codexBinary, codexVersions } from '../support/binaries.ts';
import { type CodexHome, createCodexHome } from '../support/codexHome.ts';
import { createRepository, type TestRepository } from '../support/repository.ts';
import { type DirectConnection, openConnection } from './directConnection.ts';

/** Servers of all four kinds that a user can have, each of which says when it is started. */
const all = ['plugin', 'project', 'required', 'user'];

for (const version of codexVersions) {
  describe(`MCP servers of the user, and the real Codex ${version}`, () => {
    let repository: TestRepository;
    let model: ResponsesModel;
    let home: CodexHome;
    let server: DirectConnection;
    let marks: string;
    before(async () => {
      repository = await createRepository({ committed: { 'a.js': '1\n' }, uncommitted: { 'a.js': '2\n' } });
      model = await startResponsesModel(() => answer('Nothing to say.'));
      home = createCodexHome({ modelUrl: model.url, features: { plugins: true } });
      marks = path.join(home.home, 'marks');
      addServers(home, repository.path, marks);
      server = await openConnection(codexBinary(version).native, home.env);
    });
    after(async () => {
      await server.dispose();
      await model.dispose();
      await home.dispose();
      await repository.dispose();
    });

    for (const kind of ['turn', 'review'] as const) {
      test(`they are started by a ${kind} as a rule`, async () => {
        await run(kind, () => Promise.resolve({}));
        // Nobody waits for those that are not required.
        await waitFor('all four', () => started().length === all.length, 10_000);
        assert.deepEqual(started(), all);
      });

      test(`none is started by a ${kind} without MCP, and the model is told of no tool of theirs`, async () => {
        const told = await run(kind, (connection) => threadConfigWithoutMcp(connection, repository.path));
        assert.deepEqual(started(), []);
        assert.doesNotMatch(told, /marker_tool/);
      });
    }

    test('where there are none, none is made up', async () => {
      const bare = createCodexHome({ modelUrl: model.url });
      const { connection, dispose } = await openConnection(codexBinary(version).native, bare.env);
      try {
        const config = await threadConfigWithoutMcp(connection, bare.home);
        assert.deepEqual(config['mcp_servers'], {});
        await connection.request('thread/start', { cwd: bare.home, sandbox: 'read-only', config });
      } finally {
        await dispose();
        await bare.dispose();
      }
    });

    /** In a review 0.130 starts them twice. */
    function started(): string[] {
      const names = existsSync(marks) ? readFileSync(marks, 'utf8').trim().split('\n') : [];
      return [...new Set(names)].sort();
    }

    /** Gives what the model was told. */
    async function run(
      kind: 'turn' | 'review',
      settings: (connection: AppServerConnection) => Promise<Record<string, JsonValue>>,
    ) {
      rmSync(marks, { force: true });
      const { connection } = server;
      const seen = model.requests.length;
      const config = await settings(connection);
      const { thread } = await connection.request('thread/start', {
        ...{ cwd: repository.path, sandbox: 'read-only', approvalPolicy: 'never', config },
      });
      const threadId = thread.id;
      const completed = new Promise((resolve) => {
        connection.onNotification(({ method, params }) => {
          if (method === 'turn/completed' && params.threadId === threadId) resolve(params.turn.status);
        });
      });
      if (kind === 'review')
        await connection.request('review/start', { threadId, target: { type: 'uncommittedChanges' } });
      else
        await connection.request('turn/start', {
          threadId,
          input: [{ type: 'text', text: 'Hi', text_elements: [] }],
        });
      assert.equal(await completed, 'completed');
      return JSON.stringify(model.requests.slice(seen).map(({ body }) => body));
    }
  });
}

function addServers(home: CodexHome, repository: string, marks: string): void {
  const args = (name: string) => [path.join(import.meta.dirname, 'mcpMarker.mjs'), marks, name];
  const table = (id: string, name: string) =>
    `[mcp_servers.${JSON.stringify(id)}]\ncommand = ${JSON.stringify(process.execPath)}\nargs = ${JSON.stringify(args(name))}\n`;
  appendFileSync(
    path.join(home.codexHome, 'config.toml'),
    [
      table('user', 'user'),
      `${table('required', 'required')}required = true\n`,
      // Codex takes no such name, and says so only when it would start it.
      table('odd. name', 'odd'),
      `[projects.${JSON.stringify(repository)}]\ntrust_level = "trusted"\n`,
      '[plugins."sample@market"]\nenabled = true\n',
    ].join('\n'),
  );
  mkdirSync(path.join(repository, '.codex'));
  writeFileSync(path.join(repository, '.codex', 'config.toml'), table('project', 'project'));

  const plugin = path.join(home.codexHome, 'plugins', 'cache', 'market', 'sample', '1.0.0');
  mkdirSync(path.join(plugin, '.codex-plugin'), { recursive: true });
  const manifest = { name: 'sample', version: '1.0.0', description: 'A sample.', mcpServers: './.mcp.json' };
  writeFileSync(path.join(plugin, '.codex-plugin', 'plugin.json'), JSON.stringify(manifest));
  const mcpServers = { ofPlugin: { command: process.execPath, args: args('plugin') } };
  writeFileSync(path.join(plugin, '.mcp.json'), JSON.stringify({ mcpServers }));
}
