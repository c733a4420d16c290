// npm run bench [-- --json FILE] [-- --rounds N]: sets up what is missing, then runs test/bench/run.ts.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from '../dependencies.mjs';

ensureDependencies();
const program = fileURLToPath(new URL('run.ts', import.meta.url));
const { status } = spawnSync(process.execPath, ['--import', 'tsx', program, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
