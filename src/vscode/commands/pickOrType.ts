import * as vscode from 'vscode';
import { CancelledError } from '../../base/errors.ts';

export interface Option extends vscode.QuickPickItem {
  /** What is picked with it. */
  value: string;
}

/**
 * Asks for one of several things that git knows by a name; whatever is typed counts too, because there are more names
 * than can be listed.
 * @throws CancelledError if none is picked
 */
export async function pickOrType(
  question: { title: string; placeholder: string },
  load: () => Promise<Option[]>,
): Promise<string> {
  const pick = vscode.window.createQuickPick<Option>();
  pick.title = question.title;
  pick.placeholder = question.placeholder;
  pick.matchOnDescription = true;
  pick.busy = true;
  pick.show();
  try {
    const loaded = load().then((known) => {
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

function chosen(pick: vscode.QuickPick<Option>): Promise<string> {
  return new Promise((resolve, reject) => {
    pick.onDidAccept(() => {
      const [item] = pick.activeItems;
      const value = item?.value ?? pick.value.trim();
      if (value !== '') resolve(value);
    });
    pick.onDidHide(() => reject(new CancelledError()));
  });
}

function withTyped(known: readonly Option[], typed: string): Option[] {
  if (typed === '' || known.some(({ label }) => label === typed)) return [...known];
  return [...known, { label: typed, description: 'as typed', value: typed, alwaysShow: true }];
}
