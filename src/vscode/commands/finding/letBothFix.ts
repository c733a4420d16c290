import * as vscode from 'vscode';
import { checksAgain, checksFor } from '../../../app/checkCommands.ts';
import type { FoundCheck } from '../../../app/projectChecks.ts';
import { CancelledError, UsageError } from '../../../base/errors.ts';
import { oneLine, printable } from '../../../base/printable.ts';
import { asPrompt } from '../../../findings/asPrompt.ts';
import { type CheckCommand, commandText } from '../../../protocol/fixCheck.ts';
import type { Job, Race } from '../../../protocol/job.ts';
import type { TaskOrder } from '../../../protocol/order.ts';
import type { CommandParts } from '../../commands.ts';
import { plainText } from '../../errorMessage.ts';
import { offerToSave } from '../offerToSave.ts';
import { chosenFinding } from './chosenFindings.ts';
import { findingsInFiles } from './findingsInFiles.ts';

type Parts = Pick<CommandParts, 'app' | 'leaving' | 'places' | 'threads'>;

/** Has both agents fix one finding at once, each in a worktree of its own, and the project's check judge both. */
export async function letBothFix(parts: Parts, from?: unknown): Promise<void> {
  const { app } = parts;
  app.requireTrust();
  const { id, repository } = await chosenFinding(parts, from);
  const [found] = await findingsInFiles(parts, id);
  if (!found) throw new UsageError('This finding is no longer there.');
  await offerToSave([repository]);
  const check = await chooseCheck(await checksFor(app.settings().fixCheck, found.finding));
  await parts.leaving.confirmRace(repository);
  await app.race(
    { prompt: asPrompt([found]), findings: [id], title: `Fix: ${found.finding.title}`, check },
    { cwd: repository, origin: 'editor', session: null },
  );
}

/** Both once more, from the code as it is now. */
export async function raceAgain(
  { app, leaving }: Pick<Parts, 'app' | 'leaving'>,
  { repository, title, race }: Pick<Job, 'repository' | 'title'> & { race: Race },
  { prompt, findings }: TaskOrder,
): Promise<void> {
  const { check: former } = race;
  const check = former && (await chooseCheck(await checksAgain(app.settings().fixCheck, repository, former)));
  await leaving.confirmRace(repository);
  const order = { prompt, title, check, ...(findings && { findings }) };
  await app.race(order, { cwd: repository, origin: 'editor', session: null });
}

interface Item extends vscode.QuickPickItem {
  check: CheckCommand | null;
  /** What the command stands for, whole; empty where nothing says so. */
  script: string;
}

/**
 * The user sees the command, and where it comes from, each time before it runs; null for none.
 * @throws CancelledError where nothing is picked
 */
async function chooseCheck(found: readonly FoundCheck[]): Promise<CheckCommand | null> {
  const without: Item = { label: 'Run without a check', check: null, script: '' };
  const picked = await vscode.window.showQuickPick([...found.map(itemOf), without], {
    title: 'Let Both Fix It',
    placeHolder: 'Which command checks the two fixes? It runs their code here, outside of any sandbox.',
    ignoreFocusOut: true,
  });
  if (!picked) throw new CancelledError();
  if (picked.check && picked.script.length > maxMeans) await confirmScript(picked.check, picked.script);
  return picked.check;
}

/** A script that the list had to cut is shown whole before it runs. @throws CancelledError */
async function confirmScript({ command }: CheckCommand, script: string): Promise<void> {
  const question = plainText(`Run ${commandText(command)} on both fixes?`);
  const options = { modal: true, detail: printable(script) };
  const answer = await vscode.window.showWarningMessage(question, options, 'Run');
  if (answer !== 'Run') throw new CancelledError();
}

/** Longer scripts are cut in the list. Characters. */
const maxMeans = 160;

function itemOf({ command, folder, source, means, definedIn }: FoundCheck): Item {
  const where = folder === '' ? `from ${source}` : `from ${source}, in ${folder}`;
  return {
    label: withoutIcons(commandText(command)),
    description: withoutIcons(oneLine(where, maxMeans)),
    ...(means !== '' && { detail: withoutIcons(oneLine(means, maxMeans)) }),
    check: { command, folder, ...(definedIn !== undefined && { definedIn }) },
    script: means,
  };
}

/** VS Code makes a picture of `$(name)`; with a backslash it shows the text. */
function withoutIcons(text: string): string {
  return text.replaceAll(/\$\([\w-]+(?:~\w+)?\)/g, String.raw`\$&`);
}
