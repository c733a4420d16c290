import * as z from 'zod/mini';
import { UsageError } from '../base/errors.ts';
import { readJson, writeJson } from '../base/files.ts';
import type { Logger } from '../base/logger.ts';
import { stateHome } from '../base/paths.ts';
import { oneLine } from '../base/printable.ts';
import { budgetFile, budgetSchema, claudeWindow, withTold } from '../protocol/budget.ts';
import { limitsText } from '../protocol/limitText.ts';

/** What has not changed is written again no sooner. Milliseconds. */
const writeInterval = 60_000;

const limitSchema = z.object({
  used_percentage: z.catch(z.nullable(z.number()), null),
  resets_at: z.catch(z.nullable(z.number()), null),
});

/** stdin of a status line, as far as it is used (facts: claude-code.md, 7.5). Only a subscription has `rate_limits`. */
const inputSchema = z.object({
  model: z.catch(z.object({ display_name: z.string() }), { display_name: '' }),
  rate_limits: z.catch(z.record(z.string(), z.nullable(limitSchema)), {}),
});

/**
 * The status line of Claude Code, where the user has chosen this program for it: says which model it is and how much of the
 * limits is used, and lets Tandem know the same.
 * @returns one line
 * @throws UsageError for what is no input of a status line
 */
export async function statusLine(input: string, env: NodeJS.ProcessEnv, now: number): Promise<string> {
  const { model, rate_limits: limits } = read(input);
  const told = Object.entries(limits).flatMap(([name, limit]) =>
    limit === null ? [] : [claudeWindow(name, limit.used_percentage, limit.resets_at)],
  );
  const name = oneLine(model.display_name, maxName);
  if (told.length === 0) return name;
  const file = budgetFile(stateHome(env), 'claude');
  const before = await readJson(file, budgetSchema, onStderr);
  const budget = withTold(before, 'claude', told, now);
  const isNews = JSON.stringify(budget.windows) !== JSON.stringify(before?.windows);
  if (isNews || now - Date.parse(before?.observedAt ?? '') >= writeInterval) await writeJson(file, budget);
  return [name, limitsText(budget, now)].filter((part) => part !== '').join(' · ');
}

function read(input: string): z.infer<typeof inputSchema> {
  try {
    return z.parse(inputSchema, JSON.parse(input));
  } catch {
    throw new UsageError(
      'This is not what Claude Code tells a status line.',
      'Only Claude Code starts this command.',
    );
  }
}

/** Characters. */
const maxName = 60;

const say = (text: string) => void process.stderr.write(`tandem: ${text}\n`);
const quiet = () => undefined;
const onStderr: Logger = { trace: quiet, debug: quiet, info: quiet, warn: say, error: say };
