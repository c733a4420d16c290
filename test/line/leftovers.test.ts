import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { type ProcessIdentity, identityOf, isAlive, isProven } from '../../src/base/childProcess.ts';
import { childrenOf } from '../../src/base/endProcess.ts';
import { type AppServerConnection } from '../../src/codex/connection.ts';
import { reapProcesses } from '../../src/base/processJournal.ts';
import { waitFor } from '../engine/wait.ts';
import { runs } from '../models/responsesReply.ts';
import { codexBinary, codexVersions } from '../support/binaries.ts';
import { endsWithThisProcess } from '../support/cleanup.ts';
import type { CodexHomeOptions } from '../support/codexHome.ts';
import { type Supervised, createSupervised, openThread, startTurn } from './supervised.ts';

/** Whatever ends the real App Server or its host: nothing that it started stays. */

/** An MCP server that goes on when its input ends, as some do; writes its pid to `$HOME/mcp.pid`. */
const mcpServer = `
require('node:fs').writeFileSync(process.env.HOME + '/mcp.pid', String(process.pid));
const results = {
  initialize: { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'x', version: '1' } },
  'tools/list': { tools: [] },
};
const answer = ({ id, method }) => {
  const result = results[method] ?? {};
  if (id !== undefined) process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
};
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => answer(JSON.parse(line)));
process.stdout.on('error', () => undefined);
setTimeout(() => undefined, 60000);
`;
const withMcpServer: Partial<CodexHomeOptions> = {
  extraToml: [
    '[mcp_servers.stays]',
    `command = ${JSON.stringify(process.execPath)}`,
    `args = ${JSON.stringify(['-e', mcpServer])}`,
  ].join('\n'),
};

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function setUp(...options: Parameters<typeof createSupervised>): Promise<Supervised> {
  const parts = await createSupervised(...options);
  cleanUps.push(() => parts.dispose());
  return parts;
}

/** The MCP server, once it stands in the journal. */
function notedMcpServer({ home, folder }: Supervised): Promise<ProcessIdentity> {
  const file = path.join(home.home, 'mcp.pid');
  const journal = path.join(folder, 'processes');
  return waitFor(
    'the note of the MCP server',
    () => {
      const identity = existsSync(file) && identityOf(Number(readFileSync(file, 'utf8')));
      const noted = readdirSync(journal).map((name) => readFileSync(path.join(journal, name), 'utf8'));
      return identity && noted.join('').includes(`"pid": ${identity.pid},`) && identity;
    },
    20_000,
  );
}

const identityIn = (connection: AppServerConnection) => connection.identity ?? assert.fail('no process');

for (const version of codexVersions) {
  const native = codexBinary(version).native;

  describe(`what the real App Server ${version} leaves`, () => {
    test('killed itself: its MCP servers are ended', async () => {
      const parts = await setUp(withMcpServer);
      const server = parts.server(() => native);
      const [identity, mcp] = await server.use(async (connection) => {
        await openThread(connection, parts.folder);
        return [identityIn(connection), await notedMcpServer(parts)];
      });
      process.kill(identity.pid, 'SIGKILL');
      await waitFor('its end', () => server.state.kind === 'stopped', 5_000);
      await waitFor('the end of the MCP server', () => !isAlive(mcp), 5_000);
    });

    test('stopped while an MCP server hangs: that one is ended too', async () => {
      const hangs = '[mcp_servers.hangs]\ncommand = "sleep"\nargs = ["60"]\n';
      const parts = await setUp({ extraToml: hangs });
      const server = parts.server(() => native);
      const identity = await server.use(async (connection) => {
        await openThread(connection, parts.folder);
        return identityIn(connection);
      });
      const hanging = await waitFor('the MCP server', () => childrenOf(identity.pid)[0], 20_000);
      await server.dispose();
      assert.deepEqual([identity, hanging].filter(isAlive), []);
    });

    test('killed because it hangs: the commands that it runs outside of the sandbox end with it', async () => {
      const parts = await setUp({}, () => runs('sleep 60 & sleep 60'));
      const server = parts.server(() => native);
      const identity = await server.use(async (connection) => {
        await startTurn(connection, await openThread(connection, parts.folder, 'danger-full-access'));
        return identityIn(connection);
      });
      const bothCommands = () =>
        childrenOf(identity.pid)
          .map(({ pid }) => childrenOf(pid))
          .find((children) => children.length === 2);
      const commands = await waitFor('the commands', bothCommands, 20_000);
      process.kill(identity.pid, 'SIGSTOP');
      await server.dispose();
      await waitFor('the end of all', () => ![identity, ...commands].some(isAlive), 2_000);
    });

    describe('when its host is killed', () => {
      async function startHost() {
        const parts = await setUp(withMcpServer);
        const program = path.join(import.meta.dirname, 'killedHost.ts');
        const host = spawn(process.execPath, ['--import', 'tsx', program, native, parts.folder], {
          env: parts.home.env,
          stdio: ['pipe', 'pipe', 'inherit'],
        });
        endsWithThisProcess(host);
        cleanUps.push(async () => {
          host.kill('SIGKILL');
          if (host.exitCode === null && host.signalCode === null) await once(host, 'exit');
          await reapProcesses(parts.folder, parts.logger);
        });
        const [pid] = (await once(host.stdout, 'data')) as [Buffer];
        const server = identityOf(Number(pid.toString()));
        const mcp = await notedMcpServer(parts);
        const reap = async () => {
          await reapProcesses(parts.folder, parts.logger);
          // Beside them may be the half of an entry that the kill cut off (`removeHalfWritten`).
          const entries = readdirSync(path.join(parts.folder, 'processes'));
          assert.deepEqual(
            entries.filter((name) => name.endsWith('.json')),
            [],
          );
        };
        return { host, server, mcp, reap };
      }

      test('it ends by itself, and the next host clears the journal', async () => {
        const { host, server, mcp, reap } = await startHost();
        host.kill('SIGKILL');
        await waitFor('the end of both', () => !isAlive(server) && !isAlive(mcp), 3_000);
        await reap();
      });

      test('and it hangs: the next host ends it, with its children', async () => {
        const { host, server, mcp, reap } = await startHost();
        process.kill(server.pid, 'SIGSTOP');
        host.kill('SIGKILL');
        await once(host, 'exit');
        assert.ok(isProven(server) && isProven(mcp));
        await reap();
        assert.deepEqual([server, mcp].filter(isAlive), []);
      });

      test('and it as well: the next host ends what it left', async () => {
        const { host, server, mcp, reap } = await startHost();
        host.kill('SIGSTOP');
        process.kill(server.pid, 'SIGKILL');
        host.kill('SIGKILL');
        await once(host, 'exit');
        assert.ok(isProven(mcp));
        await reap();
        assert.ok(!isAlive(mcp));
      });
    });
  });
}
