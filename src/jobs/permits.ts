import { createHash } from 'node:crypto';
import { rm, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../base/errors.ts';
import { writePrivateFile } from '../base/files.ts';

/** How long a command that the user typed lets Claude start the task that it is about. Milliseconds. */
const lifetime = 30 * 60_000;

/**
 * The user's consent to one task of a session of Claude Code, given by typing the command for it. On disk, because the
 * command and the tool that Claude then calls may be served by different hosts.
 */
export class Permits {
  constructor(private readonly stateHome: string) {}

  async give(session: string): Promise<void> {
    await writePrivateFile(this.file(session), '');
  }

  /** True once for each permit. */
  async take(session: string): Promise<boolean> {
    const file = this.file(session);
    try {
      const { mtimeMs } = await stat(file);
      // Of several that try to take it, one can remove the file.
      await unlink(file);
      return Date.now() - mtimeMs < lifetime;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    }
  }

  async withdraw(session: string): Promise<void> {
    await rm(this.file(session), { force: true });
  }

  /** A session's id is the caller's text, and never becomes a path. */
  private file(session: string): string {
    const hash = createHash('sha256').update(session).digest('hex').slice(0, 32);
    return path.join(this.stateHome, 'permits', hash);
  }
}
