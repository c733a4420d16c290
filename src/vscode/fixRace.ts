import * as vscode from 'vscode';
import { type RaceSide, canBeTaken, sideText } from '../jobs/raceText.ts';
import { voiceName } from '../protocol/finding.ts';
import { type Job, isTerminal } from '../protocol/job.ts';
import type { TaskChange } from '../protocol/taskChange.ts';
import type { CommandParts } from './commands.ts';
import { takeChange } from './commands/taskChange.ts';
import { plainText, shortText } from './errorMessage.ts';
import { showSideBySide, showTaskChange } from './taskChangeDocuments.ts';

type Parts = Pick<CommandParts, 'app' | 'list'>;

/** What one agent says about its end is cut, so that there is room for the other. Characters. */
const maxSide = 200;

interface Choice {
  readonly label: string;
  run(): Promise<unknown>;
}

/**
 * Tells what both agents came to, and takes what the user chooses.
 * @param shown the changes are before the user already
 */
export async function offerFixes(parts: Parts, sides: readonly RaceSide[], shown: boolean): Promise<void> {
  const [first] = sides;
  if (!first) return;
  const text = `${first.job.title}. ${sides.map((side) => shortText(sideText(side), maxSide)).join('; ')}.`;
  const choices = choicesOf(parts, sides, shown);
  const say = sides.some(canBeTaken)
    ? vscode.window.showInformationMessage
    : vscode.window.showWarningMessage;
  const answer = await say(plainText(text), ...choices.map(({ label }) => label));
  await choices.find(({ label }) => label === answer)?.run();
}

function choicesOf(parts: Parts, sides: readonly RaceSide[], shown: boolean): Choice[] {
  const open = sides.filter(canBeTaken);
  const takes = open.map((side) => ({
    label: `Take ${voiceName(side.job.reviewer)}’s`,
    run: () => takeFix(parts, side),
  }));
  if (!shown) {
    const jobs = { label: 'Show Jobs', run: () => run('tandem.showJobs') };
    return [...takes, ...(hasChanges(sides) ? [compareButton(parts, sides)] : [jobs])];
  }
  return open.length === 0 ? [] : [...takes, { label: 'More…', run: () => chooseMore(parts, sides, takes) }];
}

/** All that can be done, with what there is to know of each side. */
async function chooseMore(parts: Parts, sides: readonly RaceSide[], takes: readonly Choice[]): Promise<void> {
  const open = sides.filter(canBeTaken);
  const each = { label: 'Show Each Change', run: () => showEach(sides) };
  const discard = {
    label: open.length === 1 ? 'Discard…' : 'Discard Both…',
    run: () => discardFixes(parts, open),
  };
  const facts = open.map((side) => ({ detail: plainText(sideText(side)) }));
  const choices = [...takes.map((take, index) => ({ ...take, ...facts[index] })), each, discard];
  const picked = await vscode.window.showQuickPick(choices, {
    title: sides[0] ? plainText(sides[0].job.title) : '',
    placeHolder: 'Which fix is to be taken?',
  });
  await picked?.run();
}

function compareButton(parts: Parts, sides: readonly RaceSide[]): Choice {
  const isOne = changesOf(sides).length === 1;
  return { label: isOne ? 'Show Changes' : 'Compare', run: () => compareFixesOf(parts, sides) };
}

async function run(command: string): Promise<void> {
  await vscode.commands.executeCommand(command);
}

/** Shows the changes, the one beside the other, and asks which one is to be taken. */
export async function compareFixesOf(parts: Parts, sides: readonly RaceSide[]): Promise<void> {
  const [left, right] = changesOf(sides);
  if (left && right) {
    const same = await parts.app.races.sameFiles(left.change, right.change);
    await showSideBySide(left.change, right.change, { title: compareTitle(left, right, same), same });
  } else if (left) await showTaskChange(left.change, titleOf(left.job));
  await offerFixes(parts, sides, true);
}

/** What is the same is shown against the original, and said to be so. */
function compareTitle(left: Changed, right: Changed, same: ReadonlySet<string>): string {
  const isAll = [left, right].every(({ change }) => change.files.every(({ file }) => same.has(file)));
  if (isAll) return `Both made the same change (original | both): ${left.job.title}`;
  const names = [left, right].map(({ job }) => voiceName(job.reviewer)).join(' | ');
  const part = same.size === 0 ? '' : `, the same in ${same.size === 1 ? '1 file' : `${same.size} files`}`;
  return `${names}${part}: ${left.job.title}`;
}

async function showEach(sides: readonly RaceSide[]): Promise<void> {
  for (const { job, change } of changesOf(sides)) await showTaskChange(change, titleOf(job));
}

/** Brings one into the working tree; the other one is put aside once it is there, until it is taken back. */
async function takeFix(parts: Parts, { job }: RaceSide): Promise<void> {
  const { app } = parts;
  // The user may have decided otherwise since they were asked.
  const change = await app.changes.read(job);
  if (!change || !canBeTaken({ job, change })) {
    await run('tandem.showJobs');
    return;
  }
  await takeChange(parts, change, async () => {
    const others = await app.races.discardOthers(job);
    return others.map((agent) => ` ${voiceName(agent)}’s fix was put aside; Undo brings it back.`).join('');
  });
}

async function discardFixes({ app }: Parts, open: readonly RaceSide[]): Promise<void> {
  const whose = open.length === 1 ? 'this fix' : 'both fixes';
  const detail = 'They are not in your working tree. This cannot be undone.';
  const answer = await vscode.window.showWarningMessage(
    `Throw away ${whose}?`,
    { modal: true, detail },
    'Discard',
  );
  if (answer !== 'Discard') return;
  for (const { job } of open) {
    const change = await app.changes.read(job);
    if (change && canBeTaken({ job, change })) await app.changes.discard(change);
  }
}

function titleOf(job: Job): string {
  return `${voiceName(job.reviewer)}: ${job.title}`;
}

function hasChanges(sides: readonly RaceSide[]): boolean {
  return changesOf(sides).length > 0;
}

interface Changed {
  readonly job: Job;
  readonly change: TaskChange;
}

/** Those that changed something, and what. */
function changesOf(sides: readonly RaceSide[]): Changed[] {
  return sides.flatMap(({ job, change }) =>
    change && isTerminal(job.state) && change.files.length > 0 ? [{ job, change }] : [],
  );
}
