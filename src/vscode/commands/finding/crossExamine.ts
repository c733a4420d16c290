import * as vscode from 'vscode';
import { CancelledError, UsageError } from '../../../base/errors.ts';
import { groupBy } from '../../../base/groupBy.ts';
import { otherAgent, standingOf } from '../../../protocol/examination.ts';
import { type ReviewerId, reviewers, voiceName } from '../../../protocol/finding.ts';
import type { Order } from '../../../protocol/order.ts';
import type { CommandParts } from '../../commands.ts';
import { type PlannedExamination, runsText, unexaminedSingles } from '../../plannedExaminations.ts';
import { chosenFinding, chosenFindings } from './chosenFindings.ts';

type Parts = Pick<CommandParts, 'app' | 'leaving' | 'places' | 'threads'>;

/**
 * Has findings examined by the agent that did not raise them; where none is that one, the user says who looks. What is said
 * of a single one appears where it is discussed.
 */
export async function askOther(parts: Parts, from?: unknown): Promise<void> {
  parts.app.requireTrust();
  const findings = await chosenFindings(parts, from);
  const isOpenChoice = findings.some((finding) => otherAgent(finding) === null);
  const chosen = isOpenChoice ? await chooseAgent('Who is to look whether it is right?') : null;
  const planned = findings.flatMap((finding) => {
    const agent = otherAgent(finding) ?? chosen;
    return agent === null ? [] : [{ finding, agent }];
  });
  await examine(parts, planned);
  const [only, ...others] = findings;
  if (only && others.length === 0) await parts.threads.reveal(only.id);
}

/** The same of all open findings that only one reviewer raised. */
export async function askOtherAboutSingles(parts: Pick<Parts, 'app' | 'leaving'>): Promise<void> {
  const { app } = parts;
  app.requireTrust();
  const planned = unexaminedSingles(app.findings.open(), app.jobs.activeJobs());
  if (planned.length === 0)
    throw new UsageError(
      'There is no open finding of one reviewer that the other one has not looked at.',
      'For one that it has looked at, use “Ask the Other Agent About Finding”.',
    );
  await examine(parts, planned, true);
}

/** Has an agent judge who is right about a disputed finding. */
export async function tieBreak(parts: Parts, from?: unknown): Promise<void> {
  const { app } = parts;
  app.requireTrust();
  const { id, repository, ...finding } = await chosenFinding(parts, from);
  if (standingOf(finding)?.kind !== 'disputed')
    throw new UsageError(
      'There is nothing to decide: nobody disputes this finding.',
      'Ask the other agent about it first.',
    );
  const agent = await chooseAgent('Who is to judge? A fresh run gets both arguments, without names.');
  await parts.leaving.confirmWork('examination', [agent], repository);
  await place(app, { kind: 'tie-break', finding: id, agent }, repository);
  await parts.threads.reveal(id);
}

/** Starts one run for each finding; many are not started without a word. */
async function examine(
  { app, leaving }: Pick<Parts, 'app' | 'leaving'>,
  planned: readonly PlannedExamination[],
  asks = planned.length > 1,
): Promise<void> {
  if (asks && !(await mayRun({ app, leaving }, planned))) throw new CancelledError();
  for (const [repository, own] of groupBy(planned, ({ finding }) => finding.repository)) {
    const agents = own.map(({ agent }) => agent);
    await leaving.confirmWork('examination', agents, repository);
  }
  for (const { finding, agent } of planned)
    await place(app, { kind: 'cross-examination', finding: finding.id, agent }, finding.repository);
}

async function mayRun(
  { app, leaving }: Pick<Parts, 'app' | 'leaving'>,
  planned: readonly PlannedExamination[],
): Promise<boolean> {
  const start = 'Start';
  const limit = app.settings().maxConcurrentJobs;
  const agents = reviewers.filter((agent) => planned.some((one) => one.agent === agent));
  const repository = planned[0]?.finding.repository ?? '';
  const budgets = await leaving.budgetText(repository, 'cross-examination', agents);
  const question = `Start ${runsText(planned)}?`;
  const detail = `Each looks whether one finding is right, without being told who raised it, as a turn of its agent’s model on your account. At most ${limit} run at once; the others wait in the jobs view, where they can be cancelled.\n\n${budgets}`;
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, start)) === start;
}

async function chooseAgent(placeHolder: string): Promise<ReviewerId> {
  const items = reviewers.map((agent) => ({ label: voiceName(agent), agent }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder });
  if (!picked) throw new CancelledError();
  return picked.agent;
}

function place(app: Parts['app'], order: Order, repository: string): Promise<unknown> {
  return app.place(order, { cwd: repository, origin: 'editor', session: null });
}
