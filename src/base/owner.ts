import { hostname } from 'node:os';
import * as z from 'zod/mini';
import { identityOf, isAlive } from './childProcess.ts';

/** The host process that something on disk belongs to. */
export const ownerSchema = z.object({
  pid: z.int(),
  startTime: z.nullable(z.string()),
  /** Name of its machine: on a home folder that several share, a pid of another one means nothing here. */
  machine: z.optional(z.string()),
});
export type Owner = z.infer<typeof ownerSchema>;

/** This process as an owner. */
export function thisOwner(): Owner {
  return { ...identityOf(process.pid), machine: hostname() };
}

/** True only if the owner is provably gone; of a process on another machine nothing is known. */
export function isGone({ machine, ...identity }: Owner): boolean {
  return (machine === undefined || machine === hostname()) && !isAlive(identity);
}
