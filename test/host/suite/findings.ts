import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { waitFor } from '../../engine/wait.ts';
import { diagnostics, shopDiagnostics, workspace } from './window.ts';

const p1 = 'Codex P1';
const price = () => path.join(workspace(), 'src/price.ts');
const found = (code: string) => diagnostics().find((shown) => shown.code === code);
const line = (code: string) => found(code)?.range[0];
const git = (...args: string[]) => execFileSync('git', args, { cwd: workspace() });

/** Of a user who has no name, and of nothing but the files that follow. */
const commit = ['-c', 'user.name=t', '-c', 'user.email=t@localhost', 'commit', '-m'];

/** Waits until the window shows all three findings where they were found. */
const all = () =>
  waitFor('the findings where they were', () => {
    assert.deepEqual(diagnostics(), shopDiagnostics);
    return true;
  });

async function edit(change: (builder: vscode.TextEditorEdit) => void): Promise<void> {
  const editor = await vscode.window.showTextDocument(vscode.Uri.file(price()));
  assert.ok(await editor.edit(change));
}

/** Ids of findings are what quick fixes hand to commands. */
async function idOf(code: string): Promise<string> {
  const start = (line(code) ?? 0) - 1;
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    vscode.Uri.file(price()),
    new vscode.Range(start, 4, start, 4),
    vscode.CodeActionKind.QuickFix.value,
  );
  const dismiss = actions.find(({ command }) => command?.command === 'tandem.finding.dismiss');
  const id: unknown = dismiss?.command?.arguments?.[0];
  assert.equal(typeof id, 'string');
  return id as string;
}

export function defineFindings(): void {
  describe('findings that are worked on', () => {
    it('follow edits above them, and undo', async () => {
      await all();
      await edit((builder) => builder.insert(new vscode.Position(0, 0), '// one\n// two\n'));
      await waitFor('the finding two lines further', () => line(p1) === 12);
      await vscode.commands.executeCommand('undo');
      await all();
    });

    it('are on no line while their text is gone, and are back with it', async () => {
      await edit((builder) => builder.delete(new vscode.Range(9, 0, 10, 0)));
      await waitFor('the finding to go', () => found(p1) === undefined);
      assert.equal(diagnostics().length, 2);
      await vscode.commands.executeCommand('undo');
      await all();
    });

    it('follow several cursors at once', async () => {
      await edit((builder) => {
        builder.insert(new vscode.Position(0, 0), '// top\n');
        builder.insert(new vscode.Position(8, 0), '  // middle\n');
      });
      await waitFor('the finding two lines further', () => line(p1) === 12);
      await vscode.commands.executeCommand('undo');
      await all();
    });

    it('follow a file that is renamed, and back', async () => {
      const other = vscode.Uri.file(path.join(workspace(), 'src/cost.ts'));
      const rename = async (from: vscode.Uri, to: vscode.Uri) => {
        const change = new vscode.WorkspaceEdit();
        change.renameFile(from, to);
        assert.ok(await vscode.workspace.applyEdit(change));
      };
      await rename(vscode.Uri.file(price()), other);
      await waitFor('the finding in the renamed file', () => found(p1)?.file === 'src/cost.ts');
      assert.equal(line(p1), 10);
      await rename(other, vscode.Uri.file(price()));
      await all();
    });

    it('follow what git does to the files', async () => {
      git('stash');
      await waitFor('the findings to go with their text', () => diagnostics().length === 0);
      git('stash', 'pop');
      await all();
    });

    it('are where their text is on the branch that is checked out', async () => {
      const text = readFileSync(price(), 'utf8');
      git('switch', '-c', 'other');
      writeFileSync(price(), `// one\n// two\n${text}`);
      git(...commit, 'price.ts alone', 'src/price.ts');
      git('stash');
      const shifted = shopDiagnostics
        .slice(0, 2)
        .map(({ range: [line = 0, from, end = 0, to], ...shown }) => ({
          ...shown,
          range: [line + 2, from, end + 2, to],
        }));
      await waitFor('two of them two lines further, and the third gone', () => {
        assert.deepEqual(diagnostics(), shifted);
        return true;
      });
      git('checkout', 'discounts');
      await waitFor('the findings to go with their text', () => diagnostics().length === 0);
      git('checkout', 'other');
      await waitFor('two of them again', () => {
        assert.deepEqual(diagnostics(), shifted);
        return true;
      });
      git('checkout', 'discounts');
      git('stash', 'pop');
      writeFileSync(price(), text);
      git('branch', '-D', 'other');
      await all();
    });

    it('go when they are dismissed, and come back when they are reopened', async () => {
      const id = await idOf(p1);
      await vscode.commands.executeCommand('tandem.finding.dismiss', { id, reason: 'Intended.' });
      await waitFor('the finding to go', () => found(p1) === undefined);
      await vscode.commands.executeCommand('tandem.finding.reopen', { id, reason: 'After all.' });
      await all();
    });

    it('show what was reviewed against the file now', async () => {
      const id = await idOf(p1);
      const text = readFileSync(price(), 'utf8');
      writeFileSync(price(), `// newer\n${text}`);
      await waitFor('the finding a line further', () => line(p1) === 11);
      await vscode.commands.executeCommand('tandem.finding.openReviewed', id);
      const input = await waitFor('the diff', () => {
        const shown = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
        return shown instanceof vscode.TabInputTextDiff && shown;
      });
      const reviewed = await vscode.workspace.openTextDocument(input.original);
      assert.equal(reviewed.getText(), text);
      assert.equal(path.basename(input.modified.fsPath), 'price.ts');
      writeFileSync(price(), text);
      await all();
    });
  });
}
