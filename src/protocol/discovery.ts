import path from 'node:path';
import * as z from 'zod/mini';

/** Version of the conversation with a host; both sides refuse another one. */
export const bridgeProtocolVersion = 2;

/**
 * What a host publishes so that companions find it: a file `hosts/<id>.json` (0600) in the state folder (0700).
 * It holds the token, so it must never be readable by anybody else, and never be copied into an environment:
 * the integrated terminal gets the file's path in `TANDEM_HOST`.
 */
export const discoverySchema = z.object({
  protocol: z.int(),
  /** Unguessable; also the file's name. */
  id: z.string(),
  kind: z.enum(['window', 'headless']),
  /** Version of the extension. */
  version: z.string(),
  /** Host name of the machine: where a home folder is shared, pids and sockets of another one mean nothing here. */
  machine: z.string(),
  pid: z.int(),
  /** With the pid, tells this process from a later one; see `ProcessIdentity`. */
  startTime: z.nullable(z.string()),
  /** ISO 8601, UTC. */
  startedAt: z.string(),
  /** Path of the Unix socket or named pipe. */
  address: z.string(),
  /** 256 random bits, hex. */
  token: z.string(),
  /** Real paths of the workspace folders. The deepest one that holds the caller's folder wins. */
  folders: z.array(z.string()),
});
export type Discovery = z.infer<typeof discoverySchema>;

/** Environment variable of the integrated terminal: path of its window's discovery file. */
export const hostVariable = 'TANDEM_HOST';

export function discoveryFolder(stateHome: string): string {
  return path.join(stateHome, 'hosts');
}

/** The discovery file's content, or null if it is not one that this version can use. */
export function parseDiscovery(text: string): Discovery | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Half written, or not ours.
    return null;
  }
  return z.safeParse(discoverySchema, value).data ?? null;
}
