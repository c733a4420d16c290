import * as vscode from 'vscode';
import { CancelledError } from '../../base/errors.ts';
import { type ReviewChoice, reviewChoiceName } from '../../protocol/order.ts';
import { chooseRepositories } from '../repositories.ts';
import { chooseBase } from './chooseBase.ts';
import { chooseTarget } from './chooseTarget.ts';
import { type ReviewParts, startReviews } from './startReviews.ts';

/** Asks what to review, and reviews it. */
export async function reviewChanges(parts: ReviewParts, from?: unknown): Promise<void> {
  parts.app.requireTrust();
  const repositories = await chooseRepositories(parts.app, from);
  const question = { title: 'Review Changes', repositories, withPlan: false };
  await startReviews(parts, repositories, { target: await chooseTarget(parts, question) });
}

/** The same, by that reviewer or both, whatever the setting says. */
export async function reviewBy(parts: ReviewParts, reviewer: ReviewChoice, from?: unknown): Promise<void> {
  parts.app.requireTrust();
  const repositories = await chooseRepositories(parts.app, from);
  const question = { title: `Review with ${reviewChoiceName(reviewer)}`, repositories, withPlan: false };
  const target = await chooseTarget(parts, question);
  await startReviews(parts, repositories, { target, reviewer });
}

/** As `reviewChanges`, and asks what the reviewer is to look at especially. */
export async function reviewWithFocus(parts: ReviewParts, from?: unknown): Promise<void> {
  parts.app.requireTrust();
  const title = 'Review Changes with Focus';
  const repositories = await chooseRepositories(parts.app, from);
  const target = await chooseTarget(parts, { title, repositories, withPlan: false });
  await startReviews(parts, repositories, { target, focus: await askFocus(title) });
}

export async function reviewWorkingTree(parts: ReviewParts): Promise<void> {
  parts.app.requireTrust();
  const repositories = await chooseRepositories(parts.app);
  await startReviews(parts, repositories, { target: { scope: 'working-tree' } });
}

/** Several repositories have no base in common: there each is compared with its own. */
export async function reviewBranch(parts: ReviewParts): Promise<void> {
  const { app } = parts;
  app.requireTrust();
  const repositories = await chooseRepositories(app);
  const [only, ...others] = repositories;
  const base = only === undefined || others.length > 0 ? {} : { base: await chooseBase(app, only) };
  await startReviews(parts, repositories, { target: { scope: 'branch', ...base } });
}

/** A review that questions the approach itself, of a change or of a plan. */
export async function adversarialReview(parts: ReviewParts): Promise<void> {
  parts.app.requireTrust();
  const title = 'Adversarial Review';
  const repositories = await chooseRepositories(parts.app);
  const target = await chooseTarget(parts, { title, repositories, withPlan: true });
  const focus = await askFocus(title);
  await startReviews(parts, repositories, { kind: 'adversarial-review', target, focus });
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
