// npm test [-- LEVEL …]: sets up what is missing, then runs the levels of test/levels.ts (all of them if none is named).
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from './dependencies.mjs';

ensureDependencies();
const runner = fileURLToPath(new URL('runner.ts', import.meta.url));
const child = spawn(process.execPath, ['--import', 'tsx', runner, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
