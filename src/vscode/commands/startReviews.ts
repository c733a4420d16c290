import * as vscode from 'vscode';
import { placeEverywhere, refusedText } from '../../app/placeEverywhere.ts';
import type { Order, ReviewChoice } from '../../protocol/order.ts';
import type { TargetRequest } from '../../protocol/target.ts';
import type { CommandParts } from '../commands.ts';
import { offerToSave } from './offerToSave.ts';

export type ReviewParts = Pick<CommandParts, 'app' | 'host'>;

export interface ReviewWish {
  kind?: 'review' | 'adversarial-review';
  target: TargetRequest;
  focus?: string;
  /** Left out for the user's setting. */
  reviewer?: ReviewChoice;
}

/**
 * Starts one review in each of the repositories; those that have nothing to review are named in one message.
 * @throws as `placeEverywhere`
 */
export async function startReviews(
  { app }: ReviewParts,
  repositories: readonly string[],
  { kind = 'review', target, focus = '', reviewer }: ReviewWish,
): Promise<void> {
  if (readsFiles(target)) await offerToSave(repositories);
  const order: Order = { kind, target, focus, model: '', effort: '', ...(reviewer && { reviewer }) };
  const refused = await placeEverywhere(repositories, (cwd) =>
    app.place(order, { cwd, origin: 'editor', session: null }),
  );
  if (refused.length > 0) void vscode.window.showInformationMessage(refusedText(refused));
}

/** Commits are what they are, whatever is unsaved. */
function readsFiles({ scope }: TargetRequest): boolean {
  return scope !== 'staged' && scope !== 'commit' && scope !== 'range';
}
