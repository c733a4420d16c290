import path from 'node:path';
import * as z from 'zod/mini';
import { claudeFolder, homeFolder } from '../protocol/claudeSession.ts';
import { rulesOfRun } from './permissionRules.ts';
import { readSettings } from './readSettings.ts';
import { type Restrictions, restrictionsSchema } from './userSettings.ts';

/*
 * What of Claude Code's rules holds in a run of ours: what forbids, of the user's settings and of both files of the repository.
 * Nothing else of a repository's settings is taken: these can only restrict. What the user wants to be asked about is
 * forbidden, because nobody can be asked; as `ask` a search would show it all the same (measured on 2.1.197 and 2.1.330).
 */

/** Where a run works. Absolute real paths. */
export interface RunPlace {
  folder: string;
  /** The folder itself, or what it is a worktree of. */
  repository: string;
}

const projectSchema = z.object({ permissions: z.optional(restrictionsSchema) });

const says = 'what Claude must not read';

/**
 * The rules that forbid, as they have to be given to a run so that they hold where it works.
 * @param user those of the user's own settings
 * @throws UserError if settings of the repository are damaged
 */
export async function forbiddenIn(
  place: RunPlace,
  user: Restrictions | undefined,
  env: NodeJS.ProcessEnv,
): Promise<Pick<Restrictions, 'deny'>> {
  const { repository } = place;
  const read = async (name: string) => {
    const file = path.join(repository, '.claude', name);
    return (await readSettings(file, projectSchema, says)).permissions;
  };
  const sources = [
    { root: claudeFolder(env), rules: user },
    { root: repository, rules: await read('settings.json') },
    { root: repository, rules: await read('settings.local.json') },
  ];
  const home = homeFolder(env);
  const rules = sources.flatMap(({ root, rules: { deny = [], ask = [] } = {} }) =>
    rulesOfRun([...deny, ...ask], { ...place, root, home }),
  );
  return { deny: [...new Set(rules)] };
}
