import path from 'node:path';
import * as z from 'zod/mini';
import { Sequence } from '../base/async.ts';
import { messageOf } from '../base/errors.ts';
import { readJson, writeJson } from '../base/files.ts';
import type { Logger } from '../base/logger.ts';

const sightingSchema = z.object({
  /** ISO 8601 */
  at: z.string(),
  /** Version of Claude Code, where the hook told it. */
  claude: z.catch(z.nullable(z.string()), null),
});
const recordSchema = z.record(z.string(), sightingSchema);

/** When a hook of an event last reached a host. */
export type HookSighting = z.infer<typeof sightingSchema>;

/** Noted like a hook, where none fires: the review that the setting `tandem.gate.afterEdits` starts. */
export const afterEdits = 'afterEdits';

/** A hook that fires at every prompt need not be written down every time. Milliseconds. */
const worthNoting = 60_000;

/**
 * Which hooks of the plugin have been seen at work, and when: `<state>/hooks-seen.json`, shared by all hosts. The only
 * proof that hooks fire is that one came; where none comes (Claude Code's own VS Code panel) setup can say so. Two hosts
 * that write at the same moment may lose one sighting, which the next hook brings back.
 */
export class HooksSeen {
  private readonly sequence = new Sequence();
  private readonly file: string;

  constructor(
    stateHome: string,
    private readonly logger: Logger,
  ) {
    this.file = path.join(stateHome, 'hooks-seen.json');
  }

  /**
   * Notes that a hook of this event reached this host. Never throws: a record that can't be written is logged.
   * @param event the name in Claude Code, e.g. `UserPromptExpansion`
   * @param claude version of Claude Code, if known
   */
  sawHook(event: string, claude: string | null = null): Promise<void> {
    return this.sequence.run(async () => {
      try {
        await this.note(event, claude);
      } catch (error) {
        this.logger.warn(`That a hook came could not be noted: ${messageOf(error)}`);
      }
    });
  }

  /** All sightings by event, those of this host included that are just being written; empty if no hook ever came. */
  lastSeen(): Promise<ReadonlyMap<string, HookSighting>> {
    return this.sequence.run(() => this.read());
  }

  private async read(): Promise<ReadonlyMap<string, HookSighting>> {
    return new Map(Object.entries((await readJson(this.file, recordSchema, this.logger)) ?? {}));
  }

  private async note(event: string, claude: string | null): Promise<void> {
    const seen = await this.read();
    const before = seen.get(event);
    const sighting = { at: new Date().toISOString(), claude: claude ?? before?.claude ?? null };
    const isOld = before?.claude !== sighting.claude || age(before) > worthNoting;
    if (isOld) await writeJson(this.file, Object.fromEntries([...seen, [event, sighting]]));
  }
}

/** Milliseconds; infinite for a time that can't be read or lies in the future. */
function age({ at }: HookSighting): number {
  const passed = Date.now() - Date.parse(at);
  return passed >= 0 ? passed : Infinity;
}
