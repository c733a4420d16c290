import * as z from 'zod/mini';
import { run } from '../base/childProcess.ts';
import type { SetupCheck } from '../protocol/bridge.ts';
import { setupCheck } from '../protocol/setupCheck.ts';
import { headlessEnvironment } from './headlessLaunch.ts';
import { readUserSettings } from './userSettings.ts';

export const loginAdvice = 'Run `claude` in a terminal and log in with `/login`.';

/** `claude auth status` (facts: claude-code.md, 5.5). */
const statusSchema = z.object({
  loggedIn: z.boolean(),
  authMethod: z.catch(z.string(), ''),
});

/** Milliseconds. Measured: 0.8 s at most when the machine is idle. */
const statusTimeout = 20_000;

/**
 * Whether Claude's reviews and tasks have a login, as the program itself sees it; it asks nobody else.
 * @param folder where it runs; none with settings of its own
 * @throws UserError if the user's settings of Claude Code are damaged
 */
export async function checkClaudeLogin(
  file: string,
  env: NodeJS.ProcessEnv,
  folder: string,
): Promise<SetupCheck> {
  await readUserSettings(env);
  const options = { env: headlessEnvironment(env), cwd: folder, timeout: statusTimeout };
  const { stdout } = await run(file, ['auth', 'status'], options);
  const status = readStatus(stdout);
  if (status === null)
    return setupCheck('claude-login', 'warning', 'Claude Code does not tell whether it is logged in');
  if (!status.loggedIn) return setupCheck('claude-login', 'warning', 'not logged in', loginAdvice);
  return setupCheck('claude-login', 'ok', status.authMethod.replaceAll('_', ' ') || 'logged in');
}

function readStatus(text: string): z.infer<typeof statusSchema> | null {
  try {
    return statusSchema.parse(JSON.parse(text));
  } catch {
    // Another version, which answers otherwise: that is told, and nothing follows from it.
    return null;
  }
}
