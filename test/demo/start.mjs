// npm start [-- --real] [--folder PATH] [--desktop]: sets up what is missing, then runs test/demo/start.ts.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from '../dependencies.mjs';

ensureDependencies();
const program = fileURLToPath(new URL('start.ts', import.meta.url));
const child = spawn(process.execPath, ['--import', 'tsx', program, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// The child cleans up, and this process waits for it. In a terminal Ctrl+C reaches both; being told twice does no harm.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
