import * as vscode from 'vscode';
import { type Job, isTerminal } from '../protocol/job.ts';
import type { CommandParts } from './commands.ts';
import { offerFixes } from './fixRace.ts';

type Parts = Pick<CommandParts, 'app' | 'list' | 'watch' | 'errors'>;

/** Tells of a fix race once, when both agents have ended. */
export function notifyOfRaces(parts: Parts): vscode.Disposable {
  const { watch, errors } = parts;
  const told = new Set<string>();
  return vscode.Disposable.from(watch.onDidEnd(({ job }) => errors.run(() => tell(parts, job, told))));
}

async function tell(parts: Parts, job: Job, told: Set<string>): Promise<void> {
  const { race } = job;
  if (!race) return;
  const sides = await parts.app.races.sidesOf(job);
  const isOver = sides.length > 0 && sides.every((side) => isTerminal(side.job.state));
  if (!isOver || told.has(race.id)) return;
  told.add(race.id);
  // The window is closing: the jobs view has it later.
  if (sides.some((side) => side.job.state === 'interrupted')) return;
  await offerFixes(parts, sides, false);
}
