import * as z from 'zod/mini';
import { parameterTexts as texts } from '../../prompts/mcp/texts.ts';
import { scopes } from '../protocol/target.ts';

/*
 * What Claude's model may say to the tools. Strict: a word that no tool knows is an error, not something to pass over.
 */

const model = described(z._default(z.string(), ''), texts.model);
const effort = described(z._default(z.string(), ''), texts.effort);
const mode = described(z._default(z.enum(['wait', 'background']), 'wait'), texts.mode);
const job = described(z.optional(z.string()), texts.job);

export const reviewInput = z.strictObject({
  kind: described(z._default(z.enum(['native', 'adversarial']), 'native'), texts.kind),
  scope: described(z._default(z.enum(scopes), 'auto'), texts.scope),
  base: described(z.optional(z.string()), texts.base),
  commit: described(z.optional(z.string()), texts.commit),
  range: described(z.optional(z.string()), texts.range),
  files: described(z.optional(z.array(z.string())), texts.files),
  lines: described(z.optional(z.string()), texts.lines),
  plan: described(z.optional(z.string()), texts.plan),
  focus: described(z._default(z.string(), ''), texts.focus),
  model,
  effort,
  mode,
});
export type ReviewInput = z.infer<typeof reviewInput>;

export const taskInput = z.strictObject({
  prompt: described(z.string().check(z.minLength(1)), texts.prompt),
  write: described(z._default(z.boolean(), false), texts.write),
  thread: described(z._default(z.enum(['fresh', 'resume', 'fork']), 'fresh'), texts.thread),
  model,
  effort,
  mode,
});
export type TaskInput = z.infer<typeof taskInput>;

export const statusInput = z.strictObject({
  job,
  all: described(z._default(z.boolean(), false), texts.all),
});
export const resultInput = z.strictObject({
  job,
  full: described(z._default(z.boolean(), false), texts.full),
});
export const cancelInput = z.strictObject({ job });
export const findingsInput = z.strictObject({});

function described<T extends z.ZodMiniType>(schema: T, description: string): T {
  return schema.check(z.describe(description));
}
