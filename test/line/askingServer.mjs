// An MCP server whose one tool asks the user for a colour (elicitation) and answers with what it was told.
import { createInterface } from 'node:readline';

const tool = { name: 'paint', description: 'Paints.', inputSchema: { type: 'object', properties: {} } };
const requestedSchema = {
  type: 'object',
  properties: { color: { type: 'string', title: 'Colour', enum: ['red', 'blue'] } },
  required: ['color'],
};
let call;

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'asking', version: '1.0.0' },
  }),
  'tools/list': () => ({ tools: [tool] }),
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params, result } = JSON.parse(line);
  if (method === 'tools/call') {
    call = id;
    send({ id: 'ask', method: 'elicitation/create', params: { message: 'Which colour?', requestedSchema } });
  } else if (id === 'ask' && method === undefined) {
    send({ id: call, result: { content: [{ type: 'text', text: `Told: ${JSON.stringify(result)}` }] } });
  } else if (id !== undefined) {
    send({ id, result: answers[method]?.(params) ?? {} });
  }
});
