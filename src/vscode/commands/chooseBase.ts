import * as vscode from 'vscode';
import type { App } from '../../app.ts';
import { CancelledError, UsageError } from '../../base/errors.ts';

/**
 * Asks which branch to compare with: the detected base first, then the others; anything typed counts too, because a tag
 * or a commit will do as well.
 * @throws CancelledError if none is picked
 */
export async function chooseBase(app: App, repository: string): Promise<string> {
  const pick = vscode.window.createQuickPick();
  pick.title = 'Review Branch';
  pick.placeholder = 'Compare with which branch, tag or commit?';
  pick.busy = true;
  pick.show();
  try {
    const loaded = baseItems(app, repository).then((known) => {
      const update = () => {
        pick.items = withTyped(known, pick.value.trim());
      };
      pick.onDidChangeValue(update);
      update();
      pick.busy = false;
    });
    // A failure to load closes the list; whoever chose before that has chosen.
    return await Promise.race([chosen(pick), loaded.then(() => chosen(pick))]);
  } finally {
    pick.dispose();
  }
}

function chosen(pick: vscode.QuickPick<vscode.QuickPickItem>): Promise<string> {
  return new Promise((resolve, reject) => {
    pick.onDidAccept(() => {
      const [item] = pick.activeItems;
      const base = item?.label ?? pick.value.trim();
      if (base !== '') resolve(base);
    });
    pick.onDidHide(() => reject(new CancelledError()));
  });
}

async function baseItems(app: App, repository: string): Promise<vscode.QuickPickItem[]> {
  const [branches, detected] = await Promise.all([app.branches(repository), detectedBase(app, repository)]);
  if (detected === null) return branches.map((label) => ({ label }));
  const others = branches.filter((branch) => branch !== detected.base);
  return [{ label: detected.base, description: detected.note }, ...others.map((label) => ({ label }))];
}

/** Null where none is found, or where the branch has no change against it: then it is no choice to begin with. */
async function detectedBase(app: App, repository: string): Promise<{ base: string; note: string } | null> {
  try {
    const target = await app.preview(repository, { scope: 'branch' });
    if (target.kind !== 'branch') return null;
    const files = `${target.files} ${target.files === 1 ? 'file' : 'files'}`;
    return { base: target.base, note: `detected base, ${files} changed` };
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}

function withTyped(known: readonly vscode.QuickPickItem[], typed: string): vscode.QuickPickItem[] {
  if (typed === '' || known.some(({ label }) => label === typed)) return [...known];
  return [...known, { label: typed, description: 'as typed', alwaysShow: true }];
}
