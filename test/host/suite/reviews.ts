import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { allCommandIds, extensionId } from '../../../src/vscode/contributions.ts';
import { waitFor } from '../../engine/wait.ts';
import { diagnostics, jobOf, modelAnswers, namesIn, shopDiagnostics, variable, workspace } from './window.ts';

const configuration = () => vscode.workspace.getConfiguration();
const reviewWorkingTree = () => vscode.commands.executeCommand('tandem.reviewWorkingTree');
const priceUri = () => vscode.Uri.file(path.join(workspace(), 'src/price.ts'));

export function defineReviews(): void {
  describe('a window in which reviews are asked for', () => {
    before(async () => {
      const extension = vscode.extensions.getExtension(extensionId);
      assert.ok(extension);
      await extension.activate();
      const { Global } = vscode.ConfigurationTarget;
      await configuration().update('tandem.codex.path', variable('TANDEM_TEST_CODEX'), Global);
      await configuration().update('tandem.claude.path', '/nowhere/claude', Global);
    });

    it('has all commands', async () => {
      const known = new Set(await vscode.commands.getCommands(true));
      for (const id of allCommandIds) assert.ok(known.has(id), id);
    });

    it('shows the findings of the real Codex on the right lines, by the paths of the window', async () => {
      modelAnswers('findings');
      const job = await jobOf(reviewWorkingTree);
      assert.equal(job.state, 'succeeded', job.failure?.message);
      assert.deepEqual(
        [job.origin, job.structure, job.target],
        ['editor', 'structured', { kind: 'working-tree', files: 2, lines: 13 }],
      );
      await waitFor('the diagnostics', () => diagnostics().length === 3);
      assert.deepEqual(diagnostics(), shopDiagnostics);
    });

    it('says the rest in the hover, as text that is not trusted', async () => {
      await vscode.window.showTextDocument(priceUri());
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        priceUri(),
        new vscode.Position(9, 10),
      );
      const contents = hovers.flatMap((hover) => hover.contents);
      const ours = contents.find(
        (content): content is vscode.MarkdownString =>
          content instanceof vscode.MarkdownString && content.value.includes('Round once'),
      );
      assert.ok(ours);
      assert.ok(ours.isTrusted !== true && ours.supportHtml !== true);
      assert.match(ours.value, /^\*\*P1\*\* · Codex · confidence 92 % · new\n/);
      assert.match(ours.value, /```ts\nreturn Math\.round\(sum - sum \* discount\);\n```/);
      assert.match(ours.value, /\[the notes\]\(<https:\/\/example\.invalid\/cents>\)/);
      assert.doesNotMatch(ours.value, /(?<!\\)!\[|\]\((?!<https?:)/);
    });

    it('has a quick fix that leads to the findings view', async () => {
      const offered = async () => {
        const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
          'vscode.executeCodeActionProvider',
          priceUri(),
          new vscode.Range(9, 10, 9, 10),
          vscode.CodeActionKind.QuickFix.value,
        );
        return actions.filter(({ command }) => command?.command === 'tandem.showFinding');
      };
      // VS Code gives up a question about a document that has just changed for it, as it does on the way to a light bulb.
      const ours = await waitFor('a quick fix', async () => {
        const found = await offered();
        return found.length > 0 && found;
      });
      assert.deepEqual(
        ours.map(({ title }) => title),
        ['Show in Findings View'],
      );
    });

    it('keeps the former findings when a review fails', async () => {
      modelAnswers('error');
      const job = await jobOf(reviewWorkingTree);
      assert.equal(job.state, 'failed');
      assert.deepEqual(diagnostics(), shopDiagnostics);
    });

    it('keeps them without a verdict, and shows the answer as it came, read-only', async () => {
      modelAnswers('prose');
      const job = await jobOf(reviewWorkingTree);
      assert.equal(job.state, 'inconclusive');
      assert.deepEqual(diagnostics(), shopDiagnostics);
      const text = async () => {
        await vscode.commands.executeCommand('tandem.showRawAnswer');
        const document = vscode.window.activeTextEditor?.document;
        return document?.uri.scheme === 'tandem' ? document.getText() : undefined;
      };
      assert.equal(await waitFor('the document', text), 'I like it, mostly.');
      await vscode.commands.executeCommand('type', { text: 'x' });
      assert.equal(vscode.window.activeTextEditor?.document.getText(), 'I like it, mostly.');
    });

    it('reads the path of Codex anew for each review, and names the setting where it leads nowhere', async () => {
      const { Global } = vscode.ConfigurationTarget;
      await configuration().update('tandem.codex.path', '/nowhere/codex', Global);
      const job = await jobOf(reviewWorkingTree);
      assert.equal(job.state, 'failed');
      assert.match(job.failure?.message ?? '', /\/nowhere\/codex \(setting `tandem\.codex\.path`\)/);
      await configuration().update('tandem.codex.path', variable('TANDEM_TEST_CODEX'), Global);
    });

    it('reviews a branch against the base that is offered first', async () => {
      modelAnswers('findings');
      const job = await jobOf(async () => {
        const done = vscode.commands.executeCommand('tandem.reviewBranch');
        // Takes the first item as soon as there is one; before that it does nothing.
        const accept = setInterval(
          () => void vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem'),
          300,
        );
        await done;
        clearInterval(accept);
      });
      assert.equal(job.state, 'succeeded', job.failure?.message);
      assert.ok(job.target?.kind === 'branch');
      assert.deepEqual([job.target.base, job.target.branch, job.target.files], ['main', 'discounts', 3]);
      await waitFor('the diagnostics', () => diagnostics().length === 3);
    });

    it('tells terminals how to reach the window', async () => {
      const file = path.join(variable('TANDEM_HOME'), 'terminal.txt');
      const terminal = vscode.window.createTerminal({ shellPath: '/bin/sh', cwd: workspace() });
      terminal.sendText(`printf %s "$TANDEM_HOST" > '${file}.part' && mv '${file}.part' '${file}'`);
      await waitFor('the terminal', () => existsSync(file));
      terminal.dispose();
      const hosts = path.join(variable('TANDEM_HOME'), 'hosts');
      assert.deepEqual(
        namesIn(hosts).map((name) => path.join(hosts, name)),
        [readFileSync(file, 'utf8')],
      );
    });
  });
}
