import { createHash } from 'node:crypto';
import { readFile, rm, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { errorCode } from '../base/errors.ts';
import { writePrivateFile } from '../base/files.ts';

/** How long a command that the user typed lets Claude start the task that it is about. Milliseconds. */
const lifetime = 30 * 60_000;

const permitSchema = z.object({
  /** What the user typed; a task's prompt begins with it, and may go on with what Claude knows of the matter. */
  prompt: z.string(),
  /** Whether the task may change files. */
  write: z.boolean(),
});
export type Permit = z.infer<typeof permitSchema>;

/**
 * The user's consent to one task of a session of Claude Code, given by typing the command for it. On disk, because the
 * command and the tool that Claude then calls may be served by different hosts.
 */
export class Permits {
  constructor(private readonly stateHome: string) {}

  async give(session: string, permit: Permit): Promise<void> {
    await writePrivateFile(this.file(session), JSON.stringify(permit));
  }

  /** What was permitted, once; null if nothing was, or too long ago. */
  async take(session: string): Promise<Permit | null> {
    const file = this.file(session);
    try {
      const [{ mtimeMs }, text] = [await stat(file), await readFile(file, 'utf8')];
      // Of several that try to take it, one can remove the file.
      await unlink(file);
      if (Date.now() - mtimeMs >= lifetime) return null;
      return z.parse(permitSchema, JSON.parse(text));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
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
