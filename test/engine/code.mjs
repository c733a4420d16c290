#!/usr/bin/env node
// Stands in for the `code` executable (see codeRun.ts), so that @vscode/test-electron and its like work without a desktop.
import { register } from 'tsx/esm/api';

register();
const { runCode } = await import('./codeRun.ts');
process.exit(await runCode(process.argv.slice(2)));
