import type { Store } from './store.ts';
import { readTransaction } from './transaction.ts';

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface ApiResponse {
  readonly status: number;
  readonly body: unknown;
}

/** Answers one request; knows nothing of sockets, so that it can be tested without one. */
export async function handle(request: ApiRequest, store: Store): Promise<ApiResponse> {
  if (request.path !== '/transactions') return problem(404, 'There is nothing here.');
  switch (request.method) {
    case 'GET':
      return { status: 200, body: await store.list() };
    case 'POST':
      return create(request.body, store);
    default:
      return problem(405, 'Only GET and POST are supported.');
  }
}

async function create(body: unknown, store: Store): Promise<ApiResponse> {
  const input = readTransaction(body);
  if (typeof input === 'string') return problem(400, input);
  return { status: 201, body: await store.add(input) };
}

function problem(status: number, error: string): ApiResponse {
  return { status, body: { error } };
}
