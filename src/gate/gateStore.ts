import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { orEmpty } from '../base/orEmpty.ts';
import { readJson, writeJson } from '../base/files.ts';
import type { Logger } from '../base/logger.ts';
import { repositorySlug } from '../base/paths.ts';
import { gatedRepositories, gatesFolder } from '../protocol/gate.ts';

/** What the gate knows of a session of Claude Code between two stops. */
const turnSchema = z.object({
  /** The working tree as it was last let pass: a git tree. What differs from it has not been reviewed. */
  baseline: z.string(),
  /** How often Claude has been sent back since the user spoke. */
  rounds: z.int(),
});
export type GateTurn = z.infer<typeof turnSchema>;

/** A session that has not stopped for so long is forgotten. Milliseconds. */
const maxAge = 7 * 24 * 60 * 60_000;

/** Where the gate is on, and how far each session of Claude Code has got. Any host may read and write it. */
export class GateStore {
  constructor(
    private readonly stateHome: string,
    private readonly logger: Logger,
  ) {}

  /** Of a repository in another one, each has its own switch. */
  async isOn(repository: string): Promise<boolean> {
    return (await gatedRepositories(this.stateHome)).includes(repository);
  }

  async switch(repository: string, on: boolean): Promise<void> {
    const file = path.join(gatesFolder(this.stateHome), `${repositorySlug(repository)}.json`);
    if (on) await writeJson(file, { repository, since: new Date().toISOString() });
    else await rm(file, { force: true });
  }

  turn(repository: string, session: string): Promise<GateTurn | null> {
    return readJson(this.turnFile(repository, session), turnSchema, this.logger);
  }

  saveTurn(repository: string, session: string, turn: GateTurn): Promise<void> {
    return writeJson(this.turnFile(repository, session), turn);
  }

  forget(repository: string, session: string): Promise<void> {
    return rm(this.turnFile(repository, session), { force: true });
  }

  /** Removes what sessions left behind that never said that they ended. */
  async prune(now = Date.now()): Promise<void> {
    for (const name of await orEmpty(readdir(this.turnsFolder()), [])) {
      const file = path.join(this.turnsFolder(), name);
      if (now - (await stat(file)).mtimeMs > maxAge) await rm(file, { force: true });
    }
  }

  /** A session's id is the caller's text, and never becomes a path. */
  private turnFile(repository: string, session: string): string {
    const hash = createHash('sha256').update(`${repository}\0${session}`).digest('hex').slice(0, 32);
    return path.join(this.turnsFolder(), `${hash}.json`);
  }

  private turnsFolder(): string {
    return path.join(gatesFolder(this.stateHome), 'turns');
  }
}
