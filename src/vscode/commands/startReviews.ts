import * as vscode from 'vscode';
import { placeEverywhere, refusedText } from '../../app/placeEverywhere.ts';
import type { ReviewChoice, ReviewOrder } from '../../protocol/order.ts';
import type { TargetRequest } from '../../protocol/target.ts';
import type { CommandParts } from '../commands.ts';
import { offerToSave } from './offerToSave.ts';

export type ReviewParts = Pick<CommandParts, 'app' | 'host' | 'leaving'>;

export interface ReviewWish {
  kind?: 'review' | 'adversarial-review';
  target: TargetRequest;
  focus?: string;
  /** Left out for the user's setting. */
  reviewer?: ReviewChoice;
}

/**
 * Starts one review in each of the repositories; those that have nothing to review are named in one message.
 * @throws as `placeEverywhere`, CancelledError if the user sees what leaves the machine and thinks better of it
 */
export async function startReviews(
  { app, leaving }: ReviewParts,
  repositories: readonly string[],
  { kind = 'review', target, focus = '', reviewer }: ReviewWish,
): Promise<void> {
  if (readsFiles(target)) await offerToSave(repositories);
  const order: ReviewOrder = { kind, target, focus, model: '', effort: '', ...(reviewer && { reviewer }) };
  for (const cwd of repositories) await leaving.confirm(cwd, order);
  const refused = await placeEverywhere(repositories, (cwd) =>
    app.place(order, { cwd, origin: 'editor', session: null }),
  );
  if (refused.length > 0) void vscode.window.showInformationMessage(refusedText(refused));
}

/** Commits are what they are, whatever is unsaved. */
function readsFiles({ scope }: TargetRequest): boolean {
  return scope !== 'staged' && scope !== 'commit' && scope !== 'range';
}
