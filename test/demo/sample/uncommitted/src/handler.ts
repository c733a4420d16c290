import type { Filter, Store } from './store.ts';
import { categories, readTransaction } from './transaction.ts';

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
      return { status: 200, body: await store.list(readFilter(request.query)) };
    case 'POST':
      return create(request.body, store);
    default:
      return problem(405, 'Only GET and POST are supported.');
  }
}

/** `?from=2026-01-01&to=2026-01-31&category=food`; both days are included. */
function readFilter(query: URLSearchParams): Filter {
  const from = query.get('from');
  const to = query.get('to');
  const category = categories.find((name) => name === query.get('category'));
  console.log('filter', from, to, category);
  return {
    ...(from !== null && { from: new Date(from) }),
    ...(to !== null && { to: new Date(to) }),
    ...(category !== undefined && { category }),
  };
}

async function create(body: unknown, store: Store): Promise<ApiResponse> {
  const input = readTransaction(body);
  if (typeof input === 'string') return problem(400, input);
  return { status: 201, body: await store.add(input) };
}

function problem(status: number, error: string): ApiResponse {
  return { status, body: { error } };
}
