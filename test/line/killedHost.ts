import { AppServer } from '../../src/codex/appServer.ts';

/**
 * A host that is going to be killed: starts the App Server `argv[2]` with state in `argv[3]`, opens a thread in that
 * folder (which starts the MCP servers of the config), prints the server's pid, and stays. Ends with its input, so that
 * it does not outlive a test that could not kill it.
 */
process.stdin.resume().on('end', () => process.exit());
const [codex = '', folder = ''] = process.argv.slice(2);
const quiet = () => undefined;
const server = new AppServer({
  executable: () => codex,
  version: '0.0.0',
  env: process.env,
  folder,
  logger: { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet },
});
await server.use(async (connection) => {
  await connection.request('thread/start', { cwd: folder, sandbox: 'read-only', approvalPolicy: 'never' });
  process.stdout.write(`${connection.identity?.pid}\n`);
  await connection.ended;
});
