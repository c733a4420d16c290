import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { createMcpServer, longestWait } from './mcpTools.ts';

/*
 * The MCP server of the plugin: Claude Code starts it with each session and talks to it over stdin and stdout. A bundle of
 * its own, because the library is larger than all the rest, and hooks have to start fast.
 */

/**
 * Ends at once, and with it every connection: jobs go on in the host that runs them, and a host that was started for a
 * call ends itself once it has nothing to do. Claude Code closes stdin or sends SIGINT, then SIGTERM (facts:
 * claude-code.md, 4).
 */
const end = () => process.exit(0);

for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, end);
process.stdin.on('end', end).on('close', end);
process.stdout.on('error', end);

const server = createMcpServer({ env: process.env, patience: longestWait, parent: process.ppid });
await server.connect(new StdioServerTransport());
