// An MCP server with one tool that writes its name into a file when it is started: `node mcpMarker.mjs FILE NAME`.
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [file, name] = process.argv.slice(2);
appendFileSync(file, `${name}\n`);

const tool = { name: 'marker_tool', description: 'Marks.', inputSchema: { type: 'object', properties: {} } };

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const result = results[method]?.(params) ?? {};
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
});

const results = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name, version: '1.0.0' },
  }),
  'tools/list': () => ({ tools: [tool] }),
};
