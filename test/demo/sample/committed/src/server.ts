import { createServer, type IncomingMessage } from 'node:http';
import { handle } from './handler.ts';
import { Store } from './store.ts';

const store = new Store();

const server = createServer(async (message, response) => {
  const url = new URL(message.url ?? '/', 'http://localhost');
  const body = await readJson(message);
  const request = { method: message.method ?? 'GET', path: url.pathname, query: url.searchParams, body };
  const answer = await handle(request, store);
  response.writeHead(answer.status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer.body));
});

server.listen(8080, '127.0.0.1');

/** The body of a request; undefined if there is none or it is not JSON. */
async function readJson(message: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
