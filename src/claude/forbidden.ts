import path from 'node:path';
import * as z from 'zod/mini';
import { claudeFolder, homeFolder } from '../protocol/claudeSession.ts';
import { mainCheckout } from './mainCheckout.ts';
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
  const read = async (folder: string, name: string) => {
    const file = path.join(folder, '.claude', name);
    return { root: repository, rules: (await readSettings(file, projectSchema, says)).permissions };
  };
  const main = await mainCheckout(repository);
  const sources = [
    { root: claudeFolder(env), rules: user },
    await read(repository, 'settings.json'),
    await read(repository, 'settings.local.json'),
    // Of a worktree of the user's. Also for 2.1.330 `/` stands for the worktree then (measured); 2.1.197 does not look there.
    ...(main === null ? [] : [await read(main, 'settings.local.json')]),
  ];
  const home = homeFolder(env);
  const rules = sources.flatMap(({ root, rules: { deny = [], ask = [] } = {} }) =>
    rulesOfRun([...deny, ...ask], { ...place, root, home }),
  );
  return { deny: [...new Set(rules)] };
}
