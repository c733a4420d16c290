import * as vscode from 'vscode';
import { CancelledError } from '../../base/errors.ts';
import type { Order } from '../../protocol/order.ts';
import type { TargetRequest } from '../../protocol/target.ts';
import type { CommandParts } from '../commands.ts';
import { chooseRepository } from '../repositories.ts';
import { chooseBase } from './chooseBase.ts';
import { chooseTarget } from './chooseTarget.ts';
import { offerToSave } from './offerToSave.ts';

type Parts = Pick<CommandParts, 'app' | 'host'>;

/** Asks what to review, and reviews it. */
export async function reviewChanges(parts: Parts, from?: unknown): Promise<void> {
  parts.app.requireTrust();
  const repository = await chooseRepository(parts.app, from);
  const question = { title: 'Review Changes', repository, withPlan: false };
  await startReview(parts, repository, { target: await chooseTarget(parts, question) });
}

/** The same, and asks what the reviewer is to look at especially. */
export async function reviewWithFocus(parts: Parts, from?: unknown): Promise<void> {
  parts.app.requireTrust();
  const title = 'Review Changes with Focus';
  const repository = await chooseRepository(parts.app, from);
  const target = await chooseTarget(parts, { title, repository, withPlan: false });
  await startReview(parts, repository, { target, focus: await askFocus(title) });
}

export async function reviewWorkingTree(parts: Parts): Promise<void> {
  parts.app.requireTrust();
  await startReview(parts, await chooseRepository(parts.app), { target: { scope: 'working-tree' } });
}

export async function reviewBranch(parts: Parts): Promise<void> {
  const { app } = parts;
  app.requireTrust();
  const repository = await chooseRepository(app);
  await startReview(parts, repository, {
    target: { scope: 'branch', base: await chooseBase(app, repository) },
  });
}

/** A review that questions the approach itself, of a change or of a plan. */
export async function adversarialReview(parts: Parts): Promise<void> {
  parts.app.requireTrust();
  const title = 'Adversarial Review';
  const repository = await chooseRepository(parts.app);
  const target = await chooseTarget(parts, { title, repository, withPlan: true });
  const focus = await askFocus(title);
  await startReview(parts, repository, { kind: 'adversarial-review', target, focus });
}

interface Review {
  kind?: 'review' | 'adversarial-review';
  target: TargetRequest;
  focus?: string;
}

async function startReview(
  { app }: Parts,
  cwd: string,
  { kind = 'review', target, focus = '' }: Review,
): Promise<void> {
  if (readsFiles(target)) await offerToSave(cwd);
  const order: Order = { kind, target, focus, model: '', effort: '' };
  await app.place(order, { cwd, origin: 'editor', session: null });
}

/** Commits are what they are, whatever is unsaved. */
function readsFiles({ scope }: TargetRequest): boolean {
  return scope !== 'staged' && scope !== 'commit' && scope !== 'range';
}

async function askFocus(title: string): Promise<string> {
  const focus = await vscode.window.showInputBox({
    title,
    prompt: 'What is the reviewer to look at especially? Empty for nothing special.',
    placeHolder: 'For example: is the retry safe when two run at once?',
  });
  if (focus === undefined) throw new CancelledError();
  return focus.trim();
}
