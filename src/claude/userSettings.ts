import path from 'node:path';
import * as z from 'zod/mini';
import { claudeFolder } from '../protocol/claudeSession.ts';
import { readSettings } from './readSettings.ts';

/*
 * What of the user's own settings of Claude Code a run of ours is given. The file as a whole may allow everything: a rule such as
 * `Write(//**)`, a further folder or a default mode let a run write outside of its worktree (measured on 2.1.197 and 2.1.330).
 */

const text = z.optional(z.string());

/** Claude Code makes text of numbers and truth values too. */
const environmentSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** What it must not do, or only where somebody says yes. Nothing here allows anything. */
export const restrictionsSchema = z.object({
  deny: z.optional(z.array(z.string())),
  ask: z.optional(z.array(z.string())),
});
export type Restrictions = z.infer<typeof restrictionsSchema>;

/** Whatever is not named here is left out. */
const settingsSchema = z.object({
  /** How it is logged in: these are commands of the user's, in the settings of a repository they would be a stranger's. */
  apiKeyHelper: text,
  awsAuthRefresh: text,
  awsCredentialExport: text,
  gcpAuthRefresh: text,
  proxyAuthHelper: text,
  otelHeadersHelper: text,
  forceLoginMethod: text,
  forceLoginOrgUUID: z.optional(z.union([z.string(), z.array(z.string())])),
  /** Which model answers, how hard it thinks, and in which language. */
  model: text,
  fallbackModel: z.optional(z.union([z.string(), z.array(z.string())])),
  availableModels: z.optional(z.array(z.string())),
  modelOverrides: z.optional(z.record(z.string(), z.string())),
  effortLevel: text,
  alwaysThinkingEnabled: z.optional(z.boolean()),
  language: text,
  permissions: z.optional(restrictionsSchema),
});

const fileSchema = z.extend(settingsSchema, { env: z.optional(environmentSchema) });

export interface UserSettings {
  /** For the environment of the process, where no other user sees it: proxies, gateways, Bedrock, Vertex, keys. */
  env: Readonly<Record<string, string>>;
  /** For `--settings`. */
  settings: Readonly<z.infer<typeof settingsSchema>>;
}

const says = 'how Claude is reached, and what it must not read';

/**
 * Reads the user's `settings.json`; nothing where there is none.
 * @throws UserError if it is damaged: it may say through which gateway the model is to be asked, and which files it must not
 * read. Claude Code by itself would pass over the whole file (measured on both versions).
 */
export async function readUserSettings(env: NodeJS.ProcessEnv): Promise<UserSettings> {
  const file = path.join(claudeFolder(env), 'settings.json');
  const { env: own = {}, ...settings } = await readSettings(file, fileSchema, says);
  return {
    env: Object.fromEntries(Object.entries(own).map(([name, value]) => [name, String(value)])),
    settings,
  };
}
